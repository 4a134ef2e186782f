"""Sends one command, once: what holds it, what Azure shows before, the commit of `sending`, the request, the reading.

Only what surely never left counts as not sent; every other silence is `unknown`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Now

from releases import audit
from releases.actions.acting import acting
from releases.actions.commands.moving import DELIVERY, move
from releases.audit import Actor, System
from releases.delivery import checking, crash
from releases.delivery.evidence import Base, NotToBeSent, SentBefore, Wait, stale
from releases.delivery.kinds import kind_of
from releases.delivery.leasing import Lease, LeaseLost, database_now
from releases.delivery.marker import comment_of, marker_of
from releases.errors import (
    AzureError,
    AzureRefused,
    AzureThrottled,
    AzureUnreachable,
    CredentialRefused,
    Denied,
    PermissionMissing,
)
from releases.models import Command
from releases.policies.commands import check_can_send
from releases.policies.limits import AGE_AT_MOST, LONGEST_PAUSE_SECONDS, MOST_SENDS, lease_seconds
from releases.states import CommandCode, CommandState
from releases.sync.connections import Calls

_HOLDING = {
    "denied": CommandCode.ROLE_LOST,
    "inactive": CommandCode.NEEDS_REAUTHORISATION,
    CommandCode.FLAGGED.value: CommandCode.FLAGGED,
    CommandCode.FROZEN.value: CommandCode.FROZEN,
    CommandCode.SENDING_STOPPED.value: CommandCode.SENDING_STOPPED,
}
"""Refusals that may pass: the command waits. Every other one is about the release, which Azure is asked for."""


def send(lease: Lease) -> float | None:
    """Seconds until somebody looks at it again, None when nobody needs to. Raises AzureError where nothing was sent."""
    command = lease.command
    if command.sends >= MOST_SENDS or _is_too_old(command):
        sentence = f"Sent {command.sends} times without a trace in Azure; a person must look."
        with transaction.atomic():
            move(command, CommandState.NEEDS_ATTENTION, by=DELIVERY, code=CommandCode.DEAD, sentence=sentence)
        return None
    if (held := _held_by(command)) is not None:
        return _hold(command, held)
    with checking.opened(command, guard=lease.check_covers_a_request) as calls:
        before = {name: getattr(command, name) for name in ("sends", "sent_at", "first_sent_at")}
        try:
            base, is_sent = _base(command, calls)
            _commit(lease, base, is_sent=is_sent)
        except (PermissionMissing, CredentialRefused) as refused:
            return _hold(command, Denied(refused.sentence, code=refused.code))
        except Denied as denied:
            return _hold(command, denied)
        except NotToBeSent as end:
            _end(command, end)
            return None
        except Wait as wait:
            Command.objects.filter(pk=command.pk).update(sentence=wait.sentence)
            return wait.seconds
        if is_sent:
            return checking.after_send(lease, calls)
        crash.point(crash.Point.SENDING_COMMITTED, command)
        return _request(lease, calls, before=before)


def is_still_held(command: Command) -> bool:
    """Whether what held it holds it yet. A missing permission is asked of Azure, without changing anything there."""
    if _held_by(command) is not None:
        return True
    if command.code != CommandCode.PERMISSION_MISSING:
        return False
    with checking.opened(command) as calls:
        try:
            kind_of(command).probe(command, calls)
        except AzureRefused:
            return True
    return False


def _base(command: Command, calls: Calls) -> tuple[Base, bool]:
    """What Azure shows before, and whether it shows that the command was sent already. Raises NotToBeSent, Wait."""
    try:
        return kind_of(command).base(command, calls), False
    except SentBefore as before:
        return before.base, True


def _request(lease: Lease, calls: Calls, *, before: dict[str, Any]) -> float | None:
    command = lease.command
    try:
        kind_of(command).send(command, calls, comment=comment_of(command))
    except (PermissionMissing, CredentialRefused) as refused:
        return _hold(command, Denied(refused.sentence, code=refused.code), **before)
    except AzureRefused as refused:
        return checking.after_refusal(lease, calls, refused)
    except (AzureUnreachable, AzureThrottled) as error:
        return _not_sent(lease, error, before)
    except AzureError as error:
        with _late_is_noted(command):
            return checking.unanswered(lease, error)
    crash.point(crash.Point.APPLIED, command)
    with _late_is_noted(command), transaction.atomic():
        lease.keep()
    return checking.after_send(lease, calls)


def _not_sent(lease: Lease, error: AzureError, before: dict[str, Any]) -> float:
    """Surely nothing happened in Azure: as if it had not been tried, but later."""
    command = lease.command
    with transaction.atomic():
        lease.keep()
        tries = command.tries + 1
        move(command, CommandState.AUTHORISED, by=DELIVERY, sentence=error.sentence, tries=tries, **before)
    asked_for = error.retry_after if isinstance(error, AzureThrottled) else 0.0
    return max(asked_for, checking.pauses().read)


def _commit(lease: Lease, base: Base, *, is_sent: bool) -> None:
    """Everything that must hold holds in this transaction, and the trail knows of the send before Azure does.

    `is_sent`: nothing will be sent, for Azure has it already, so nothing is checked.
    """
    command, by = lease.command, _by(lease.command)
    with acting(by):
        lease.keep()
        if not is_sent:
            _check(command, by)
        event = move(
            command,
            CommandState.SENDING,
            by=DELIVERY,
            base_attempt=base.attempt,
            base_status=base.status,
            base_revision=base.revision,
            sends=F("sends") + 1,
            sent_at=Now(),
            first_sent_at=Coalesce("first_sent_at", Now()),
            leased_until=Now() + timedelta(seconds=lease_seconds()),
            absences=0,
            absent_at=None,
        )
        command.marker = marker_of(command, event)
        Command.objects.filter(pk=command.pk).update(marker=command.marker)


def _check(command: Command, by: Actor) -> None:
    """Policy again. Raises Denied for what may pass, NotToBeSent for what is about the release."""
    check_can_send(command.organization)
    try:
        kind_of(command).check(command, by)
    except Denied as denied:
        if denied.code in _HOLDING:
            raise
        raise stale(f"Not sent. {denied.sentence}") from denied


def _held_by(command: Command) -> Denied | None:
    """The refusal that holds it now, by what is stored; what only Azure can tell is not among them."""
    command.organization.refresh_from_db()
    if command.asked_by is not None:
        command.asked_by.refresh_from_db()
    try:
        _check(command, _by(command))
    except Denied as denied:
        return denied
    except NotToBeSent:
        return None
    return None


def _hold(command: Command, denied: Denied, **fields: Any) -> float:
    """It waits; looked at again within a minute, later and later where only Azure can tell.

    `fields` are set as well: a send that Azure did not allow was none.
    """
    code = _HOLDING.get(denied.code, CommandCode.PERMISSION_MISSING)
    fields["tries"] = command.tries + 1 if code == CommandCode.PERMISSION_MISSING else 0
    with transaction.atomic():
        move(command, CommandState.HELD, by=DELIVERY, code=code, sentence=denied.sentence, **fields)
    wait: float = min(LONGEST_PAUSE_SECONDS, checking.pauses().held * 2 ** min(command.tries, 10))
    return wait


def _end(command: Command, end: NotToBeSent) -> None:
    with transaction.atomic():
        move(command, end.state, by=DELIVERY, code=end.reason, sentence=end.sentence)


def _by(command: Command) -> Actor:
    return command.asked_by or System(command.asked_as)


def _is_too_old(command: Command) -> bool:
    return command.first_sent_at is not None and database_now() - command.first_sent_at > AGE_AT_MOST


@contextmanager
def _late_is_noted(command: Command) -> Iterator[None]:
    """Our request left, or may have: where the lease was lost meanwhile, somebody may have sent it again."""
    try:
        yield
    except LeaseLost:
        _note_late(command)
        raise


def _note_late(command: Command) -> None:
    """A person must look where it was, or is about to be, sent again. Where only ours left, whoever reads finds it."""
    sentence = "A worker that was held up sent it although another one had taken over: Azure may have done it twice."
    with transaction.atomic():
        row = Command.objects.select_for_update(of=("self",)).get(pk=command.pk)
        if row.sends == command.sends and row.state != CommandState.AUTHORISED:
            return
        if row.state == CommandState.SENDING:
            move(row, CommandState.UNKNOWN, by=DELIVERY, code=CommandCode.WORKER_LOST, sentence=sentence)
        if row.state in (CommandState.AUTHORISED, CommandState.UNKNOWN):
            move(row, CommandState.NEEDS_ATTENTION, by=DELIVERY, code=CommandCode.AMBIGUOUS, sentence=sentence)
        else:
            Command.objects.filter(pk=row.pk).update(sentence=f"{row.sentence} {sentence}")
            audit.append(
                "command.sent_late",
                by=DELIVERY,
                outcome="error",
                project=row.project,
                object=("command", str(row.pk)),
                private={"said": sentence},
            )
