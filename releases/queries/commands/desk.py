"""What the Commands page shows: what needs somebody, what is open, what each organization sends, what ended.

Fixed queries, however many commands there are; long lists are cut and say so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Min, QuerySet

from releases.models import Command, Organization, User
from releases.queries import keyset
from releases.queries.access import visible_at_once, visible_projects, visible_to
from releases.queries.commands.seen import CommandSeen, rows_seen, seen
from releases.queries.keyset import Cursor
from releases.states import FINAL_COMMAND_STATES, CommandState

MOST_WAITING, MOST_OPEN, ENDED_SIZE = 10, 50, 20
ENDED_ORDER = ("ended_at", "id")
FINAL = sorted(FINAL_COMMAND_STATES)


@dataclass(frozen=True)
class Sends:
    """What one organization sends: `open` commands, of which `held` wait for the switch; since when one is due."""

    row: Organization
    open: int
    held: int
    oldest_due: datetime | None

    @property
    def is_stopped(self) -> bool:
        """Whether somebody stopped it."""
        return self.row.sending_stopped_at is not None

    @property
    def quota_used(self) -> int | None:
        """How much of Azure's quota is used, in per cent; None where Azure did not tell."""
        limit, left = self.row.quota_limit, self.row.quota_remaining
        return round(100 * (limit - left) / limit) if limit and left is not None and left <= limit else None


@dataclass(frozen=True)
class Desk:
    """What is not over. `waiting_count` and `open_count` count all of them, the lists are cut."""

    waiting: Sequence[CommandSeen]
    waiting_count: int
    open: Sequence[CommandSeen]
    open_count: int
    sends: Sequence[Sends]
    ended_today: Mapping[str, int]

    @property
    def oldest_due(self) -> datetime | None:
        """Since when something waits for a sender; None when nothing does."""
        return min((one.oldest_due for one in self.sends if one.oldest_due), default=None)


class _Count(NamedTuple):
    """How many commands of an organization stand so, and when the first of them is due."""

    organization: int
    state: str
    commands: int
    due: datetime | None


@dataclass(frozen=True)
class Ended:
    """One page of what is over, newest first."""

    commands: Sequence[CommandSeen]
    older: str
    newer: str


def needing(user: User) -> int:
    """How many commands need somebody, of those the person sees. One query, for the navigation."""
    alive = visible_at_once(user, Command).exclude(state__in=FINAL)
    return alive.filter(state=CommandState.NEEDS_ATTENTION).count()


def desk(user: User, *, since: datetime, now: datetime) -> Desk:
    """Everything but the list of what ended; `since` is when the reader's day began."""
    rows = rows_seen(user)
    alive = rows.exclude(state__in=FINAL)
    is_waiting = {"state": CommandState.NEEDS_ATTENTION}
    waiting = list(alive.filter(**is_waiting).order_by("moved_at", "pk")[:MOST_WAITING])
    others = list(alive.exclude(**is_waiting).order_by("-asked_at", "pk")[:MOST_OPEN])
    told = seen([*waiting, *others], reader=user)
    counts = _counts(visible_to(user, Command))
    waiting_count = sum(one.commands for one in counts if one.state == CommandState.NEEDS_ATTENTION)
    ended = visible_to(user, Command).filter(state__in=FINAL, ended_at__gte=since).order_by()
    return Desk(
        waiting=told[: len(waiting)],
        waiting_count=waiting_count,
        open=told[len(waiting) :],
        open_count=sum(one.commands for one in counts) - waiting_count,
        sends=_sends(user, counts, now=now),
        ended_today=dict(ended.values_list("state").annotate(count=Count("pk"))),
    )


def ended(user: User, *, state: str = "", since: datetime | None = None, cursor: str = "") -> Ended:
    """What is over: all of it, or since a moment; in one state or in any. Raises Invalid for a cursor that is none."""
    rows = rows_seen(user).filter(state__in=FINAL)
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(ended_at__gte=since) if since else rows
    at = keyset.read(cursor, model=Command, order=ENDED_ORDER) if cursor else None
    page = keyset.page(rows, order=ENDED_ORDER, cursor=at, size=ENDED_SIZE)
    return Ended(seen(page.rows, reader=user), _written(page.older), _written(page.newer))


def going_out(user: User, organization: Organization) -> tuple[list[CommandSeen], int]:
    """What is open for an organization, of what the person sees, and how many; the newest first."""
    rows = rows_seen(user).filter(organization=organization).exclude(state__in=FINAL)
    rows = rows.exclude(state=CommandState.NEEDS_ATTENTION)
    return seen(rows.order_by("-asked_at", "pk")[:MOST_OPEN], reader=user), rows.count()


def organization_seen(user: User, pk: int) -> Organization | None:
    """An organization of which the person sees a project."""
    return _organizations(user).filter(pk=pk).first()


def _counts(rows: QuerySet[Command]) -> list[_Count]:
    alive = rows.exclude(state__in=FINAL).order_by().values_list("organization", "state")
    return [_Count(*row) for row in alive.annotate(count=Count("pk"), due=Min("due_at"))]


def _sends(user: User, counts: list[_Count], *, now: datetime) -> list[Sends]:
    due: dict[int, datetime] = {}
    for one in counts:
        if one.due and one.due <= now and one.state != CommandState.HELD:
            due[one.organization] = min(one.due, due.get(one.organization, one.due))
    rows = _organizations(user).order_by("name", "pk")
    return [
        Sends(
            row,
            open=sum(one.commands for one in counts if one.organization == row.pk),
            held=sum(one.commands for one in counts if one.organization == row.pk and one.state == CommandState.HELD),
            oldest_due=due.get(row.pk),
        )
        for row in rows
    ]


def _organizations(user: User) -> QuerySet[Organization]:
    projects = visible_projects(user)
    return Organization.objects.filter(pk__in=projects.values("organization")).select_related("sending_stopped_by")


def _written(cursor: Cursor | None) -> str:
    return keyset.written(cursor) if cursor else ""
