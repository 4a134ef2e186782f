"""Commands as people read them: what was asked, by whom, and where it stands in words. Reads rows only."""

from django.utils import timezone

from releases.models import Command
from releases.states import CommandCode, CommandKind, CommandState

WORDS = {
    CommandState.AUTHORISED: "Recorded",
    CommandState.HELD: "Held",
    CommandState.SENDING: "Sending",
    CommandState.UNKNOWN: "Not certain, checking",
    CommandState.NEEDS_ATTENTION: "Needs you",
    CommandState.CONFIRMED: "Confirmed in Azure",
    CommandState.REFUSED: "Refused by Azure",
    CommandState.SUPERSEDED: "Superseded",
    CommandState.CONFLICT: "Conflict",
    CommandState.CANCELLED: "Taken back",
}
"""The word for each state (DESIGN: commands)."""

_OTHERWISE: dict[tuple[str, str], str] = {
    (CommandState.REFUSED, CommandCode.STALE): "Not sent",
    (CommandState.CANCELLED, CommandCode.EXPIRED): "Expired",
}
"""Where the word of the state alone would tell an untruth: Azure was not asked, nobody took it back."""

_VERBS = {
    CommandKind.DEPLOY: "Deploy {stage} of {release}",
    CommandKind.REDEPLOY: "Redeploy {stage} of {release}",
    CommandKind.CANCEL: "Cancel {stage} of {release}",
    CommandKind.ABANDON: "Abandon {release}",
    CommandKind.CREATE: "Create a release of {pipeline}",
    CommandKind.START: "Start the draft {release}",
    CommandKind.TRIGGER: "Change the triggers of {pipeline}",
    CommandKind.ATTACH_CLUSTER: "Attach the cluster {cluster} to {workspace}",
}


def word_of(state: str, code: str) -> str:
    """The word for how a command stands, or stood after a move."""
    return _OTHERWISE.get((state, code)) or WORDS[CommandState(state)]


def title(command: Command) -> str:
    """What it asks for, as one phrase."""
    if command.is_roll_back:
        return f"Roll back {command.release_stage.name if command.release_stage else ''} to {command.release}"
    return _VERBS[CommandKind(command.kind)].format(
        stage=command.release_stage.name if command.release_stage else "",
        release=command.release,
        pipeline=command.pipeline,
        workspace=command.workspace,
        cluster=command.payload.get("name", ""),
    )


def asker(command: Command) -> str:
    """Who asked for it: a person's name, or the part of Slipway."""
    return command.asked_by.name if command.asked_by else f"Slipway ({command.asked_as})"


def when_and_who(command: Command) -> str:
    """ "at 10:02 by NAME", in the reader's zone; with the day when it was another one."""
    at, today = timezone.localtime(command.asked_at), timezone.localdate()
    day = "" if at.date() == today else f"on {at:%a} {at.day} {at:%b} "
    return f"{day}at {at:%H:%M} by {asker(command)}"
