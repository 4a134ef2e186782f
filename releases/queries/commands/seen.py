"""Commands with all that a line about them shows, scoped to who reads. Asked by pages and the API."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from releases.models import Command, CommandMove, Pipeline, Release, User
from releases.policies.commands import operated_projects
from releases.queries.access import visible_at_once, visible_to
from releases.queries.commands.sentences import sentence_of
from releases.queries.commands.words import asker, title, word_of
from releases.states import FINAL_COMMAND_STATES, OPEN_COMMAND_STATES, CommandKind, CommandState

MOST_ENDED, MOST_ATTACHING = 3, 5
TAKEN_BACK_FROM = frozenset({CommandState.AUTHORISED, CommandState.HELD})
SHOWN = (
    "organization",
    "project",
    "release__project",
    "release_stage",
    "stage",
    "pipeline",
    "workspace",
    "asked_by",
)


@dataclass(frozen=True)
class CommandSeen:
    """One command as a reader sees it. `entry` is the number of its newest move in the trail."""

    row: Command
    is_own: bool
    operates: bool

    @property
    def look(self) -> str:
        """Its state, as the name of its icon and hue (`dashboard.words`)."""
        return f"command_{self.row.state}"

    @cached_property
    def word(self) -> str:
        """How it stands, in a word."""
        return word_of(self.row.state, self.row.code)

    @cached_property
    def title(self) -> str:
        """What it asks for."""
        return title(self.row)

    @cached_property
    def sentence(self) -> str:
        """What happens next; while it is sent, the page says since when before it."""
        waits = bool(getattr(self.row, "waits_for_others", False))
        return sentence_of(self.row, is_own=self.is_own, waits_for_others=waits)

    @property
    def asker(self) -> str:
        """Who asked for it."""
        return asker(self.row)

    @property
    def entry(self) -> int | None:
        """The number of its newest move in the trail."""
        found: int | None = getattr(self.row, "entry", None)
        return found

    @property
    def is_open(self) -> bool:
        """Whether it can still move."""
        return self.row.is_open

    @property
    def is_sending(self) -> bool:
        """Whether a request is out to Azure."""
        return self.row.state == CommandState.SENDING

    @property
    def needs_a_person(self) -> bool:
        """Whether nothing happens until somebody looks."""
        return self.row.state == CommandState.NEEDS_ATTENTION

    @property
    def can_be_taken_back(self) -> bool:
        """Whether this reader may take it back now: the same answer as of `check_can_take_back`."""
        return self.is_own and self.operates and self.row.state in TAKEN_BACK_FROM


def rows_seen(user: User) -> QuerySet[Command]:
    """The commands this person may see, with everything a line shows. One query of its own: the memberships."""
    return _whole(visible_to(user, Command))


def _whole(rows: QuerySet[Command]) -> QuerySet[Command]:
    moves = CommandMove.objects.filter(command=OuterRef("pk")).order_by("-number")
    children = Command.objects.filter(parent=OuterRef("pk"), state__in=OPEN_COMMAND_STATES)
    rows = rows.select_related(*SHOWN)
    return rows.annotate(entry=Subquery(moves.values("seq")[:1]), waits_for_others=Exists(children))


def seen(rows: Iterable[Command], *, reader: User) -> list[CommandSeen]:
    """These rows as the reader sees them. One query: where the reader may act."""
    where = operated_projects(reader)
    return [
        CommandSeen(row, is_own=row.asked_by_id == reader.pk, operates=where is None or row.project_id in where)
        for row in rows
    ]


def command_seen(user: User, pk: UUID) -> CommandSeen | None:
    """One command; None as well for one of a project the person does not see."""
    return next(iter(seen(rows_seen(user).filter(pk=pk), reader=user)), None)


def commands_of(release: Release, *, reader: User, most_ended: int = MOST_ENDED) -> list[CommandSeen]:
    """What is asked of a release: every open command, then the newest ended ones. Three queries, however many."""
    rows = _whole(visible_at_once(reader, Command)).filter(release=release)
    is_over = {"state__in": sorted(FINAL_COMMAND_STATES)}
    found = [
        *rows.exclude(**is_over).order_by("-asked_at", "pk"),
        *rows.filter(**is_over).order_by("-ended_at", "pk")[:most_ended],
    ]
    return seen(found, reader=reader)


def attaching(reader: User, *, since: datetime) -> list[CommandSeen]:
    """What is asked about clusters and is open, or ended since then; the newest first, at most `MOST_ATTACHING`.

    One query where there is nothing, as nearly always.
    """
    is_news = ~Q(state__in=sorted(FINAL_COMMAND_STATES)) | Q(ended_at__gte=since)
    news = visible_at_once(reader, Command).filter(is_news, kind=CommandKind.ATTACH_CLUSTER)
    found = list(news.order_by("-asked_at", "pk").values_list("pk", flat=True)[:MOST_ATTACHING])
    return seen(rows_seen(reader).filter(pk__in=found).order_by("-asked_at", "pk"), reader=reader) if found else []


def changes_of_triggers(pipeline: Pipeline, *, reader: User, since: datetime) -> list[CommandSeen]:
    """What is asked of the triggers of a pipeline that the reader sees, and what ended since, newest first.

    One query where there is nothing, two otherwise.
    """
    recent = Q(ended_at__gt=since) | ~Q(state__in=sorted(FINAL_COMMAND_STATES))
    rows = _whole(Command.objects.filter(recent, pipeline=pipeline, kind=CommandKind.TRIGGER))
    found = list(rows.order_by("-asked_at", "pk")[:MOST_ENDED])
    return seen(found, reader=reader) if found else []
