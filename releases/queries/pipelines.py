"""How every stage of every pipeline stands now: its newest attempt and what it runs. Asked by the shell and overview.

The newest attempt of each stage is one indexed look-up: the cost grows with the number of stages, never with history.
"""

from dataclasses import dataclass, field

from django.db.models import OuterRef, Subquery

from releases.models import Deployment, LiveSpan, Pipeline, Stage, User
from releases.queries import approvals_seen, spans
from releases.queries.access import visible_to
from releases.queries.approvals_seen import StageSeats
from releases.queries.statuses import Word, attempt_word, worst

NO_SEATS = StageSeats()
LEFT_ALONE = frozenset({Word.CANCELED, Word.REJECTED, Word.SKIPPED, Word.NOT_STARTED, Word.SUCCEEDED, Word.PARTLY})
"""Newest attempts that leave what is live as it was, or are what is live."""


@dataclass(frozen=True)
class StageNow:
    """One stage: what it runs (`span`) and what was last tried on it (`newest`, with its approvals)."""

    stage: Stage
    newest: Deployment | None = None
    span: LiveSpan | None = None
    seats: StageSeats = NO_SEATS

    @property
    def word(self) -> Word:
        """How the newest attempt stands."""
        if self.newest is None:
            return Word.SUCCEEDED if self.span else Word.NOT_STARTED
        seats = self.seats.of(self.newest.attempt)
        return attempt_word(
            self.newest.status,
            operation=self.newest.operation_status,
            is_waiting=bool(seats.pending),
            was_refused=seats.refused is not None,
        )


@dataclass(frozen=True)
class PipelineNow:
    """One pipeline with its stages in order."""

    pipeline: Pipeline
    stages: list[StageNow] = field(default_factory=list)

    @property
    def word(self) -> Word:
        """The word of the stage that needs a person most; a refusal or a cancelled attempt is over and done with."""
        words = [Word.SUCCEEDED if s.span and s.word in LEFT_ALONE else s.word for s in self.stages]
        return worst(words)

    @property
    def headline(self) -> StageNow | None:
        """The stage that counts (decision 8)."""
        marked = [stage for stage in self.stages if stage.stage.headline]
        return next(reversed(marked or self.stages), None)


def standing(user: User) -> list[PipelineNow]:
    """Every pipeline the person sees, by name, with how its stages stand. Six queries, whatever the history."""
    pipelines = visible_to(user, Pipeline).filter(gone_at__isnull=True, project__is_followed=True)
    found = {row.pk: PipelineNow(row) for row in pipelines.select_related("project").order_by("name", "id")}
    for now in _stages_now(list(found)):
        found[now.stage.pipeline_id].stages.append(now)
    return list(found.values())


def _stages_now(pipelines: list[int]) -> list[StageNow]:
    newest = Deployment.objects.filter(stage=OuterRef("pk")).order_by("-azure_id").values("pk")[:1]
    stages = Stage.objects.filter(pipeline_id__in=pipelines, gone_at__isnull=True).select_related("pipeline__project")
    stages = stages.annotate(newest=Subquery(newest))
    rows = list(stages.order_by("rank", "definition_environment_id"))
    deployments = _deployments([row.newest for row in rows if row.newest])
    live = spans.open_by_stage([row.pk for row in rows])
    seats = approvals_seen.of_stages({deployment.release_stage_id for deployment in deployments.values()})
    return [_now(row, deployments.get(row.newest), live.get(row.pk), seats) for row in rows]


def _deployments(ids: list[int]) -> dict[int | None, Deployment]:
    rows = Deployment.objects.filter(pk__in=ids)
    return {row.pk: row for row in rows.select_related("release_stage__release__project", "requested_for")}


def _now(stage: Stage, newest: Deployment | None, span: LiveSpan | None, seats: dict[int, StageSeats]) -> StageNow:
    found = seats.get(newest.release_stage_id, NO_SEATS) if newest else NO_SEATS
    return StageNow(stage=stage, newest=newest, span=span, seats=found)
