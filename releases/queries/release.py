"""One release: why it exists, how far it got, what it carries against what is live, who approved, what happened when.

Thirteen queries, whatever the number of stages, attempts and steps.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch

from releases.models import (
    Approval,
    Artifact,
    Deployment,
    LiveSpan,
    PipelineRevision,
    Release,
    ReleaseCommit,
    ReleaseStage,
    SetAside,
    Stage,
    Step,
    User,
    WorkItem,
)
from releases.queries import approvals_seen, artifacts, lineage, schedules, spans
from releases.queries.access import visible_to
from releases.queries.approvals_seen import Seats, StageSeats
from releases.queries.artifacts import Version, is_same
from releases.queries.conditions import needed_stages
from releases.queries.lineage import Link
from releases.queries.links import model_version_url, stage_logs_url
from releases.queries.planned import schedules_of
from releases.queries.schedules import Schedule
from releases.queries.sentences import Part, trigger_sentence, version_words
from releases.queries.statuses import Word, attempt_word, stage_word, step_word, worst
from releases.states import Depth, TriggerKind

COMMITS_SHOWN = 20
NO_SEATS = StageSeats()


@dataclass(frozen=True)
class StepLine:
    """One step of an attempt and how it stands."""

    step: Step
    word: Word


@dataclass(frozen=True)
class Attempt:
    """One attempt on one stage, with its steps and the approvals before and after it."""

    deployment: Deployment
    word: Word
    steps: list[StepLine]
    seats: Seats
    is_newest: bool = True

    @property
    def failed_step(self) -> StepLine | None:
        """The first step that failed."""
        return next((line for line in self.steps if line.word is Word.FAILED), None)

    @property
    def running_step(self) -> StepLine | None:
        """The step it is at."""
        return next((line for line in self.steps if line.word is Word.RUNNING), None)


@dataclass(frozen=True)
class StageOfRelease:
    """One stage of the release: its attempts, newest first, and what the stage runs now (`live`)."""

    row: ReleaseStage
    word: Word
    attempts: list[Attempt]
    seats: Seats
    live: LiveSpan | None
    needs: tuple[str, ...]
    logs_url: str = ""

    @property
    def latest(self) -> Seats:
        """The approvals of the newest attempt that asked anybody."""
        return StageSeats(self.seats.approvals).latest

    @property
    def before(self) -> Seats:
        """The approvals asked for before the newest attempt."""
        newest = max((approval.attempt for approval in self.seats.approvals), default=0)
        return StageSeats(self.seats.approvals).before(newest)

    @property
    def is_live(self) -> bool:
        """Whether the stage runs this release now."""
        return bool(self.live and self.live.release_id == self.row.release_id)

    @property
    def is_quietly_live(self) -> bool:
        """Whether being live is all there is to say of it."""
        return self.is_live and self.word in {Word.SUCCEEDED, Word.PARTLY}

    @property
    def is_uncertain(self) -> bool:
        """Whether a failed attempt of this release may have changed what the stage runs (decision 7)."""
        return self.word is Word.FAILED and bool(self.live and self.live.uncertain_since)


@dataclass(frozen=True)
class ArtifactLine:
    """One artifact of the release, the headline stage's version of it, and where it comes from."""

    version: Version
    live: Artifact | None
    links: list[Link]

    @property
    def is_same(self) -> bool:
        """Whether the headline stage runs this very version."""
        return bool(self.live and is_same(self.version.artifact, self.live))

    @property
    def has_usual_alias(self) -> bool:
        """Whether its alias is what Azure DevOps proposes for its name, so that there is nothing to say about it."""
        return self.version.artifact.alias.removeprefix("_") == self.version.name

    @property
    def studio_url(self) -> str:
        """Its page in Azure ML studio, where it is in a registry that has one."""
        of = self.version.artifact.model_version
        return (model_version_url(of.workspace, name=of.name, version=of.version) or "") if of else ""

    @property
    def live_words(self) -> str:
        """The version the headline stage runs."""
        return version_words(self.live) if self.live else ""


@dataclass(frozen=True)
class ReleaseSeen:
    """Everything the release page shows."""

    release: Release
    sentence: list[Part]
    stages: list[StageOfRelease]
    headline: Stage | None
    headline_live: LiveSpan | None
    artifacts: list[ArtifactLine]
    commits: list[ReleaseCommit]
    commit_count: int
    work_items: list[WorkItem]
    unread_because: str = ""

    @property
    def approvals(self) -> list[tuple[StageOfRelease, Approval]]:
        """Every approval people were asked for, in the order of the stages."""
        return [(stage, approval) for stage in self.stages for approval in stage.seats.approvals]

    @property
    def has_begun(self) -> bool:
        """Whether anything was deployed anywhere."""
        return any(one.steps or one.deployment.started_on for stage in self.stages for one in stage.attempts)

    @property
    def word(self) -> Word:
        """How the release stands as a whole."""
        return worst([stage.word for stage in self.stages if stage.word is not Word.SKIPPED])

    @property
    def foremost(self) -> StageOfRelease | None:
        """The stage that gives the release its word; among several the last."""
        return next((stage for stage in reversed(self.stages) if stage.word is self.word), None)


def release_seen(user: User, *, project: str, azure_id: int) -> ReleaseSeen | None:
    """The release, or None when there is none that this person may see."""
    rows = visible_to(user, Release).filter(project__slug=project, azure_id=azure_id)
    release = rows.select_related(
        "project__organization", "pipeline__project__organization", "created_by", "created_for", "modified_by"
    ).first()
    return _seen(release) if release else None


def _seen(release: Release) -> ReleaseSeen:
    pipeline_stages = list(Stage.objects.filter(pipeline=release.pipeline_id))
    live = spans.open_by_stage([stage.pk for stage in pipeline_stages])
    headline = next((stage for stage in pipeline_stages if stage.headline), None)
    headline_live = live.get(headline.pk) if headline else None
    ids = {release.pk} | ({headline_live.release_id} if headline_live else set())
    carried = artifacts.of_releases(ids, with_lineage=True)
    mine = carried.get(release.pk, [])
    commits = release.release_commits.select_related("commit__author").order_by("-commit__committed_on", "-id")
    return ReleaseSeen(
        release=release,
        sentence=trigger_sentence(release, artifacts=mine, schedules=_schedules(release)),
        stages=_stages(release, live=live),
        headline=headline,
        headline_live=headline_live,
        artifacts=_lines(release, mine, live=carried.get(headline_live.release_id, []) if headline_live else []),
        commits=list(commits[:COMMITS_SHOWN]),
        commit_count=release.release_commits.count(),
        work_items=list(
            WorkItem.objects.filter(release_work_items__release=release).order_by("azure_id")[:COMMITS_SHOWN]
        ),
        unread_because="" if release.depth == Depth.DETAILED else _unread_because(release),
    )


def _unread_because(release: Release) -> str:
    """Why Azure's whole answer for it was set aside, when it was."""
    rows = SetAside.objects.filter(project=release.project_id, key=f"release:{release.azure_id}", resolved_at=None)
    return rows.values_list("reason", flat=True).first() or ""


def _stages(release: Release, *, live: dict[int, LiveSpan]) -> list[StageOfRelease]:
    steps = Prefetch("steps", queryset=Step.objects.order_by("rank", "phase_id", "task_id"))
    attempts = Deployment.objects.select_related("requested_by", "requested_for").prefetch_related(steps)
    rows = release.stages.order_by("rank", "azure_id").select_related("stage")
    found = list(rows.prefetch_related(Prefetch("deployments", queryset=attempts.order_by("-attempt"))))
    seats = approvals_seen.of_stages([row.pk for row in found])
    return [_stage(row, release, seats.get(row.pk, NO_SEATS), live.get(row.stage_id)) for row in found]


def _stage(row: ReleaseStage, release: Release, seats: StageSeats, live: LiveSpan | None) -> StageOfRelease:
    latest = seats.latest
    word = stage_word(
        row.status,
        release_status=release.status,
        is_waiting=bool(latest.pending),
        was_refused=latest.refused is not None,
    )
    deployments = list(row.deployments.all())
    attempts = [_attempt(one, seats.of(one.attempt), is_newest=one is deployments[0]) for one in deployments]
    needs = needed_stages(row.conditions)
    logs = (stage_logs_url(row, release) or "") if attempts else ""
    return StageOfRelease(row, word, attempts, Seats(seats.approvals), live, needs, logs)


def _attempt(deployment: Deployment, seats: Seats, *, is_newest: bool) -> Attempt:
    word = attempt_word(
        deployment.status,
        operation=deployment.operation_status,
        is_waiting=bool(seats.pending),
        was_refused=seats.refused is not None,
    )
    steps = [StepLine(step, step_word(step.status)) for step in deployment.steps.all()]
    return Attempt(deployment, word, steps, seats, is_newest)


def _lines(release: Release, mine: Sequence[Artifact], *, live: Iterable[Artifact]) -> list[ArtifactLine]:
    known = {artifact.alias: artifact for artifact in live}
    has_workspace = release.project.workspaces.exists()
    return [
        ArtifactLine(
            version=version,
            live=known.get(version.artifact.alias),
            links=lineage.chain(version.artifact, has_workspace=has_workspace),
        )
        for version in artifacts.beside(mine, other=list(known.values()))
    ]


def _schedules(release: Release) -> list[Schedule]:
    """Those of the revision the release was made from; of the newest one where that revision was not read."""
    if release.trigger_kind != TriggerKind.SCHEDULE:
        return []
    rows = PipelineRevision.objects.filter(pipeline=release.pipeline_id, revision=release.definition_revision)
    document = rows.values_list("document", flat=True).first()
    if not isinstance(document, dict):
        return schedules_of([release.pipeline_id]).get(release.pipeline_id, [])
    triggers = [trigger for trigger in document.get("triggers") or [] if isinstance(trigger, dict)]
    kinds = {"schedule", "2"}
    found = [schedules.read(t) for t in triggers if str(t.get("triggerType", "")).lower() in kinds]
    return [schedule for schedule in found if schedule]
