"""The list of releases, newest first, by keyset: a page costs the same first or two thousandth. Asked by page and API.

Eight queries a page with the count; no row costs a query of its own.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from releases.errors import Invalid
from releases.models import Approval, Artifact, LiveSpan, Pipeline, Release, ReleaseStage, User
from releases.queries import approvals_seen, artifacts, spans
from releases.queries.access import visible_to
from releases.queries.approvals_seen import NOBODY, Seats, StageSeats
from releases.queries.artifacts import Version, beside
from releases.queries.narrowing import carrying
from releases.queries.planned import schedules_of
from releases.queries.schedules import Schedule
from releases.queries.sentences import trigger_words
from releases.queries.statuses import Word, stage_word
from releases.states import ApprovalStatus, ArtifactRole, StageStatus, TriggerKind

PAGE_SIZE = 50
COUNTED_TO = 10_000
"""Lists show an exact count up to here, "10,000+" beyond (decision 30)."""
STATES = ("live", "waiting", "running", "failed")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; empty fields narrow nothing. `model` is a name, `version` one of its versions."""

    pipeline: Pipeline | None = None
    trigger: str = ""
    model: str = ""
    version: str = ""
    state: str = ""

    @property
    def is_set(self) -> bool:
        """Whether anything is narrowed."""
        return bool(self.pipeline or self.trigger or self.model or self.state)


@dataclass(frozen=True)
class StageCell:
    """One stage of one release in the list."""

    row: ReleaseStage
    word: Word
    is_live: bool
    seats: Seats = NOBODY


@dataclass(frozen=True)
class Row:
    """One release in the list, with its stages and versions; `before` of a version is that of the release before it."""

    release: Release
    trigger: str
    stages: list[StageCell]
    versions: list[Version]

    def _of(self, *roles: ArtifactRole) -> list[Version]:
        return [version for version in self.versions if version.role in roles]

    @property
    def models(self) -> list[Version]:
        """The model versions."""
        return self._of(ArtifactRole.MODEL)

    @property
    def scalers(self) -> list[Version]:
        """The scaler versions."""
        return self._of(ArtifactRole.SCALER)

    @property
    def sources(self) -> list[Version]:
        """The commits and builds."""
        return self._of(ArtifactRole.CODE, ArtifactRole.BUILD)

    @property
    def scaler_changed(self) -> bool:
        """Whether a scaler differs from the release before."""
        return any(version.before for version in self.scalers)


@dataclass(frozen=True)
class Page:
    """One page; `newer` and `older` are the cursors of its neighbours, empty where there are none."""

    rows: list[Row]
    newer: str
    older: str
    count: int

    @property
    def is_more_than_counted(self) -> bool:
        """Whether there are more than the count says."""
        return self.count > COUNTED_TO


def page(user: User, *, filters: Filters, before: str = "", after: str = "", size: int = 0) -> Page:
    """The releases that match: older than the cursor `before`, or newer than `after`, or the newest. Raises Invalid.

    `size` 0 is the usual PAGE_SIZE.
    """
    size = size or PAGE_SIZE
    matching = narrowed(visible_to(user, Release), filters=filters)
    found = _slice(matching, before=before, after=after, size=size + 1)
    has_more, found = len(found) > size, found[:size]
    if after:
        found.reverse()
    has_newer, has_older = (has_more, True) if after else (bool(before), has_more)
    return Page(
        rows=rows_of(found),
        newer=cursor_of(found[0]) if found and has_newer else "",
        older=cursor_of(found[-1]) if found and has_older else "",
        count=matching.order_by()[: COUNTED_TO + 1].count(),
    )


def narrowed(releases: QuerySet[Release], *, filters: Filters) -> QuerySet[Release]:
    """The releases that match every filter."""
    if filters.pipeline:
        releases = releases.filter(pipeline=filters.pipeline)
    if filters.trigger:
        releases = releases.filter(trigger_kind=filters.trigger)
    given = {"model": filters.model, "model_version": filters.version}
    releases = carrying(releases, {name: value for name, value in given.items() if value}, release="pk")
    return _in_state(releases, filters.state) if filters.state else releases


def rows_of(releases: Sequence[Release]) -> list[Row]:
    """The releases with what the list shows of each. Six queries, whatever their number."""
    ids = [release.pk for release in releases]
    before = _releases_before(ids)
    stages = _stages(ids)
    carried = artifacts.of_releases({*ids, *before.values()})
    seats = approvals_seen.of_stages([row.pk for found in stages.values() for row in found])
    live = spans.live_stages(ids)
    planned = schedules_of({r.pipeline_id for r in releases if r.trigger_kind == TriggerKind.SCHEDULE})
    return [
        Row(
            release=release,
            trigger=_trigger(release, carried.get(release.pk, ()), planned),
            stages=[_cell(row, release, live=live, seats=seats) for row in stages.get(release.pk, ())],
            versions=beside(carried.get(release.pk, ()), other=carried.get(before.get(release.pk, 0), ())),
        )
        for release in releases
    ]


def cursor_of(release: Release) -> str:
    """Where this release lies in the list; a page goes on from there."""
    return f"{(release.created_on - EPOCH) // MICROSECOND}.{release.pk}"


def position(cursor: str) -> tuple[datetime, int]:
    """The time and id in a cursor. Raises Invalid for anything else."""
    moment, _, pk = cursor.partition(".")
    try:
        return EPOCH + int(moment) * MICROSECOND, int(pk)
    except (ValueError, OverflowError):
        raise Invalid("This page address is not complete. Start again from the newest releases.") from None


def _slice(releases: QuerySet[Release], *, before: str, after: str, size: int) -> list[Release]:
    """The first comparison lets the index find the place; the second settles releases of the same moment."""
    rows = releases.select_related("project", "pipeline", "created_by", "created_for").order_by("-created_on", "-id")
    if before:
        moment, pk = position(before)
        rows = rows.filter(Q(created_on__lte=moment), Q(created_on__lt=moment) | Q(pk__lt=pk))
    elif after:
        moment, pk = position(after)
        rows = rows.filter(Q(created_on__gte=moment), Q(created_on__gt=moment) | Q(pk__gt=pk))
        rows = rows.order_by("created_on", "id")
    return list(rows[:size])


def _in_state(releases: QuerySet[Release], state: str) -> QuerySet[Release]:
    """Live, waiting and running are few and found by index; failed is looked up release by release."""
    if state == "live":
        return releases.filter(pk__in=LiveSpan.objects.filter(live_until__isnull=True).values("release_id"))
    if state == "waiting":
        pending = Approval.objects.filter(status=ApprovalStatus.PENDING, is_automated=False)
        return releases.filter(gone_at=None, pk__in=pending.values("release_stage__release_id"))
    status = StageStatus.IN_PROGRESS if state == "running" else StageStatus.REJECTED
    found = releases.filter(Exists(ReleaseStage.objects.filter(release=OuterRef("pk"), status=status)))
    return found.filter(is_unfinished=True) if state == "running" else found


def _releases_before(ids: Collection[int]) -> dict[int, int]:
    """The release before each in its pipeline, by id."""
    same = Release.objects.filter(pipeline=OuterRef("pipeline"), created_on__lte=OuterRef("created_on"))
    earlier = same.exclude(pk=OuterRef("pk")).order_by("-created_on", "-id").values("pk")[:1]
    rows = Release.objects.filter(pk__in=ids).annotate(earlier=Subquery(earlier))
    return dict(rows.exclude(earlier=None).values_list("pk", F("earlier")))


def _stages(ids: Collection[int]) -> dict[int, list[ReleaseStage]]:
    found: dict[int, list[ReleaseStage]] = {}
    for row in ReleaseStage.objects.filter(release_id__in=ids).order_by("rank", "azure_id"):
        found.setdefault(row.release_id, []).append(row)
    return found


def _cell(
    row: ReleaseStage, release: Release, *, live: set[tuple[int, int]], seats: Mapping[int, StageSeats]
) -> StageCell:
    latest = seats[row.pk].latest if row.pk in seats else NOBODY
    word = stage_word(
        row.status,
        release_status=release.status,
        is_waiting=bool(latest.pending),
        was_refused=latest.refused is not None,
    )
    return StageCell(row=row, word=word, is_live=(release.pk, row.stage_id) in live, seats=latest)


def _trigger(release: Release, carried: Sequence[Artifact], planned: Mapping[int, list[Schedule]]) -> str:
    return trigger_words(release, artifacts=carried, schedules=planned.get(release.pipeline_id, ()))
