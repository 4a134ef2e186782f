"""Commands in every state."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from dashboard.offers import Offer
from dashboard.samples.rows import LONG, PORT, release, release_stage
from releases.models import Command, Deployment, Identity, User
from releases.queries.commands import CommandSeen, Shown
from releases.states import COMMAND_CODES, CommandCode, CommandKind, CommandState

JONAS = User(name="Jonas Lindqvist")
SAID = {
    CommandState.HELD: "Sending to harbour is stopped by Ada Nyman: Service account is being replaced.",
    CommandState.NEEDS_ATTENTION: "Azure shows attempt 3, but nothing says that it is this one.",
    CommandState.CONFIRMED: "Azure shows attempt 2.",
    CommandState.REFUSED: "Azure DevOps refused the request (status 400). It says: The environment is in progress.",
    CommandState.SUPERSEDED: "Ada Nyman canceled it in Azure.",
    CommandState.CONFLICT: "Attempt 4 of DEV TEST began meanwhile.",
    CommandState.CANCELLED: "Taken back before it was sent.",
}
REASON = {
    CommandState.HELD: CommandCode.SENDING_STOPPED,
    CommandState.SENDING: "",
    CommandState.CONFIRMED: CommandCode.DONE,
    CommandState.REFUSED: CommandCode.REJECTED_BY_AZURE,
    CommandState.CANCELLED: CommandCode.BY_AUTHOR,
}


def shown() -> dict[str, Any]:
    """For `_commands.html`: one in each state, then one of a long name."""
    states = [command(state, number) for number, state in enumerate(CommandState)]
    waiting = command(CommandState.NEEDS_ATTENTION, 91)
    by = Identity(name="svc-slipway", key="svc")
    made = Deployment(attempt=3, queued_on=waiting.row.asked_at, requested_by=by)
    no = Offer("Check again", "You cannot act on releases: operators and administrators can. In Port you are QA.")
    yes = Offer("Check again")
    second = command(CommandState.NEEDS_ATTENTION, 92, of=LONG)
    return {
        "waiting": [
            (Shown(waiting, made, 0, "Azure DevOps did not answer in time."), yes, yes),
            (Shown(second, None, 2, "none"), no, no),
        ],
        "commands": [*states, command(CommandState.AUTHORISED, 90, of=LONG)],
    }


def command(state: CommandState, number: int, *, of: str = "Release-41") -> CommandSeen:
    """A redeployment of DEV TEST that stands so; its author reads it."""
    now = timezone.now()
    code = REASON.get(state, min(COMMAND_CODES[state], default=""))
    target = release(of)
    row = Command(
        pk=UUID(int=number),
        kind=CommandKind.REDEPLOY,
        organization=PORT.organization,
        project=PORT,
        release=target,
        release_stage=release_stage("DEV TEST", of=target),
        asked_by=JONAS,
        asked_at=now - timedelta(seconds=20),
        moved_at=now,
        due_at=now + timedelta(seconds=30),
        sent_at=now - timedelta(seconds=8) if state == CommandState.SENDING else None,
        state=state,
        code=code,
        sentence=SAID.get(state, ""),
        absences=1 if state == CommandState.UNKNOWN else 0,
    )
    row.entry = 4731 + number  # type: ignore[attr-defined]  # as the query annotates it
    return CommandSeen(row, is_own=True, operates=True)
