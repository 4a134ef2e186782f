"""The list of releases, newest first, by keyset: a page costs the same first or two thousandth. Asked by page and API.

Nine queries a page with the count; no row costs a query of its own.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, F, OuterRef, Subquery

from releases.models import Artifact, Release, ReleaseFlag, ReleaseStage, User
from releases.queries import approvals_seen, artifacts, spans
from releases.queries.approvals_seen import NOBODY, Seats, StageSeats
from releases.queries.artifacts import Version, beside
from releases.queries.asked_here import asker_of_release
from releases.queries.filters import Filters
from releases.queries.finding import cursor_of, lead_of, position
from releases.queries.planned import schedules_of
from releases.queries.schedules import Schedule
from releases.queries.sentences import trigger_words
from releases.queries.statuses import Word, stage_word
from releases.states import ArtifactRole, TriggerKind

PAGE_SIZE = 50
COUNTED_TO = 10_000
"""Lists show an exact count up to here, "10,000+" beyond (decision 30)."""


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

    @cached_property
    def models(self) -> list[Version]:
        """The model versions."""
        return self._of(ArtifactRole.MODEL)

    @cached_property
    def scalers(self) -> list[Version]:
        """The scaler versions."""
        return self._of(ArtifactRole.SCALER)

    @cached_property
    def sources(self) -> list[Version]:
        """The commits and builds."""
        return self._of(ArtifactRole.CODE, ArtifactRole.BUILD)

    @cached_property
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
    lead = lead_of(user, filters)
    ends = {"before": position(before) if before else None, "after": position(after) if after else None}
    ids = lead.page(**ends, size=size + 1)
    has_more, ids = len(ids) > size, ids[:size]
    found = _releases(ids[::-1] if after else ids)
    has_newer, has_older = (has_more, True) if after else (bool(before), has_more)
    return Page(
        rows=rows_of(found),
        newer=cursor_of(found[0]) if found and has_newer else "",
        older=cursor_of(found[-1]) if found and has_older else "",
        count=lead.count(COUNTED_TO + 1),
    )


def rows_of(releases: Sequence[Release]) -> list[Row]:
    """The releases with what the list shows of each. Six queries, whatever their number."""
    ids = [release.pk for release in releases]
    before = _releases_before(ids)
    stages = _stages(ids)
    carried = artifacts.of_releases({*ids, *before.values()})
    seats = approvals_seen.of_stages([row.pk for found in stages.values() for row in found], are_counted=True)
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


def _releases(ids: Sequence[int]) -> list[Release]:
    """These releases, in this order, with what a row names of them."""
    rows = Release.objects.filter(pk__in=ids).select_related("project", "pipeline", "created_by", "created_for")
    flags = ReleaseFlag.objects.filter(release=OuterRef("pk"), lifted_at=None)
    rows = rows.annotate(is_flagged=Exists(flags), asked_by=asker_of_release()).defer(
        "variables", "tags", "description"
    )
    return sorted(rows, key=lambda one: ids.index(one.pk))


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
