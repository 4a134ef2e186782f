"""How fresh our copy of Azure is: sources, what could not be read, gaps, runs. Asked by the Sync page.

Fixed number of queries; runs and set-aside rows are shown up to a limit and counted beyond it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F

from releases.models import SetAside, SyncGap, User
from releases.queries.access import visible_to
from releases.queries.logs.missing import MissingLogs, missing_logs
from releases.queries.runs_seen import RunLine, runs_seen
from releases.queries.sources import Source, checked_at, looks, workspaces

SET_ASIDE_SHOWN = 50
GAPS_SHOWN = 50


@dataclass(frozen=True)
class SyncSeen:
    """Everything the Sync page shows."""

    sources: list[Source]
    runs: list[RunLine]
    set_aside: list[SetAside]
    set_aside_count: int
    gaps: list[SyncGap]
    gaps_count: int
    gaps_open: int
    missing: MissingLogs

    @property
    def backfills(self) -> list[Source]:
        """The projects whose history is still being read."""
        return [source for source in self.sources if source.backfill]

    @property
    def is_busy(self) -> bool:
        """Whether something is being read right now."""
        return any(source.state in {"reading", "asked"} for source in self.sources)

    @property
    def checked_at(self) -> datetime | None:
        """Everything shown is at least as fresh as this."""
        return checked_at(self.sources)


def sync_seen(user: User, *, projects: Sequence[Source]) -> SyncSeen:
    """How all sources this person sees stand. `projects`: how those stand, which the frame knows already."""
    set_aside = visible_to(user, SetAside).filter(resolved_at=None).select_related("project", "workspace")
    gaps = visible_to(user, SyncGap)
    counted = gaps.aggregate(all=Count("pk"), filled=Count("filled_at"))
    open_first = gaps.order_by(F("filled_at").desc(nulls_first=True), "-gap_from")
    return SyncSeen(
        sources=[*projects, *workspaces(user), *looks(user)],
        runs=runs_seen(user),
        set_aside=list(set_aside.order_by("-last_seen_at", "-id")[:SET_ASIDE_SHOWN]),
        set_aside_count=set_aside.count(),
        gaps=list(open_first.select_related("project")[:GAPS_SHOWN]) if counted["all"] else [],
        gaps_count=counted["all"],
        gaps_open=counted["all"] - counted["filled"],
        missing=missing_logs(user),
    )
