"""One version of a model: where it ran and runs, its figures beside others', where it comes from, who carried it.

Fixed number of queries. A workspace may be shared: of spans and releases only those of visible projects are told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Max, Q, QuerySet

from releases.models import Artifact, LiveSpan, ModelVersion, Release, Stage, User
from releases.queries import releases as release_list
from releases.queries.access import visible_to
from releases.queries.figures_beside import Figure, figures
from releases.queries.lineage import Link
from releases.queries.spans import WITH_PLACE, whole
from releases.queries.trace import InStage, Ran, by_stage, ran
from releases.queries.version_chain import chain

SPANS_SHOWN = 25
RELEASES_SHOWN = 10
NEIGHBOURS = 5


@dataclass(frozen=True)
class Place:
    """One stage of a pipeline that carried the version: all its times there, and the newest of them with its end."""

    stage: Stage
    ran: InStage | None
    newest: Ran | None

    @property
    def is_live(self) -> bool:
        """Whether the version runs there now."""
        return bool(self.ran and self.ran.is_live)


@dataclass(frozen=True)
class Relative:
    """Another version of the model and the stages that run it now."""

    version: ModelVersion
    live_in: list[LiveSpan]
    is_shown: bool = False


@dataclass(frozen=True)
class ModelVersionSeen:
    """Everything the page shows."""

    version: ModelVersion
    places: list[Place]
    rows: list[Ran]
    has_more_rows: bool
    releases: list[release_list.Row]
    release_count: int
    before: ModelVersion | None
    live: Relative | None
    figures: list[Figure]
    chain: list[Link]
    relatives: list[Relative]
    has_newer: bool
    has_older: bool

    @property
    def live_in(self) -> list[Place]:
        """Where it runs now."""
        return [place for place in self.places if place.is_live]

    @property
    def ended(self) -> list[Place]:
        """The stages that count where it ran and runs no longer."""
        return [one for one in self.places if one.stage.headline and one.ran and not one.is_live]

    @property
    def never(self) -> list[Stage]:
        """The stages that count where it never ran."""
        return [one.stage for one in self.places if one.stage.headline and not one.ran]

    @property
    def is_of_one_pipeline(self) -> bool:
        """Whether all of its stages are of one pipeline, which then need not be named with each."""
        return len({place.stage.pipeline_id for place in self.places}) < 2

    @property
    def compared(self) -> list[ModelVersion]:
        """The versions its figures stand beside: the one before, and the live one where that is another."""
        return compared(self.before, self.live)

    @property
    def missing(self) -> list[Link]:
        """The links of the chain that are missing."""
        return [link for link in self.chain if link.missing]


def find(user: User, *, workspace: int, name: str, version: str) -> ModelVersion | None:
    """The version of this address, None where the person sees none. Two queries."""
    rows = visible_to(user, ModelVersion).filter(workspace_id=workspace, name=name, version=version)
    return rows.select_related("workspace", "created_by", "training_run__owner").first()


def model_version_seen(user: User, version: ModelVersion, *, now: datetime) -> ModelVersionSeen:
    """The version, which the person may see, with everything its page shows."""
    artifacts = visible_to(user, Artifact).filter(model_version=version)
    carriers = artifacts.values("release_id")
    spans = LiveSpan.objects.filter(release_id__in=carriers)
    rows = list(spans.only("live_from").order_by("-live_from", "-id")[: SPANS_SHOWN + 1])
    told = ran(whole(rows[:SPANS_SHOWN]))
    carried = Release.objects.filter(pk__in=carriers)
    newest = newest_releases(artifacts, RELEASES_SHOWN)
    count = carried.count()
    newer, older = _neighbours(version)
    live = live_versions(user, version)
    before = older[0] if older else None
    running = _running(version, live)
    return ModelVersionSeen(
        version=version,
        places=_places(carried, by_stage(spans, now=now), told),
        rows=told,
        has_more_rows=len(rows) > SPANS_SHOWN,
        releases=release_list.rows_of(newest),
        release_count=count,
        before=before,
        live=running,
        figures=figures(version, tuple(compared(before, running))),
        chain=chain(version, newest, count=count),
        relatives=_relatives(newer[:NEIGHBOURS], version, older[:NEIGHBOURS], live),
        has_newer=len(newer) > NEIGHBOURS,
        has_older=len(older) > NEIGHBOURS,
    )


def newest_releases(artifacts: QuerySet[Artifact], most: int) -> list[Release]:
    """The newest releases that carry one of these, with who made them. Two queries.

    Found by the artifacts' own times: asked for releases in their order, PostgreSQL goes through all that are newer.
    """
    carriers = artifacts.values("release_id").annotate(made=Max("release_created_on"))
    ids = list(carriers.order_by("-made", "-release_id").values_list("release_id", flat=True)[:most])
    found = Release.objects.select_related("project", "pipeline", "created_by", "created_for").in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def live_versions(user: User, version: ModelVersion) -> list[tuple[ModelVersion, LiveSpan]]:
    """What of this model every stage runs now, the stages that count first. Grows with the stages, not with history."""
    open_now = visible_to(user, LiveSpan).filter(live_until__isnull=True)
    spans = {span.release_id: span for span in open_now.only("release_id")}
    # All that these releases carry: asked for the model, SQLite would go through every release that carried it.
    rows = Artifact.objects.filter(release_id__in=spans).select_related("model_version")
    same = (version.workspace_id, version.name)
    known = ((row.release_id, row.model_version) for row in rows if row.model_version)
    carried = {release: one for release, one in known if (one.workspace_id, one.name) == same}
    shown = open_now.filter(release_id__in=carried).select_related(*WITH_PLACE)
    ordered = shown.order_by("-stage__headline", "-stage__is_production", "-live_from", "-id")
    return [(carried[span.release_id], span) for span in ordered]


def compared(before: ModelVersion | None, live: Relative | None) -> list[ModelVersion]:
    """The version before, and the live one where that is neither this nor the one before."""
    found = [before] if before else []
    return [*found, live.version] if live and live.version not in found else found


def _running(version: ModelVersion, live: Sequence[tuple[ModelVersion, LiveSpan]]) -> Relative | None:
    """The version to compare with: the one that a stage that counts runs, unless that is this one."""
    counted = [(one, span) for one, span in live if span.stage.headline]
    if not counted or any(one.pk == version.pk for one, _ in counted):
        return None
    return Relative(counted[0][0], [span for one, span in counted if one.pk == counted[0][0].pk])


def _neighbours(version: ModelVersion) -> tuple[list[ModelVersion], list[ModelVersion]]:
    """The versions registered after and before it, the nearest first, one more than is shown."""
    same = ModelVersion.objects.filter(workspace=version.workspace_id, name=version.name).exclude(pk=version.pk)
    at = version.created_on
    if at is None:
        return [], list(same.order_by(F("created_on").desc(nulls_last=True), "-id")[: NEIGHBOURS + 1])
    newer = same.filter(Q(created_on__gt=at) | Q(created_on=at, id__gt=version.pk)).order_by("created_on", "id")
    older = same.filter(Q(created_on__lt=at) | Q(created_on=at, id__lt=version.pk)).order_by("-created_on", "-id")
    return list(newer[: NEIGHBOURS + 1]), list(older[: NEIGHBOURS + 1])


def _relatives(
    newer: Sequence[ModelVersion],
    version: ModelVersion,
    older: Sequence[ModelVersion],
    live: Sequence[tuple[ModelVersion, LiveSpan]],
) -> list[Relative]:
    """Newest first, this one among them."""
    return [
        Relative(one, [span for of, span in live if of.pk == one.pk], one.pk == version.pk)
        for one in [*reversed(newer), version, *older]
    ]


def _places(carried: QuerySet[Release], sums: Sequence[InStage], rows: Sequence[Ran]) -> list[Place]:
    """Every stage of the pipelines that carried it, and those it ran in; a removed one only if it ran there."""
    ran_in = {one.stage.pk: one for one in sums}
    newest: dict[int, Ran] = {}
    for row in rows:
        newest.setdefault(row.span.stage_id, row)
    # Asked together, PostgreSQL goes through all releases of each pipeline to see whether one of them carried it.
    pipelines = list(carried.order_by().values_list("pipeline_id", flat=True).distinct())
    stages = Stage.objects.filter(pipeline__in=pipelines).select_related("pipeline__project")
    ordered = stages.order_by("pipeline__name", "pipeline_id", "rank", "id")
    return [Place(s, ran_in.get(s.pk), newest.get(s.pk)) for s in ordered if s.gone_at is None or s.pk in ran_in]
