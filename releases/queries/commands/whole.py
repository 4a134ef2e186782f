"""One command with all its moves and what was asked, seen and found: for its page and the API's detail."""

from collections.abc import Sequence
from dataclasses import dataclass

from releases.models import Command, CommandMove
from releases.queries.commands.seen import CommandSeen
from releases.queries.commands.words import title, word_of
from releases.queries.pipeline_snapshot import newest_definition
from releases.queries.trigger_edits import Steps
from releases.queries.trigger_switches import Difference, changes_in_words, switches_seen
from releases.states import CommandKind

SEEN_WORDS = {
    "name": "Release",
    "status": "Status of the release",
    "stage_status": "Status of the stage",
    "attempt": "Newest attempt",
    "live": "Live in the stage",
    "revision": "Revision of the pipeline",
}
"""The parts of a snapshot that people can read, in this order; the rest are hashes."""


@dataclass(frozen=True)
class MoveSeen:
    """One move: `seq` is its number in the trail."""

    row: CommandMove
    word: str
    look: str

    @property
    def who(self) -> str:
        """Who moved it; Slipway itself where nobody did."""
        return self.row.by.name if self.row.by else "Slipway"


@dataclass(frozen=True)
class Related:
    """The command it belongs to, or one that belongs to it."""

    row: Command
    title: str
    word: str
    look: str


@dataclass(frozen=True)
class Whole:
    """All of it, oldest move first; `seen` are the parts a person saw, `artifacts` what the release carried.

    `triggers`: those it asks to change, before and after.
    """

    moves: Sequence[MoveSeen]
    parent: Related | None
    children: Sequence[Related]
    seen: Sequence[tuple[str, str]]
    artifacts: Sequence[tuple[str, str]]
    triggers: Sequence[Difference] = ()


def whole_of(one: CommandSeen) -> Whole:
    """Three queries, one more about triggers."""
    rows = CommandMove.objects.filter(command=one.row).select_related("by").order_by("number")
    others = Command.objects.select_related("release", "release_stage", "pipeline", "workspace")
    parent = others.filter(pk=one.row.parent_id).first() if one.row.parent_id else None
    snapshot = one.row.snapshot
    return Whole(
        moves=[MoveSeen(row, word_of(row.after, row.code), f"command_{row.after}") for row in rows],
        parent=_related(parent) if parent else None,
        children=[_related(row) for row in others.filter(parent=one.row).order_by("asked_at", "pk")],
        seen=[(words, str(snapshot[part])) for part, words in SEEN_WORDS.items() if part in snapshot],
        artifacts=[(str(row[0]), _version(row)) for row in snapshot.get("artifacts", [])],
        triggers=_triggers(one.row) if one.row.kind == CommandKind.TRIGGER else (),
    )


def _triggers(row: Command) -> list[Difference]:
    """As it was asked: from what its author saw."""
    if row.pipeline is None or "steps" not in row.payload:
        return []
    steps, definition = Steps.read(row.payload["steps"]), newest_definition(row.pipeline)
    return changes_in_words(switches_seen(row.snapshot), steps, definition, now=row.asked_at)


def _related(row: Command) -> Related:
    return Related(row, title(row), word_of(row.state, row.code), f"command_{row.state}")


def _version(row: Sequence[str]) -> str:
    """Of [alias, type, source, version id, version name, source version]: what people call the version."""
    return next((text for text in (row[4], row[3], row[5]) if text), "without a version")
