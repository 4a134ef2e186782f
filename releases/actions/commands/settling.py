"""What people do with a command that cannot go on by itself, and taking one back. Called by the Commands page.

The three answers to "Needs you" ask for a fresh sign-in, which the door proves; a production stage needs a second
person for those that change something.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone

from releases.actions.acting import acting
from releases.actions.commands.asked import Asked
from releases.actions.commands.moving import move
from releases.actions.commands.recording import reason_of
from releases.audit import Actor
from releases.errors import Conflict
from releases.models import Command
from releases.nudge import nudge
from releases.policies.commands import check_can_operate, check_can_settle, check_can_take_back
from releases.states import CommandCode, CommandState


def take_back(command: Command, *, by: Actor, asked: Asked) -> Command:
    """Its author does not want it any more, before it was sent. Raises Denied, Conflict when it was sent meanwhile."""
    with acting(by):
        row = _locked(command)
        check_can_take_back(by, row)
        if row.state not in (CommandState.AUTHORISED, CommandState.HELD):
            raise Conflict("It was sent to Azure already and cannot be taken back.", code="sent_already")
        for child in Command.objects.filter(parent=row, state__in=[CommandState.AUTHORISED, CommandState.HELD]):
            _cancel(child, by=by, asked=asked, sentence="What it belongs to was taken back.")
        _cancel(row, by=by, asked=asked, sentence="Taken back before it was sent.")
        return row


def check_again(command: Command, *, by: Actor, asked: Asked) -> Command:
    """Read Azure once more. Raises Denied, Conflict when it does not wait for anybody."""
    with acting(by):
        row = _waiting(command)
        check_can_operate(by, row.project)
        fields: dict[str, Any] = {"absences": 0, "absent_at": None, "losses": 0, "tries": 0, "due_at": timezone.now()}
        sentence = "Azure is read once more."
        move(row, CommandState.UNKNOWN, code=CommandCode.NO_ANSWER, sentence=sentence, by=by, asked=asked, **fields)
        _wake()
        return row


def send_again(command: Command, *, by: Actor, asked: Asked, reason: str) -> Command:
    """A person looked in Azure and saw that it was not done: send it once more. Counts begin anew.

    Raises Denied, Invalid (the reason), Conflict when it does not wait for anybody.
    """
    reason = reason_of(reason)
    with acting(by):
        row = _waiting(command)
        check_can_settle(by, row)
        fields: dict[str, Any] = {
            "sends": 0,
            "sent_at": None,
            "first_sent_at": None,
            "base_attempt": None,
            "base_status": "",
        }
        fields |= {"absences": 0, "absent_at": None, "losses": 0, "tries": 0, "due_at": timezone.now()}
        sentence = f"Sent again by hand: {reason}"
        move(row, CommandState.AUTHORISED, sentence=sentence, by=by, asked=asked, **fields)
        _wake()
        return row


def close(command: Command, *, by: Actor, asked: Asked, is_done: bool, reason: str) -> Command:
    """A person looked in Azure: it was done there, or it shall not be done any more.

    Raises Denied, Invalid (the reason), Conflict when it does not wait for anybody.
    """
    reason = reason_of(reason)
    with acting(by):
        row = _waiting(command)
        check_can_settle(by, row)
        if is_done:
            sentence = f"Closed as done in Azure by hand: {reason}"
            move(row, CommandState.CONFIRMED, code=CommandCode.DONE, sentence=sentence, by=by, asked=asked)
        else:
            _cancel(row, by=by, asked=asked, sentence=f"Given up by hand: {reason}")
        return row


def _cancel(row: Command, *, by: Actor, asked: Asked, sentence: str) -> None:
    move(row, CommandState.CANCELLED, code=CommandCode.BY_AUTHOR, sentence=sentence, by=by, asked=asked)


def _locked(command: Command) -> Command:
    """The row as it stands; a worker that holds its lease meanwhile makes the move fail, or fails itself."""
    rows = Command.objects.select_for_update(of=("self",)).select_related("organization", "project", "asked_by")
    return rows.get(pk=command.pk)


def _waiting(command: Command) -> Command:
    row = _locked(command)
    if row.state != CommandState.NEEDS_ATTENTION:
        raise Conflict("Somebody else dealt with it meanwhile. Look again.", code="not_waiting")
    return row


def _wake() -> None:
    transaction.on_commit(lambda: nudge("commands.deliver"))
