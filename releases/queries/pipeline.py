"""One pipeline: what its stages run and ask for, what was live, what triggers it, what its artifacts are.

A fixed number of queries, whatever the history. Why an artifact has its role is told by whoever asks (`decisions`):
rules are applied by `releases.sync.roles`, which nothing here may know.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from releases.models import (
    Command,
    EndpointDeployment,
    Pipeline,
    PipelineRevision,
    Project,
    Release,
    Stage,
    User,
)
from releases.queries import definition as definitions
from releases.queries.access import visible_to
from releases.queries.artifacts import ORDER, of_releases
from releases.queries.asked import Asked, asked
from releases.queries.asked_here import open_by_stage
from releases.queries.bars import Window, told, window
from releases.queries.definition import ArtifactTold, Definition
from releases.queries.filters import Filters
from releases.queries.lanes import Joint, joint_of
from releases.queries.past_stages import PastStage, past_stages
from releases.queries.pipelines import PipelineNow, StageNow, now_of
from releases.queries.releases import Page, page
from releases.queries.sentences import version_words
from releases.queries.serving import ServedNow, Truth, is_uncertain, served_now
from releases.queries.stage_settings import StageSettings, stage_settings
from releases.queries.starting import starts
from releases.queries.statuses import Word
from releases.queries.trigger_switches import Switch, switches_of
from releases.queries.triggers_told import TriggerTold
from releases.states import ArtifactRole

LIVE_SHOWN = timedelta(days=30)
RECENT_SHOWN = 5
LOOKED_BACK = 500
"""So many of the newest releases are looked at for the last one of each trigger."""


class Decided(Protocol):
    """A role with its reason."""

    @property
    def role(self) -> ArtifactRole: ...
    @property
    def why(self) -> str: ...
    @property
    def is_by_rule(self) -> bool: ...


Decisions = Callable[[Project], Callable[[str, str, str], Decided]]
"""From a project to what decides: from an artifact's type, alias and name to its role and why."""


@dataclass(frozen=True)
class StageSeen:
    """One stage as it is now: how it starts, whom Azure asks, where it is served. `models`: what it runs.

    `asked_now`: what somebody asked of it here that is not over yet.
    """

    now: StageNow
    joint: Joint | None
    starts: list[str]
    asks: list[Asked]
    is_told: bool
    served: ServedNow
    models: tuple[str, ...] = ()
    asked_now: Command | None = None

    @property
    def stage(self) -> Stage:
        """The stage."""
        return self.now.stage

    @property
    def is_uncertain(self) -> bool:
        """Whether what it runs may have been changed by a failed attempt (decision 7)."""
        return is_uncertain(self.now.span, self.served)

    @property
    def is_bound(self) -> bool:
        """Whether it is known where it is served."""
        return self.served.state is not Truth.NOT_BOUND


@dataclass(frozen=True)
class TriggerSeen:
    """One trigger, on or off, with the newest release it made, as far back as was looked.

    `is_all`: to the first release.
    """

    told: TriggerTold
    last: Release | None
    is_all: bool
    switch: Switch


@dataclass(frozen=True)
class ArtifactSeen:
    """One artifact with its role and why."""

    told: ArtifactTold
    decided: Decided


@dataclass(frozen=True)
class PipelineSeen:
    """Everything the pipeline page shows."""

    now: PipelineNow
    revision: PipelineRevision | None
    definition: Definition
    stages: list[StageSeen]
    past: list[PastStage]
    live: Window
    settings: StageSettings | None
    triggers: list[TriggerSeen]
    artifacts: list[ArtifactSeen]
    recent: Page

    @property
    def pipeline(self) -> Pipeline:
        """The pipeline."""
        return self.now.pipeline

    @property
    def headline(self) -> StageSeen | None:
        """The stage that counts (decision 8)."""
        counted = self.now.headline
        return next((one for one in self.stages if counted and one.stage.pk == counted.stage.pk), None)

    @property
    def changes(self) -> str:
        """How often the stage that counts changed lately."""
        return told(self.live, self.headline.stage) if self.headline else ""

    @property
    def waiting(self) -> list[StageSeen]:
        """The stages that somebody must approve."""
        return [one for one in self.stages if one.now.word is Word.WAITING]

    @property
    def failed(self) -> list[StageSeen]:
        """The stages whose newest deployment failed."""
        return [one for one in self.stages if one.now.ran_word is Word.FAILED]


def pipeline_seen(
    user: User, *, project: str, azure_id: int, decisions: Decisions, now: datetime
) -> PipelineSeen | None:
    """The pipeline, or None when there is none that this person may see."""
    rows = visible_to(user, Pipeline).filter(project__slug=project, azure_id=azure_id)
    pipeline = rows.select_related("project__organization").first()
    return _seen(user, pipeline, decisions=decisions, now=now) if pipeline else None


def _seen(user: User, pipeline: Pipeline, *, decisions: Decisions, now: datetime) -> PipelineSeen:
    standing = now_of(pipeline)
    revision = _revision(pipeline)
    definition = definitions.read(revision.document if revision else None)
    stages = _stages(standing, definition)
    recent = page(user, filters=Filters(pipeline=pipeline), size=RECENT_SHOWN)
    return PipelineSeen(
        now=standing,
        revision=revision,
        definition=definition,
        stages=stages,
        past=past_stages(pipeline),
        live=window([one.stage for one in standing.stages], end=now, length=LIVE_SHOWN),
        settings=_settings(next((one for one in stages if one.stage.headline), None)),
        triggers=_triggers(pipeline, definition, now=now),
        artifacts=_artifacts(definition, recent, decisions(pipeline.project)),
        recent=recent,
    )


def _revision(pipeline: Pipeline) -> PipelineRevision | None:
    """The newest revision that was read, which is the pipeline's own unless Azure would not give it."""
    rows = PipelineRevision.objects.filter(pipeline=pipeline, revision__lte=pipeline.revision)
    return rows.select_related("changed_by").order_by("-revision").first()


def _stages(now: PipelineNow, definition: Definition) -> list[StageSeen]:
    live = {one.stage.pk: one.span for one in now.stages if one.span}
    carried = of_releases({span.release_id for span in live.values()})
    served = served_now([one.stage.pk for one in now.stages], live=live, carried=carried)
    asked_now = open_by_stage([one.stage.pk for one in now.stages])
    joints: list[Joint | None] = [None, *(joint_of(a, b) for a, b in zip(now.stages, now.stages[1:], strict=False))]
    found = []
    for joint, one in zip(joints, now.stages, strict=False):
        number = one.stage.definition_environment_id
        stage_told = definition.stages.get(number)
        models = carried.get(one.span.release_id, []) if one.span else []
        found.append(
            StageSeen(
                now=one,
                joint=joint,
                starts=starts(one.stage.conditions, planned=stage_told.schedules if stage_told else ()),
                asks=asked(definition, number, now.pipeline.project.organization),
                is_told=stage_told is not None,
                served=served[one.stage.pk],
                models=tuple(version_words(model) for model in models if model.role == ArtifactRole.MODEL),
                asked_now=asked_now.get(one.stage.pk),
            )
        )
    return found


def _settings(headline: StageSeen | None) -> StageSettings | None:
    """What serves most of the stage that counts, as it is configured, beside what its release asks for (S2)."""
    if headline is None or headline.served.endpoint is None or not headline.served.served:
        return None
    rows = EndpointDeployment.objects.filter(endpoint=headline.served.endpoint, gone_at=None).select_related("endpoint")
    deployment = rows.filter(name=headline.served.served[0].deployment).first()
    return stage_settings(deployment, headline.now.span) if deployment else None


def _triggers(pipeline: Pipeline, definition: Definition, *, now: datetime) -> list[TriggerSeen]:
    switches = switches_of(pipeline, definition=definition)
    rows = sorted(switches.rows, key=lambda one: (not one.is_on, one.kind, one.at or 0))
    read = [switches.told(row, now=now) for row in rows]
    newest = Release.objects.filter(pipeline=pipeline).order_by("-created_on", "-id")
    made = list(newest.values_list("pk", "trigger_kind", "trigger_alias")[:LOOKED_BACK]) if read else []
    told_apart = [one.is_on or bool(one.alias) for one in rows]  # releases do not say which schedule made them
    last = [_last(one, made) if known else None for one, known in zip(read, told_apart, strict=True)]
    releases = Release.objects.filter(pk__in=[pk for pk in last if pk]).select_related("project").in_bulk()
    is_all = len(made) < LOOKED_BACK
    return [TriggerSeen(one, releases.get(pk or 0), is_all, row) for one, pk, row in zip(read, last, rows, strict=True)]


def _last(told: TriggerTold, made: Sequence[tuple[int, str, str]]) -> int | None:
    """The newest release of this kind, and of this artifact where Azure named one."""
    return next((pk for pk, kind, alias in made if kind == told.kind and alias in ("", told.alias)), None)


def _artifacts(definition: Definition, recent: Page, decide: Callable[[str, str, str], Decided]) -> list[ArtifactSeen]:
    """Those of the definition; where that was not read, those of the newest release."""
    named = definition.artifacts
    if not definition.is_known and recent.rows:
        mine = [version.artifact for version in recent.rows[0].versions]
        named = tuple(ArtifactTold(one.alias, one.type, one.name, one.repository, one.branch) for one in mine)
    found = [ArtifactSeen(one, decide(one.type, one.alias, one.name)) for one in named]
    return sorted(found, key=lambda one: (ORDER.index(one.decided.role), one.told.alias))
