"""The overview: what is live where, what waits, what failed, what happened last and what comes next.

Twenty queries at most, whatever the history: newest attempts, live spans, pending approvals, what endpoints serve and
how far stages are behind are all found by index.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from django.db.models import OuterRef, Subquery

from releases.models import Approval, Artifact, Pipeline, Release, User
from releases.queries import approvals_seen, artifacts
from releases.queries.artifacts import Version, beside
from releases.queries.asked_here import open_by_stage
from releases.queries.behind import gaps_of
from releases.queries.happening import Coming, Happened, activity, coming
from releases.queries.lanes import Artifacts, Joint, Lane, joint_of, lane_of
from releases.queries.pipelines import PipelineNow, StageNow, share_pipelines, standing
from releases.queries.planned import schedules_of
from releases.queries.schedules import Schedule
from releases.queries.sentences import branch_name, trigger_words
from releases.queries.serving import Truth, served_now
from releases.queries.statuses import NEEDS_A_LOOK, ORDER_OF_CONCERN, Word, worst
from releases.queries.steps_told import StepTold, steps_told
from releases.states import ArtifactRole

ROWS_FROM = 9
"""From this many pipelines on the overview shows one line each."""
MOVES = frozenset({Word.RUNNING, Word.QUEUED})
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

    @cached_property
    def word(self) -> Word:
        """The word of what needs a person most in it."""
        return worst([self.now.word, *([Word.WAITING] if self.waiting else [])])

    @property
    def needs_a_look(self) -> bool:
        """Whether a person should look at it."""
        return self.word in NEEDS_A_LOOK

    @property
    def is_moving(self) -> bool:
        """Whether something is deployed, or will be in a moment, and nobody need look."""
        return self.word in MOVES

    @property
    def says(self) -> str:
        """The word with its stage, for a line."""
        stage = self._stage_of(self.word)
        if self.word is Word.DRIFT and stage:
            return f"Drift in {stage.stage.name}"
        if self.word is Word.WAITING:
            waits = stage.stage.name if stage else self.waiting[0].approval.release_stage.name
            return f"{waits} waits"
        if self.word is not Word.SUCCEEDED or not stage:
            return f"{stage.stage.name} {self.word.replace('_', ' ')}" if stage else ""
        return self._says_of_live()

    @cached_property
    def shown_word(self) -> Word:
        """The word whose look the line has: a live pipeline of which something cannot be seen is unknown."""
        is_unseen = self.word is Word.SUCCEEDED and any(lane.pill.word is Word.UNKNOWN for _, lane in self.lanes)
        return Word.UNKNOWN if is_unseen else self.word

    @cached_property
    def headline(self) -> Lane | None:
        """The lane of the stage that counts."""
        counted = self.now.headline
        return next((lane for _, lane in self.lanes if counted and lane.stage.pk == counted.stage.pk), None)

    @property
    def cells(self) -> list[Lane]:
        """Its lanes for a line: where a stage is marked as the one that counts, it comes last."""
        lanes = [lane for _, lane in self.lanes if not lane.stage.headline]
        return [*lanes, self.headline] if self.headline and self.headline.stage.headline else lanes

    def _stage_of(self, word: Word) -> StageNow | None:
        found = (
            one for one in self.now.stages if word in (one.ran_word, one.word) or (word is Word.DRIFT and one.drift)
        )
        return next(found, None)

    def _says_of_live(self) -> str:
        """Healthy is only a pipeline whose endpoints were all seen to serve what was deployed."""
        if self.shown_word is Word.UNKNOWN:
            return "Unknown"
        live = [lane for _, lane in self.lanes if lane.is_live]
        is_seen = all(lane.served and lane.served.state is Truth.AS_DEPLOYED for lane in live)
        return "Live, healthy" if live and is_seen else "Live"


@dataclass(frozen=True)
class Overview:
    """Everything the overview shows."""

    rows: list[Row]
    waiting: list[Waiting]
    activity: list[Happened]
    coming: list[Coming]
    failed: list[StageNow] = field(default_factory=list)
    running: list[StageNow] = field(default_factory=list)
    drifting: list[StageNow] = field(default_factory=list)

    @property
    def is_compact(self) -> bool:
        """Whether one line per pipeline is shown at first."""
        return len(self.rows) >= ROWS_FROM

    @cached_property
    def truths(self) -> list[Truth]:
        """How what is served stands against what was deployed, of every stage that runs a release."""
        live = [lane for row in self.rows for _, lane in row.lanes if lane.live]
        return [lane.served.state for lane in live if lane.served]

    @cached_property
    def held(self) -> int:
        """Of how many stages that can be told."""
        return sum(truth in {Truth.AS_DEPLOYED, Truth.DRIFT} for truth in self.truths)

    @property
    def not_held(self) -> int:
        """Of how many it cannot."""
        return len(self.truths) - self.held

    @cached_property
    def looked_at(self) -> list[Row]:
        """The rows that need a look."""
        return [row for row in self.rows if row.needs_a_look]

    @cached_property
    def moving(self) -> list[Row]:
        """The rows where something is deployed now and nobody need look."""
        return [row for row in self.rows if row.is_moving]

    @cached_property
    def quiet(self) -> list[Row]:
        """The rows where all is as deployed, as far as can be seen."""
        return [row for row in self.rows if not row.needs_a_look and not row.is_moving]


def overview(user: User, *, now: datetime, pipelines: list[PipelineNow] | None = None) -> Overview:
    """The overview of all pipelines this person sees. `pipelines`: how they stand, when the caller knows already."""
    pipelines = standing(user) if pipelines is None else pipelines
    newest = _newest_releases([p.pipeline for p in pipelines])
    pending = approvals_seen.pending(user)
    carried = artifacts.of_releases(_releases_shown(pipelines, newest, pending))
    waiting = _waiting(pending, pipelines, carried)
    planned = schedules_of([p.pipeline.pk for p in pipelines])
    stages = [stage for pipeline in pipelines for stage in pipeline.stages]
    steps = steps_told([stage.ran.pk for stage in stages if stage.ran and stage.ran_word in TELLS_ITS_STEP])
    rows = [_row(p, newest.get(p.pipeline.pk), carried, waiting, planned, steps) for p in pipelines]
    return Overview(
        rows=sorted(_with_truth(rows, carried), key=lambda row: _concern(row.word)),
        waiting=waiting,
        activity=activity(stages, list(newest.values())),
        coming=coming(planned, stages, now=now),
        failed=[stage for stage in stages if stage.ran_word is Word.FAILED],
        running=[stage for stage in stages if stage.ran_word is Word.RUNNING],
        drifting=[stage for stage in stages if stage.drift],
    )


def _concern(word: Word) -> int:
    """Where it stands among what needs a person; all that goes its way by itself is alike and stays in order."""
    return ORDER_OF_CONCERN.index(word) if word in NEEDS_A_LOOK | MOVES else len(ORDER_OF_CONCERN)


def _with_truth(rows: list[Row], carried: Artifacts) -> list[Row]:
    """The lanes with what their endpoints serve, how far they are behind and what is asked of them here."""
    stages = [stage for row in rows for stage in row.now.stages]
    live = {stage.stage.pk: stage.span for stage in stages if stage.span}
    served = served_now([stage.stage.pk for stage in stages], live=live, carried=carried)
    gaps = gaps_of([row.now.stages for row in rows])
    asked_now = open_by_stage([stage.stage.pk for stage in stages])

    def told(lane: Lane) -> Lane:
        pk = lane.stage.pk
        return replace(lane, served=served.get(pk), gap=gaps.get(pk), asked_now=asked_now.get(pk))

    return [replace(row, lanes=[(joint, told(lane)) for joint, lane in row.lanes]) for row in rows]


def _newest_releases(pipelines: list[Pipeline]) -> dict[int, Release]:
    newest = Release.objects.filter(pipeline=OuterRef("pk")).order_by("-created_on", "-id").values("pk")[:1]
    ids = Pipeline.objects.filter(pk__in=[pipeline.pk for pipeline in pipelines]).annotate(newest=Subquery(newest))
    rows = list(Release.objects.filter(pk__in=ids.values("newest")))
    share_pipelines(rows, pipelines)
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
