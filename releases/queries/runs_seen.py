"""The newest sync runs, with those that found nothing new folded into one line between the others. For the Sync page.

Two queries, however many runs were quiet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, IntegerField, Max, Min, Q, QuerySet, Value, When

from releases.models import SyncRun, User
from releases.queries.access import visible_to
from releases.states import SyncRunState

RUNS_SHOWN = 20
QUIET = Q(state=SyncRunState.SUCCEEDED, changed=0, retries=0, set_aside=0)


@dataclass(frozen=True)
class Quiet:
    """Runs in a row that found nothing new: how many, and when the first and the last of them began."""

    count: int
    first: datetime
    last: datetime


@dataclass(frozen=True)
class RunLine:
    """One line of the list: a run, or several quiet ones."""

    run: SyncRun | None = None
    quiet: Quiet | None = None


def runs_seen(user: User) -> list[RunLine]:
    """Newest first: runs that changed something, met a problem or are not over, and the quiet ones between them."""
    visible = visible_to(user, SyncRun)
    runs = list(visible.exclude(QUIET).select_related("project", "workspace").order_by("-id")[:RUNS_SHOWN])
    quiet = _quiet_between(visible, runs)
    lines = [_quiet_line(quiet.get(0))]
    for place, run in enumerate(runs, start=1):
        lines += [RunLine(run=run), _quiet_line(quiet.get(place))]
    return [line for line in lines if line]


def _quiet_between(visible: QuerySet[SyncRun], runs: Sequence[SyncRun]) -> dict[int, Quiet]:
    """The quiet runs by how many of the shown ones are newer; those older than all shown ones only when none is cut."""
    rows = visible.filter(QUIET)
    if len(runs) == RUNS_SHOWN:
        rows = rows.filter(pk__gt=runs[-1].pk)
    places = [When(pk__gt=run.pk, then=Value(place)) for place, run in enumerate(runs)]
    place = Case(*places, default=Value(len(runs)), output_field=IntegerField())
    grouped = rows.annotate(place=place).values("place").order_by("place")
    found = grouped.annotate(count=Count("pk"), first=Min("started_at"), last=Max("started_at"))
    return {row["place"]: Quiet(row["count"], row["first"], row["last"]) for row in found}


def _quiet_line(quiet: Quiet | None) -> RunLine | None:
    return RunLine(quiet=quiet) if quiet else None
