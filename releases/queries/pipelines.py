"""How every stage of every pipeline stands now: its newest attempt and what it runs. Asked by the overview.

The newest attempt of each stage is one indexed look-up: the cost grows with the number of stages, never with history.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery

from releases.models import Deployment, Drift, LiveSpan, Pipeline, Release, Stage, User
from releases.queries import approvals_seen
from releases.queries.access import visible_to
from releases.queries.approvals_seen import StageSeats
from releases.queries.statuses import Word, attempt_word, worst
from releases.states import DeploymentStatus

NO_SEATS = StageSeats()
NEVER_DEPLOYED = (DeploymentStatus.UNDEFINED, DeploymentStatus.NOT_DEPLOYED)
LEFT_ALONE = frozenset({Word.CANCELED, Word.REJECTED, Word.SKIPPED, Word.NOT_STARTED, Word.SUCCEEDED, Word.PARTLY})
"""Newest attempts that leave what is live as it was, or are what is live."""


class Standing(NamedTuple):
    """What a stage adds to its pipeline's word: the words of its newest attempt and of the newest that was deployed."""

    newest: Word | None
    ran: Word | None
    is_live: bool
    is_drifting: bool

    @property
    def word(self) -> Word:
        """How the newest attempt stands; what is live without any went well."""
        return self.newest or (Word.SUCCEEDED if self.is_live else Word.NOT_STARTED)

    @property
    def concerns(self) -> Iterator[Word]:
        """The words that count. A refusal or a cancelled attempt is over and done with where something is live."""
        yield Word.SUCCEEDED if self.is_live and self.word in LEFT_ALONE else self.word
        if self.is_drifting:
            yield Word.DRIFT
        if self.ran and self.ran not in LEFT_ALONE:
            yield self.ran


def word_of(stages: Iterable[Standing]) -> Word:
    """The word of a whole pipeline: of the stage that needs a person most."""
    return worst([word for stage in stages for word in stage.concerns])


@dataclass(frozen=True)
class StageNow:
    """One stage: what it runs (`span`), the newest attempt, and the newest that was deployed at all (`ran`).

    They differ while newer releases queue or wait for approval: what runs or failed is never hidden behind those.
    `drift` is there while its endpoint serves something else than was deployed.
    """

    stage: Stage
    newest: Deployment | None = None
    ran: Deployment | None = None
    span: LiveSpan | None = None
    seats: StageSeats = NO_SEATS
    ran_seats: StageSeats = NO_SEATS
    drift: Drift | None = None

    @cached_property
    def word(self) -> Word:
        """How the newest attempt stands."""
        return self.standing.word

    @cached_property
    def ran_word(self) -> Word:
        """How the newest attempt that was deployed stands."""
        return self.standing.ran or Word.NOT_STARTED

    @cached_property
    def standing(self) -> Standing:
        """What it adds to its pipeline's word."""
        words = _word(self.newest, self.seats), _word(self.ran, self.ran_seats)
        return Standing(*words, is_live=self.span is not None, is_drifting=self.drift is not None)


@dataclass(frozen=True)
class PipelineNow:
    """One pipeline with its stages in order."""

    pipeline: Pipeline
    stages: list[StageNow] = field(default_factory=list)

    @cached_property
    def word(self) -> Word:
        """The word of the stage that needs a person most."""
        return word_of(stage.standing for stage in self.stages)

    @property
    def headline(self) -> StageNow | None:
        """The stage that counts (decision 8)."""
        marked = [stage for stage in self.stages if stage.stage.headline]
        return next(reversed(marked or self.stages), None)


def standing(user: User) -> list[PipelineNow]:
    """Every pipeline the person sees, by name, with how its stages stand. Eight queries, whatever the history."""
    found = {row.pk: PipelineNow(row) for row in followed(user)}
    for now in _stages_now([now.pipeline for now in found.values()]):
        found[now.stage.pipeline_id].stages.append(now)
    return list(found.values())


def followed(user: User) -> QuerySet[Pipeline]:
    """The pipelines the person sees that are there and of a followed project, by name."""
    rows = visible_to(user, Pipeline).filter(gone_at__isnull=True, project__is_followed=True)
    return rows.select_related("project").order_by("name", "id")


def stages_with_attempts(pipelines: Collection[int]) -> QuerySet[Any]:
    """The stages of these pipelines; `newest` and `ran` are the ids of the newest attempt and the newest deployed."""
    attempts = Deployment.objects.filter(stage=OuterRef("pk")).order_by("-azure_id").values("pk")
    return Stage.objects.filter(pipeline_id__in=pipelines, gone_at__isnull=True).annotate(
        newest=Subquery(attempts[:1]), ran=Subquery(attempts.exclude(status__in=NEVER_DEPLOYED)[:1])
    )


def now_of(pipeline: Pipeline) -> PipelineNow:
    """How the stages of one pipeline stand, also of one that is gone or not followed. Five queries."""
    return PipelineNow(pipeline, _stages_now([pipeline]))


def _stages_now(pipelines: Sequence[Pipeline]) -> list[StageNow]:
    by_id = {pipeline.pk: pipeline for pipeline in pipelines}
    rows = list(stages_with_attempts(by_id).order_by("rank", "definition_environment_id"))
    for row in rows:
        row.pipeline = by_id[row.pipeline_id]
    deployments = _deployments({pk for row in rows for pk in (row.newest, row.ran) if pk})
    live = {
        span.stage_id: span for span in LiveSpan.objects.filter(stage__in=[row.pk for row in rows], live_until=None)
    }
    _share_releases(deployments.values(), live.values(), pipelines)
    tried = {deployment.release_stage_id for deployment in deployments.values()}
    seats = approvals_seen.of_stages(tried, are_counted=True)
    drifts = Drift.objects.filter(stage__in=[row.pk for row in rows], drift_until=None).select_related("endpoint")
    drifting = {drift.stage_id: drift for drift in drifts}
    return [
        StageNow(
            row,
            newest := deployments.get(row.newest),
            ran := deployments.get(row.ran),
            live.get(row.pk),
            _seats(newest, seats),
            _seats(ran, seats),
            drifting.get(row.pk),
        )
        for row in rows
    ]


def _deployments(ids: set[int]) -> dict[int | None, Deployment]:
    rows = Deployment.objects.filter(pk__in=ids).select_related("release_stage", "requested_for")
    return {row.pk: row for row in rows.defer("release_stage__conditions", "release_stage__variables")}


def _share_releases(
    deployments: Collection[Deployment], live: Collection[LiveSpan], pipelines: Sequence[Pipeline]
) -> None:
    """One row for each release and its pipeline, however many stages name it: making rows is what costs."""
    ids = {one.release_stage.release_id for one in deployments} | {span.release_id for span in live}
    releases = Release.objects.in_bulk(ids)
    share_pipelines(releases.values(), pipelines)
    for one in deployments:
        one.release_stage.release = releases[one.release_stage.release_id]
    for span in live:
        span.release = releases[span.release_id]


def share_pipelines(releases: Iterable[Release], pipelines: Iterable[Pipeline]) -> None:
    """Gives releases of these pipelines the rows of their pipeline and project."""
    by_id = {pipeline.pk: pipeline for pipeline in pipelines}
    for release in releases:
        if pipeline := by_id.get(release.pipeline_id):
            release.pipeline, release.project = pipeline, pipeline.project


def _seats(attempt: Deployment | None, seats: dict[int, StageSeats]) -> StageSeats:
    return seats.get(attempt.release_stage_id, NO_SEATS) if attempt else NO_SEATS


def _word(attempt: Deployment | None, seats: StageSeats) -> Word | None:
    if attempt is None:
        return None
    asked = seats.of(attempt.attempt)
    return attempt_word(
        attempt.status,
        operation=attempt.operation_status,
        is_waiting=bool(asked.pending),
        was_refused=asked.refused is not None,
    )
