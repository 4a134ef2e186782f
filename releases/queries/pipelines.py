"""How every stage of every pipeline stands now: its newest attempt and what it runs. Asked by the shell and overview.

The newest attempt of each stage is one indexed look-up: the cost grows with the number of stages, never with history.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import OuterRef, Subquery

from releases.models import Deployment, Drift, LiveSpan, Pipeline, Release, Stage, User
from releases.queries import approvals_seen, spans
from releases.queries.access import visible_to
from releases.queries.approvals_seen import StageSeats
from releases.queries.statuses import Word, attempt_word, worst
from releases.states import DeploymentStatus

NO_SEATS = StageSeats()
NEVER_DEPLOYED = (DeploymentStatus.UNDEFINED, DeploymentStatus.NOT_DEPLOYED)
LEFT_ALONE = frozenset({Word.CANCELED, Word.REJECTED, Word.SKIPPED, Word.NOT_STARTED, Word.SUCCEEDED, Word.PARTLY})
"""Newest attempts that leave what is live as it was, or are what is live."""

UNREAD = tuple(f"release_stage__release__{name}" for name in ("variables", "tags", "description"))
"""Long columns that nobody asks of a standing."""


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
        return _word(self.newest, self.seats) or (Word.SUCCEEDED if self.span else Word.NOT_STARTED)

    @cached_property
    def ran_word(self) -> Word:
        """How the newest attempt that was deployed stands."""
        return _word(self.ran, self.ran_seats) or Word.NOT_STARTED


@dataclass(frozen=True)
class PipelineNow:
    """One pipeline with its stages in order."""

    pipeline: Pipeline
    stages: list[StageNow] = field(default_factory=list)

    @cached_property
    def word(self) -> Word:
        """The word of the stage that needs a person most; a refusal or a cancelled attempt is over and done with."""
        words = [Word.SUCCEEDED if s.span and s.word in LEFT_ALONE else s.word for s in self.stages]
        drifts = [Word.DRIFT for s in self.stages if s.drift]
        return worst([*words, *drifts, *(s.ran_word for s in self.stages if s.ran_word not in LEFT_ALONE)])

    @property
    def headline(self) -> StageNow | None:
        """The stage that counts (decision 8)."""
        marked = [stage for stage in self.stages if stage.stage.headline]
        return next(reversed(marked or self.stages), None)


def standing(user: User) -> list[PipelineNow]:
    """Every pipeline the person sees, by name, with how its stages stand. Seven queries, whatever the history."""
    pipelines = visible_to(user, Pipeline).filter(gone_at__isnull=True, project__is_followed=True)
    found = {row.pk: PipelineNow(row) for row in pipelines.select_related("project").order_by("name", "id")}
    for now in _stages_now([now.pipeline for now in found.values()]):
        found[now.stage.pipeline_id].stages.append(now)
    return list(found.values())


def now_of(pipeline: Pipeline) -> PipelineNow:
    """How the stages of one pipeline stand, also of one that is gone or not followed. Four queries."""
    return PipelineNow(pipeline, _stages_now([pipeline]))


def _stages_now(pipelines: Sequence[Pipeline]) -> list[StageNow]:
    """The pipelines and their projects, which come with them, are shared by all rows: making rows is what costs."""
    by_id = {pipeline.pk: pipeline for pipeline in pipelines}
    attempts = Deployment.objects.filter(stage=OuterRef("pk")).order_by("-azure_id").values("pk")
    stages = Stage.objects.filter(pipeline_id__in=by_id, gone_at__isnull=True).annotate(
        newest=Subquery(attempts[:1]), ran=Subquery(attempts.exclude(status__in=NEVER_DEPLOYED)[:1])
    )
    rows = list(stages.order_by("rank", "definition_environment_id"))
    for row in rows:
        row.pipeline = by_id[row.pipeline_id]
    deployments = _deployments({pk for row in rows for pk in (row.newest, row.ran) if pk})
    _share_projects([one.release_stage.release for one in deployments.values()], pipelines)
    live = spans.open_by_stage([row.pk for row in rows])
    seats = approvals_seen.of_stages({deployment.release_stage_id for deployment in deployments.values()})
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
    rows = Deployment.objects.filter(pk__in=ids)
    rows = rows.select_related("release_stage__release", "requested_for").defer(*UNREAD)
    return {row.pk: row for row in rows}


def _share_projects(releases: Iterable[Release], pipelines: Sequence[Pipeline]) -> None:
    projects = {pipeline.project_id: pipeline.project for pipeline in pipelines}
    for release in releases:
        if release.project_id in projects:
            release.project = projects[release.project_id]


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
