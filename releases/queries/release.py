"""One release: why it exists, how far it got, what it carries against what is live, who approved, what happened when.

Nineteen queries, whatever the number of stages, attempts and steps.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from releases.models import (
    Approval,
    Artifact,
    LiveSpan,
    PipelineRevision,
    Release,
    ReleaseCommit,
    ReleaseFlag,
    SetAside,
    Stage,
    User,
    WorkItem,
)
from releases.queries import approvals_seen, artifacts, lineage, schedules, spans
from releases.queries.access import visible_to
from releases.queries.artifacts import Version, is_same
from releases.queries.asked_here import NOTHING, AskedHere, asked_of_release, attempt_words
from releases.queries.lineage import Link
from releases.queries.links import model_version_url
from releases.queries.planned import schedules_of
from releases.queries.release_stages import StageOfRelease, stages_of
from releases.queries.schedules import Schedule
from releases.queries.sentences import Part, trigger_sentence, version_words
from releases.queries.statuses import Word, worst
from releases.states import Depth, ReleaseStatus, TriggerKind

COMMITS_SHOWN = 20


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
    asked: AskedHere = NOTHING
    flags: Sequence[ReleaseFlag] = ()

    @property
    def approvals(self) -> list[tuple[StageOfRelease, Approval, Word]]:
        """Every approval people were asked for and how it stands, in the order of the stages."""
        found = [(stage, approval) for stage in self.stages for approval in stage.seats.approvals]
        return [(stage, approval, approvals_seen.word_of(approval, self.release)) for stage, approval in found]

    @property
    def flag(self) -> ReleaseFlag | None:
        """The flag "do not promote" that holds now."""
        return next((flag for flag in self.flags if flag.lifted_at is None), None)

    def asked_for(self, span: LiveSpan) -> str:
        """Who asked here for the attempt that put it live; a roll-back with its reason."""
        opened = span.opened_by
        command = self.asked.attempts.get((opened.release_stage_id, opened.attempt))
        return attempt_words(command, passed_on_as="") if command else ""

    @property
    def has_begun(self) -> bool:
        """Whether anything was deployed anywhere."""
        return any(one.steps or one.deployment.started_on for stage in self.stages for one in stage.attempts)

    @property
    def done_count(self) -> int:
        """How many of its stages ended well."""
        return sum(stage.word in {Word.SUCCEEDED, Word.PARTLY} for stage in self.stages)

    @property
    def worked_for(self) -> timedelta:
        """How long its attempts ran, all together."""
        rows = [attempt.deployment for stage in self.stages for attempt in stage.attempts]
        return sum(
            (row.finished_on - row.started_on for row in rows if row.started_on and row.finished_on), timedelta()
        )

    @property
    def word(self) -> Word:
        """How the release stands as a whole."""
        return worst([stage.word for stage in self.stages if stage.word is not Word.SKIPPED])

    @property
    def pill(self) -> tuple[Word, str]:
        """How it stands, with the stage that says so. What is served goes before what merely succeeded."""
        stage, drifting = self.foremost, next((one for one in self.stages if one.is_drifting), None)
        if self.release.status == ReleaseStatus.ABANDONED:
            return Word.ABANDONED, ""
        if self.release.status == ReleaseStatus.DRAFT:
            return Word.DRAFT, ""
        if drifting and self.word not in {Word.FAILED, Word.REJECTED}:
            return Word.DRIFT, f"Drift in {drifting.row.name}"
        if stage is None or stage.word is Word.NOT_STARTED:
            return Word.NOT_STARTED, ""
        if stage.word is Word.WAITING:
            asked = f", {stage.latest.given} of {stage.latest.asked}" if stage.latest.asked else ""
            return Word.WAITING, f"{stage.row.name} waits for approval{asked}"
        if stage.is_live and stage.word is Word.SUCCEEDED:
            return Word.SUCCEEDED, f"Live in {stage.row.name}"
        return stage.word, f"{stage.row.name} {stage.word.replace('_', ' ')}"

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
    asked = asked_of_release(release.pk)
    commits = release.release_commits.select_related("commit__author").order_by("-commit__committed_on", "-id")
    return ReleaseSeen(
        release=release,
        sentence=trigger_sentence(release, artifacts=mine, schedules=_schedules(release), asked_by=asked.creator),
        stages=stages_of(release, live=live, asked=asked),
        headline=headline,
        headline_live=headline_live,
        artifacts=_lines(release, mine, live=carried.get(headline_live.release_id, []) if headline_live else []),
        commits=list(commits[:COMMITS_SHOWN]),
        commit_count=release.release_commits.count(),
        work_items=list(
            WorkItem.objects.filter(release_work_items__release=release).order_by("azure_id")[:COMMITS_SHOWN]
        ),
        asked=asked,
        flags=list(release.flags.select_related("set_by", "lifted_by").order_by("-set_at", "-pk")),
        unread_because="" if release.depth == Depth.DETAILED else _unread_because(release),
    )


def _unread_because(release: Release) -> str:
    """Why Azure's whole answer for it was set aside, when it was."""
    rows = SetAside.objects.filter(project=release.project_id, key=f"release:{release.azure_id}", resolved_at=None)
    return rows.values_list("reason", flat=True).first() or ""


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
