"""Where each source of the history stands: current, being read, or stopped, why, and what to do about it.

Asked by the Sync page and, for the banner over stale history, by the frame of every page. Fixed number of queries.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import OuterRef, Subquery

from releases.models import Organization, Project, SyncRun, User, Watermark, Workspace
from releases.queries.access import visible_to
from releases.states import SyncRunState

HISTORY = "history"
DETAILS = "details"
REGISTRY = "registry"
SERVING = "serving"
"""Feeds of a workspace: each may be refused without the others being any older."""
KINDS = ("backfill", "incremental", DETAILS)
CLOCK_WORTH_SAYING_SECONDS = 5
CLOCK_WRONG_SECONDS = 120
BEHIND_AFTER = 5
"""So many missed rounds, and the page says that the history is behind."""
STOPPED = {SyncRunState.PAUSED.value: "paused", SyncRunState.FAILED.value: "failed"}
NEEDS_A_PERSON = frozenset({"refused", "paused"})
ADVICE = {
    "auth_failed": "Renew the token in {variable}, then restart the worker so that it reads the new one.",
    "entra": "Check the Microsoft Entra identity that the worker signs in as, then sync now.",
    "permission_missing": "Give the identity the permission named, then sync now.",
    "not_found": "Check that the project still has this name and that the identity may see it, then sync now.",
    "azure_refused": "Check the address and the names on the Connections page, then sync now.",
    "unreachable": "Check the address, the name server and the proxy. Slipway goes on by itself when Azure answers.",
    "no_answer": "Nothing to do: Slipway asks again with growing pauses.",
    "unreadable": "Nothing to do: Slipway asks again. If it stays, something in between changes the answers.",
    "token_loop": "Nothing to do: Slipway begins the list again. If it stays, the server is at fault.",
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


class Standing(NamedTuple):
    """A source's state with the code and sentence of what stopped it; `is_stale`: what is shown may be out of date."""

    state: str
    code: str = ""
    sentence: str = ""
    is_stale: bool = False


@dataclass(frozen=True)
class Source:
    """One project's releases or one workspace's registry: how it stands, and since when it is right."""

    name: str
    kind: str
    standing: Standing
    checked_at: datetime | None
    organization: Organization | None = None
    project: Project | None = None
    backfill: Progress | None = None
    details: Progress | None = None
    paused_until: datetime | None = None

    @property
    def state(self) -> str:
        """Its word."""
        return self.standing.state

    @property
    def sentence(self) -> str:
        """What stopped it."""
        return self.standing.sentence

    @property
    def advice(self) -> str:
        """What to do about it."""
        variable = self.organization.credential_variable if self.organization else ""
        is_entra = self.standing.code == "auth_failed" and not variable
        return ADVICE.get("entra" if is_entra else self.standing.code, "").format(variable=variable)

    @property
    def needs_a_person(self) -> bool:
        """Whether it stays as it is until somebody does something."""
        return self.state in NEEDS_A_PERSON

    @property
    def clock_off_by(self) -> timedelta | None:
        """How far Azure's clock is ahead of this machine's, where that is worth saying."""
        skew = self.organization.clock_skew_seconds if self.organization else None
        return timedelta(seconds=skew) if skew is not None and abs(skew) >= CLOCK_WORTH_SAYING_SECONDS else None

    @property
    def clock_is_behind(self) -> bool:
        """Whether this machine's clock is the earlier one."""
        return bool(self.clock_off_by and self.clock_off_by > timedelta())

    @property
    def clock_is_wrong(self) -> bool:
        """Whether somebody should set this machine's clock (reliability, fault 11)."""
        return bool(self.clock_off_by and abs(self.clock_off_by.total_seconds()) > CLOCK_WRONG_SECONDS)

    @property
    def quota_used(self) -> int | None:
        """Per cent of Azure's rate limit in use, from its own headers; None when it sent none."""
        limits = self.organization
        if limits is None or not limits.quota_limit or limits.quota_remaining is None:
            return None
        return round(100 * (limits.quota_limit - limits.quota_remaining) / limits.quota_limit)


def projects(user: User, *, now: datetime, every: timedelta) -> list[Source]:
    """The followed projects this person sees, by name. `every` is how often changes are read."""
    newest = SyncRun.objects.filter(project=OuterRef("pk")).order_by("-started_at").values("pk")
    rows = visible_to(user, Project).filter(is_followed=True).select_related("organization").order_by("name", "id")
    found = list(rows.annotate(**{f"newest_{kind}": Subquery(newest.filter(kind=kind)[:1]) for kind in KINDS}))
    marks = {m.project_id: m for m in Watermark.objects.filter(project__in=[row.pk for row in found], feed=HISTORY)}
    latest = _runs_by_kind([pk for row in found for kind in KINDS if (pk := getattr(row, f"newest_{kind}"))])
    return [_source(row, marks.get(row.pk), latest.get(row.pk, {}), now=now, every=every) for row in found]


def checked_at(sources: Iterable[Source]) -> datetime | None:
    """Everything read from these projects is at least as fresh as this."""
    return min((one.checked_at for one in sources if one.project and one.checked_at), default=None)


def workspaces(user: User) -> list[Source]:
    """The registries of the workspaces this person sees."""
    newest = SyncRun.objects.filter(workspace=OuterRef("pk"), kind=REGISTRY).order_by("-started_at")
    rows = visible_to(user, Workspace).order_by("name", "id")
    rows = rows.annotate(run_code=Subquery(newest.values("code")[:1]), run_state=Subquery(newest.values("state")[:1]))
    return [Source(row.name, REGISTRY, _of_registry(row), row.read_at) for row in rows]


def looks(user: User) -> list[Source]:
    """The endpoints of the workspaces this person sees: when they were last looked at, and what stands in the way."""
    newest = SyncRun.objects.filter(workspace=OuterRef("pk"), kind=SERVING).order_by("-started_at")
    mark = Watermark.objects.filter(workspace=OuterRef("pk"), feed=SERVING).values("checked_at")[:1]
    rows = visible_to(user, Workspace).order_by("name", "id").annotate(looked_at=Subquery(mark))
    rows = rows.annotate(**{f"run_{name}": Subquery(newest.values(name)[:1]) for name in ("code", "state", "sentence")})
    return [Source(f"{row.name} endpoints", SERVING, _of_looks(row), row.looked_at) for row in rows]


def progress_of(mark: Watermark, *, since: datetime | None = None) -> Progress:
    """How far the backfill got, from its cursor."""
    cursor: Mapping[str, Any] = mark.cursor
    back = _time(cursor.get("recent_since"))
    for stretch in reversed(cursor.get("stretches", {}).get("all", [])):
        if not stretch[-1]:  # a row of `releases.sync.passes.stretches`: since first, whether it is done last
            break
        back = _time(stretch[0]) or back
    return Progress(read=cursor.get("read", 0), expected=cursor.get("expected", 0), since=since, read_back_to=back)


def _runs_by_kind(ids: list[int]) -> dict[int, dict[str, SyncRun]]:
    found: dict[int, dict[str, SyncRun]] = {}
    for run in SyncRun.objects.filter(pk__in=ids):
        found.setdefault(run.project_id or 0, {})[run.kind] = run
    return found


def _source(
    project: Project, mark: Watermark | None, runs: Mapping[str, SyncRun], *, now: datetime, every: timedelta
) -> Source:
    read = [run for kind, run in runs.items() if kind != DETAILS]
    run = max(read, key=lambda one: one.started_at, default=None)
    details, backfill, gate = runs.get(DETAILS), runs.get("backfill"), project.organization.gate_until
    since = backfill.started_at if backfill else None
    return Source(
        name=f"{project.organization.name} / {project.name}",
        kind="releases",
        standing=_with_details(_of_history(project.organization, mark, run, now=now, every=every), details),
        checked_at=mark.checked_at if mark else None,
        organization=project.organization,
        project=project,
        backfill=progress_of(mark, since=since) if mark and mark.completed_at is None else None,
        paused_until=gate if gate and gate > now else None,
        details=_progress(details) if details and details.state == SyncRunState.RUNNING else None,
    )


def _of_history(
    organization: Organization, mark: Watermark | None, run: SyncRun | None, *, now: datetime, every: timedelta
) -> Standing:
    """What a person must mend goes before what mends itself."""
    if organization.state == Organization.State.AUTH_FAILED:
        return Standing("refused", "auth_failed", organization.state_sentence, is_stale=True)
    if run and run.state in STOPPED:
        return Standing(STOPPED[run.state], run.code, run.sentence, is_stale=True)
    if organization.state == Organization.State.UNREACHABLE:
        return Standing("unreachable", "unreachable", organization.state_sentence, is_stale=True)
    is_late = bool(mark and mark.checked_at and now - mark.checked_at > every * BEHIND_AFTER)
    if run and run.state == SyncRunState.RUNNING and run.code:
        return Standing("reading", run.code, run.sentence, is_stale=is_late)
    if mark is None or mark.checked_at is None:
        return Standing("asked", "", "Nothing was read yet.")
    if mark.completed_at is None:
        return Standing("reading")
    if is_late:
        return Standing("behind", "", "No run has ended for a while. Check that the worker runs.", is_stale=True)
    return Standing("current")


def _with_details(history: Standing, details: SyncRun | None) -> Standing:
    """Steps and approvals that cannot be read make the history no older, but somebody should know."""
    if history.is_stale or details is None or details.state not in STOPPED:
        return history
    return Standing(STOPPED[details.state], details.code, f"Steps and approvals: {details.sentence}")


def _of_registry(row: Workspace) -> Standing:
    code, state = getattr(row, "run_code", None) or "", getattr(row, "run_state", None)
    if row.state_sentence or state == SyncRunState.FAILED:
        return Standing("failed", code, row.state_sentence, is_stale=True)
    return Standing("current" if row.read_at else "asked")


def _of_looks(row: Any) -> Standing:
    if row.run_state in STOPPED:
        return Standing(STOPPED[row.run_state], row.run_code, row.run_sentence, is_stale=True)
    return Standing("current" if row.looked_at else "asked")


def _progress(run: SyncRun) -> Progress:
    return Progress(read=run.read, expected=run.expected or 0, since=run.started_at)


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
