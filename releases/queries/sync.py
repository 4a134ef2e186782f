"""How fresh our copy of Azure is: progress, lag, what could not be read, gaps, quota, runs. Asked by the Sync page.

Fixed number of queries; runs and set-aside rows are shown up to a limit and counted beyond it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, OuterRef, Subquery

from releases.models import Organization, Project, SetAside, SyncGap, SyncRun, User, Watermark, Workspace
from releases.queries.access import visible_to
from releases.states import SyncRunState

HISTORY = "history"
DETAILS = "details"
KINDS = ("backfill", "incremental", DETAILS)
RUNS_SHOWN = 20
SET_ASIDE_SHOWN = 50
WORTH_SAYING_SECONDS = 5
BEHIND_AFTER = 5
"""So many missed rounds, and the page says that the history is behind."""
STALE_HEARTBEAT = timedelta(minutes=3)
ADVICE = {
    "auth_failed": "Renew the token in {variable}, then restart the worker so that it reads the new one.",
    "permission_missing": "Give the identity the permission named, then sync now.",
    "not_found": "Check that the project still has this name and that the identity may see it, then sync now.",
    "unreachable": "Check the address, the name server and the proxy. Slipway goes on by itself when Azure answers.",
    "no_answer": "Nothing to do: Slipway asks again with growing pauses.",
    "unreadable": "Nothing to do: Slipway asks again. If it stays, something in between changes the answers.",
    "throttled": "Nothing to do: Azure asked for a pause and Slipway keeps it.",
}


@dataclass(frozen=True)
class Progress:
    """How far a long reading got: so many read of about so many, since when."""

    read: int
    expected: int
    since: datetime | None = None
    read_back_to: datetime | None = None

    def time_left(self, now: datetime) -> timedelta | None:
        """At the pace so far; None before there is a pace."""
        if not self.since or not self.read or self.expected <= self.read or now <= self.since:
            return None
        return (now - self.since) / self.read * (self.expected - self.read)


@dataclass(frozen=True)
class Source:
    """One project's releases or one workspace's registry: how it stands, and since when it is right."""

    name: str
    kind: str
    state: str
    checked_at: datetime | None
    sentence: str = ""
    advice: str = ""
    organization: Organization | None = None
    project: Project | None = None
    backfill: Progress | None = None
    details: Progress | None = None
    paused_until: datetime | None = None

    @property
    def clock_off_by(self) -> int | None:
        """Seconds between this machine's clock and Azure's, where that is worth saying."""
        skew = self.organization.clock_skew_seconds if self.organization else None
        return round(skew) if skew is not None and abs(skew) >= WORTH_SAYING_SECONDS else None

    @property
    def quota_used(self) -> int | None:
        """Per cent of Azure's rate limit in use, from its own headers; None when it sent none."""
        limits = self.organization
        if limits is None or not limits.quota_limit or limits.quota_remaining is None:
            return None
        return round(100 * (limits.quota_limit - limits.quota_remaining) / limits.quota_limit)


@dataclass(frozen=True)
class SyncSeen:
    """Everything the Sync page shows."""

    sources: list[Source]
    runs: list[SyncRun]
    set_aside: list[SetAside]
    set_aside_count: int
    gaps: list[SyncGap]

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
        return min((one.checked_at for one in self.sources if one.project and one.checked_at), default=None)


def sync_seen(user: User, *, now: datetime, every: timedelta) -> SyncSeen:
    """How all sources this person sees stand. `every` is how often changes are read."""
    marks = {(m.project_id, m.feed): m for m in visible_to(user, Watermark).filter(feed__in=[HISTORY, DETAILS])}
    set_aside = visible_to(user, SetAside).filter(resolved_at=None).select_related("project", "workspace")
    gaps = visible_to(user, SyncGap).filter(filled_at=None).select_related("project")
    runs = visible_to(user, SyncRun).select_related("project", "workspace").order_by("-started_at", "-id")
    return SyncSeen(
        sources=[*_projects(user, marks, now=now, every=every), *_workspaces(user)],
        runs=list(runs[:RUNS_SHOWN]),
        set_aside=list(set_aside.order_by("-last_seen_at", "-id")[:SET_ASIDE_SHOWN]),
        set_aside_count=set_aside.count(),
        gaps=list(gaps.order_by("gap_from")),
    )


def backfills(user: User) -> list[tuple[Project, Progress]]:
    """The projects whose history is not complete yet, with how far it got. One query besides the memberships."""
    marks = visible_to(user, Watermark).filter(feed=HISTORY, completed_at=None, project__is_followed=True)
    return [(mark.project, progress_of(mark)) for mark in marks.select_related("project") if mark.project]


def checked_at(user: User) -> datetime | None:
    """When the changes of the project read longest ago were read last."""
    marks = visible_to(user, Watermark).filter(feed=HISTORY, project__is_followed=True)
    times = marks.values("project").annotate(newest=Max("checked_at")).values_list("newest", flat=True)
    return min((time for time in times if time), default=None)


def progress_of(mark: Watermark, *, since: datetime | None = None) -> Progress:
    """How far the backfill got, from its cursor."""
    cursor: Mapping[str, Any] = mark.cursor
    back = _time(cursor.get("recent_since"))
    for stretch in reversed(cursor.get("stretches", {}).get("all", [])):
        if not stretch[-1]:  # a row of `releases.sync.passes.stretches`: since first, whether it is done last
            break
        back = _time(stretch[0]) or back
    return Progress(read=cursor.get("read", 0), expected=cursor.get("expected", 0), since=since, read_back_to=back)


def _projects(
    user: User, marks: Mapping[tuple[int | None, str], Watermark], *, now: datetime, every: timedelta
) -> list[Source]:
    rows = list(
        visible_to(user, Project).filter(is_followed=True).select_related("organization").order_by("name", "id")
    )
    latest = _latest_runs([row.pk for row in rows])
    return [_source(row, marks, latest, now=now, every=every) for row in rows]


def _latest_runs(projects: list[int]) -> dict[tuple[int | None, str], SyncRun]:
    """The newest run of each kind of each project, each found by index."""
    newest = SyncRun.objects.filter(project=OuterRef("pk")).order_by("-started_at").values("pk")
    rows = Project.objects.filter(pk__in=projects).annotate(
        **{f"newest_{kind}": Subquery(newest.filter(kind=kind)[:1]) for kind in KINDS}
    )
    ids = [pk for found in rows.values_list(*(f"newest_{kind}" for kind in KINDS)) for pk in found if pk]
    return {(row.project_id, row.kind): row for row in SyncRun.objects.filter(pk__in=ids)}


def _source(
    project: Project,
    marks: Mapping[tuple[int | None, str], Watermark],
    latest: Mapping[tuple[int | None, str], SyncRun],
    *,
    now: datetime,
    every: timedelta,
) -> Source:
    mark = marks.get((project.pk, HISTORY))
    mine = [run for (pk, _), run in latest.items() if pk == project.pk]
    run = max((r for r in mine if r.kind in {"backfill", "incremental"}), key=lambda r: r.started_at, default=None)
    details = latest.get((project.pk, DETAILS))
    state, code, sentence = _standing(project.organization, mark, run, now=now, every=every)
    backfill = latest.get((project.pk, "backfill"))
    return Source(
        name=f"{project.organization.name} / {project.name}",
        kind="releases",
        state=state,
        checked_at=mark.checked_at if mark else None,
        sentence=sentence,
        advice=ADVICE.get(code, "").format(variable=project.organization.credential_variable or "its variable"),
        organization=project.organization,
        project=project,
        backfill=progress_of(mark, since=backfill.started_at if backfill else None)
        if mark and mark.completed_at is None
        else None,
        paused_until=gate if (gate := project.organization.gate_until) and gate > now else None,
        details=_progress(details) if details and details.state == SyncRunState.RUNNING else None,
    )


def _standing(
    organization: Organization,
    mark: Watermark | None,
    run: SyncRun | None,
    *,
    now: datetime,
    every: timedelta,
) -> tuple[str, str, str]:
    """The state, its code and its sentence; what a person must mend goes before what mends itself."""
    if organization.state == Organization.State.AUTH_FAILED:
        return "refused", "auth_failed", organization.state_sentence
    if run and run.state == SyncRunState.PAUSED:
        return "paused", run.code, run.sentence
    if run and run.state == SyncRunState.FAILED:
        return "failed", run.code, run.sentence
    if organization.state == Organization.State.UNREACHABLE:
        return "unreachable", "unreachable", organization.state_sentence
    if mark is None or mark.checked_at is None:
        return "asked", "", "Nothing was read yet."
    if mark.completed_at is None or (run and run.state == SyncRunState.RUNNING and run.code):
        return "reading", run.code if run else "", run.sentence if run else ""
    if now - mark.checked_at > every * BEHIND_AFTER:
        return "behind", "", "No run has ended for a while. Check that the worker runs."
    return "current", "", ""


def _progress(run: SyncRun) -> Progress:
    return Progress(read=run.read, expected=run.expected or 0, since=run.started_at)


def _workspaces(user: User) -> list[Source]:
    rows = visible_to(user, Workspace).order_by("name", "id")
    newest = SyncRun.objects.filter(workspace=OuterRef("pk")).order_by("-started_at")
    found = list(
        rows.annotate(run_code=Subquery(newest.values("code")[:1]), run_state=Subquery(newest.values("state")[:1]))
    )
    return [
        Source(
            name=row.name,
            kind="registry",
            state=_workspace_state(row, row.run_state),
            checked_at=row.read_at,
            sentence=row.state_sentence,
            advice=ADVICE.get(row.run_code or "", "").format(variable="its credential"),
        )
        for row in found
    ]


def _workspace_state(row: Workspace, state: str | None) -> str:
    if row.state_sentence or state == SyncRunState.FAILED:
        return "failed"
    return "current" if row.read_at else "asked"


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
