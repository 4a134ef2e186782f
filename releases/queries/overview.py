"""The overview: what is live where, what waits, what failed, what happened last and what comes next.

Thirteen queries, whatever the history: newest attempts, live spans and pending approvals are all found by index.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import OuterRef, Subquery

from releases.models import Approval, Artifact, Pipeline, Release, ReleaseStage, Stage, User
from releases.queries import approvals_seen, artifacts
from releases.queries.artifacts import Version, beside
from releases.queries.lanes import Artifacts, Joint, Lane, joint_of, lane_of
from releases.queries.pipelines import PipelineNow, StageNow, standing
from releases.queries.planned import schedules_of
from releases.queries.schedules import Schedule
from releases.queries.sentences import branch_name, trigger_words
from releases.queries.statuses import NEEDS_A_LOOK, Word
from releases.queries.steps_told import StepTold, steps_told
from releases.states import ArtifactRole, StageStatus

ROWS_FROM = 9
"""From this many pipelines on the overview shows one line each."""
ACTIVITY_SHOWN = 6
COMING_SHOWN = 6
TELLS_ITS_STEP = frozenset({Word.RUNNING, Word.FAILED})


@dataclass(frozen=True)
class Waiting:
    """One stage of one release that somebody must approve, and what it would replace."""

    approval: Approval
    count: int
    replaces: Release | None
    changes: tuple[Version, ...]

    @property
    def release(self) -> Release:
        """The release that waits."""
        return self.approval.release_stage.release


@dataclass(frozen=True)
class Row:
    """One pipeline: its lanes with the joint before each, its newest release, and what waits in it."""

    now: PipelineNow
    lanes: list[tuple[Joint | None, Lane]]
    newest: Release | None
    trigger: str
    source: str
    waiting: list[Waiting]

    @property
    def pipeline(self) -> Pipeline:
        """The pipeline."""
        return self.now.pipeline

    @property
    def needs_a_look(self) -> bool:
        """Whether a person should look at it."""
        return bool(self.waiting) or self.now.word in NEEDS_A_LOOK

    @property
    def trouble(self) -> StageNow | None:
        """The stage that gives the pipeline its word, when not all is simply live."""
        word = self.now.word
        return (
            None
            if word is Word.SUCCEEDED
            else next((one for one in self.now.stages if word in (one.ran_word, one.word)), None)
        )

    @property
    def headline(self) -> Lane | None:
        """The lane of the stage that counts."""
        counted = self.now.headline
        return next((lane for _, lane in self.lanes if counted and lane.stage.pk == counted.stage.pk), None)


@dataclass(frozen=True)
class Happened:
    """Something that happened on a stage: how it ended, which release, when."""

    at: datetime
    word: Word
    release: Release
    stage: Stage | None
    who: str = ""


@dataclass(frozen=True)
class Coming:
    """Something that will happen by itself."""

    at: datetime
    pipeline: Pipeline
    schedule: Schedule | None = None
    release_stage: ReleaseStage | None = None


@dataclass(frozen=True)
class Overview:
    """Everything the overview shows."""

    rows: list[Row]
    waiting: list[Waiting]
    activity: list[Happened]
    coming: list[Coming]
    failed: list[StageNow] = field(default_factory=list)
    running: list[StageNow] = field(default_factory=list)

    @property
    def is_compact(self) -> bool:
        """Whether one line per pipeline is shown at first."""
        return len(self.rows) >= ROWS_FROM

    @property
    def looked_at(self) -> list[Row]:
        """The rows that need a look."""
        return [row for row in self.rows if row.needs_a_look]

    @property
    def quiet(self) -> list[Row]:
        """The rows where all is as deployed."""
        return [row for row in self.rows if not row.needs_a_look]


def overview(user: User, *, now: datetime, pipelines: list[PipelineNow] | None = None) -> Overview:
    """The overview of all pipelines this person sees. `pipelines`: how they stand, when the caller knows already."""
    pipelines = standing(user) if pipelines is None else pipelines
    newest = _newest_releases([p.pipeline.pk for p in pipelines])
    pending = approvals_seen.pending(user)
    carried = artifacts.of_releases(_releases_shown(pipelines, newest, pending))
    waiting = _waiting(pending, pipelines, carried)
    planned = schedules_of([p.pipeline.pk for p in pipelines])
    stages = [stage for pipeline in pipelines for stage in pipeline.stages]
    steps = steps_told([stage.ran.pk for stage in stages if stage.ran and stage.ran_word in TELLS_ITS_STEP])
    return Overview(
        rows=[_row(p, newest.get(p.pipeline.pk), carried, waiting, planned, steps) for p in pipelines],
        waiting=waiting,
        activity=_activity(stages, list(newest.values())),
        coming=_coming(planned, stages, now=now),
        failed=[stage for stage in stages if stage.ran_word is Word.FAILED],
        running=[stage for stage in stages if stage.ran_word is Word.RUNNING],
    )


def _newest_releases(pipelines: list[int]) -> dict[int, Release]:
    newest = Release.objects.filter(pipeline=OuterRef("pk")).order_by("-created_on", "-id").values("pk")[:1]
    ids = Pipeline.objects.filter(pk__in=pipelines).annotate(newest=Subquery(newest)).values_list("newest", flat=True)
    rows = Release.objects.filter(pk__in=[pk for pk in ids if pk]).select_related("project", "pipeline", "created_for")
    return {row.pipeline_id: row for row in rows}


def _releases_shown(pipelines: list[PipelineNow], newest: dict[int, Release], pending: Sequence[Approval]) -> set[int]:
    stages = [stage for pipeline in pipelines for stage in pipeline.stages]
    spans = {stage.span.release_id for stage in stages if stage.span}
    tried = {one.release_stage.release_id for stage in stages for one in (stage.newest, stage.ran) if one}
    asked = {approval.release_stage.release_id for approval in pending}
    return spans | tried | asked | {release.pk for release in newest.values()}


def _waiting(pending: Sequence[Approval], pipelines: list[PipelineNow], carried: Artifacts) -> list[Waiting]:
    """One line per stage that waits, however many people it asks; oldest first."""
    spans = {stage.stage.pk: stage.span for pipeline in pipelines for stage in pipeline.stages}
    grouped: dict[int, list[Approval]] = {}
    for approval in pending:
        grouped.setdefault(approval.release_stage_id, []).append(approval)
    found = []
    for asked in grouped.values():
        span = spans.get(asked[0].release_stage.stage_id)
        mine = carried.get(asked[0].release_stage.release_id, ())
        versions = beside(mine, other=carried.get(span.release_id, ()) if span else ())
        changes = tuple(version for version in versions if version.before)
        found.append(Waiting(asked[0], len(asked), span.release if span else None, changes))
    return found


def _row(
    now: PipelineNow,
    newest: Release | None,
    carried: Artifacts,
    waiting: list[Waiting],
    planned: dict[int, list[Schedule]],
    steps: dict[int, StepTold],
) -> Row:
    joints: list[Joint | None] = [None, *(joint_of(a, b) for a, b in zip(now.stages, now.stages[1:], strict=False))]
    lanes = [lane_of(stage, artifacts=carried, steps=steps) for stage in now.stages]
    mine = carried.get(newest.pk, ()) if newest else ()
    times = planned.get(now.pipeline.pk, [])
    return Row(
        now=now,
        lanes=list(zip(joints, lanes, strict=False)),
        newest=newest,
        trigger=trigger_words(newest, artifacts=mine, schedules=times) if newest else "",
        source=_source(mine),
        waiting=[one for one in waiting if one.release.pipeline_id == now.pipeline.pk],
    )


def _source(carried: Sequence[Artifact]) -> str:
    code = next((artifact for artifact in carried if artifact.role == ArtifactRole.CODE), None)
    if code is None:
        return ""
    words = [code.name or code.alias, branch_name(code.branch)]
    return " · ".join(word for word in words if word)


def _activity(stages: Sequence[StageNow], newest: Sequence[Release]) -> list[Happened]:
    """From the rows already read: how the newest attempts ended and which releases are the newest."""
    ended = [
        Happened(
            at=stage.newest.finished_on or stage.newest.queued_on or stage.newest.release_stage.release.created_on,
            word=stage.word,
            release=stage.newest.release_stage.release,
            stage=stage.stage,
            who=str(stage.newest.requested_for or ""),
        )
        for stage in stages
        if stage.newest
    ]
    made = [Happened(release.created_on, Word.NOT_STARTED, release, None) for release in newest]
    return sorted(ended + made, key=lambda one: one.at, reverse=True)[:ACTIVITY_SHOWN]


def _coming(planned: dict[int, list[Schedule]], stages: Sequence[StageNow], *, now: datetime) -> list[Coming]:
    pipelines = {stage.stage.pipeline_id: stage.stage.pipeline for stage in stages}
    runs = [
        Coming(at=at, pipeline=pipelines[pipeline], schedule=schedule)
        for pipeline, found in planned.items()
        if pipeline in pipelines
        for schedule in found
        if (at := schedule.next_after(now))
    ]
    waiting = ReleaseStage.objects.filter(
        stage__in=[stage.stage.pk for stage in stages],
        status=StageStatus.SCHEDULED,
        scheduled_on__gt=now - timedelta(days=1),
    ).select_related("release__project", "stage__pipeline")
    starts = [Coming(row.scheduled_on, row.stage.pipeline, release_stage=row) for row in waiting if row.scheduled_on]
    return sorted(runs + starts, key=lambda one: one.at)[:COMING_SHOWN]
