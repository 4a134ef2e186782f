"""The mark a command leaves in Azure's comment, by which its effect is known again, and our trail is witnessed there.

Its form is in `releases.queries.marks`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from releases.azure.answers import HistoryAnswer
from releases.models import AuditEvent, Command, CommandMove
from releases.queries.marks import MARK
from releases.states import CommandState


@dataclass(frozen=True)
class Mark:
    """One mark found in Azure."""

    command: str
    seq: int


def marker_of(command: Command, event: AuditEvent) -> str:
    """The mark of this send."""
    return f"[slipway cmd={command.pk.hex[:8]} audit={event.seq}:{bytes(event.link).hex()[:16]}]"


def comment_of(command: Command) -> str:
    """What Azure keeps as the comment: who asked in Slipway, why, and the mark."""
    who = command.asked_by.name if command.asked_by else f"Slipway ({command.asked_as})"
    reason = f": {command.reason}" if command.reason else ""
    return f"{who} in Slipway{reason} {command.marker}"


def marks_in(texts: Iterable[str]) -> list[Mark]:
    """All marks in these comments."""
    return [Mark(found[1], int(found[2])) for text in texts for found in MARK.finditer(text)]


def left_by(command: Command, history: Iterable[HistoryAnswer]) -> list[HistoryAnswer]:
    """The entries of Azure's history that this command left, those before a person sent it again not counted."""
    entries = list(history)
    return [entries[at] for at in carrying(command, [entry.comment for entry in entries])]


def carrying(command: Command, texts: Iterable[str]) -> list[int]:
    """The places of the texts that carry this command's mark, those before a person sent it again not counted."""
    since, own = _counted_since(command), command.pk.hex[:8]
    return [
        at
        for at, text in enumerate(texts)
        if any(mark.command == own and mark.seq > since for mark in marks_in([text]))
    ]


def _counted_since(command: Command) -> int:
    by_hand = CommandMove.objects.filter(command=command, by__isnull=False, after=CommandState.AUTHORISED)
    newest = by_hand.exclude(before="").order_by("-number").values_list("seq", flat=True).first()
    return newest or 0
