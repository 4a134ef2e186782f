"""What reading Azure shows of a command: what stood before it was sent, and whether it took effect."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from releases.errors import ReleasesError
from releases.models import Release
from releases.states import CommandCode, CommandState


@dataclass(frozen=True)
class Base:
    """What Azure showed before the first send: the newest attempt, the status, the revision, as far as it has them."""

    attempt: int | None = None
    status: str = ""
    revision: int | None = None


class Shown(StrEnum):
    """What Azure shows after a send: `under_way`, that it took the wish; `working`, that it is about it."""

    DONE = "done"
    ABSENT = "absent"
    UNDER_WAY = "under_way"
    WORKING = "working"
    SUPERSEDED = "superseded"
    CONFLICT = "conflict"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True)
class Evidence:
    """It, with a sentence for people; `attempt`, `result` and `made` are what the command brought about.

    `is_locked_out`: it cannot take effect any more, so Azure's no to it is the whole answer.
    Where a person must look, `result` says how often our mark was found (`marks`; none where Azure does not tell).
    """

    shown: Shown
    sentence: str = ""
    code: CommandCode | None = None
    attempt: int | None = None
    result: dict[str, Any] = field(default_factory=dict)
    made: Release | None = None
    is_locked_out: bool = False


class NotToBeSent(ReleasesError):
    """Azure shows, before anything was sent, that it must not be sent: it ends here."""

    def __init__(self, sentence: str, *, state: CommandState, reason: CommandCode) -> None:
        super().__init__(sentence, code=reason.value)
        self.state = state
        self.reason = reason


def stale(sentence: str) -> NotToBeSent:
    """The release is not what the person saw."""
    return NotToBeSent(sentence, state=CommandState.REFUSED, reason=CommandCode.STALE)


def superseded(sentence: str) -> NotToBeSent:
    """Somebody brought it about already."""
    return NotToBeSent(sentence, state=CommandState.SUPERSEDED, reason=CommandCode.SAME_RESULT_BY)


class SentBefore(ReleasesError):
    """Azure shows this command's mark though our rows know of no send: a backup was restored."""

    def __init__(self, base: Base) -> None:
        super().__init__("Azure shows that it was sent before.")
        self.base = base


class Wait(ReleasesError):
    """Something else must come first; asked again after `seconds`."""

    def __init__(self, sentence: str, *, seconds: float) -> None:
        super().__init__(sentence)
        self.seconds = seconds
