"""The four pipelines of the company as they were first saved, and the edits each of them got over the months.

Only facts, no happenings: `founding` plays them.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from sandbox.company import tasks
from sandbox.company.people import MARCO, QA_APPROVERS, SLIPWAY, Person
from sandbox.company.pipelines import (
    ApprovalRule,
    ArtifactSource,
    Condition,
    Revision,
    Seat,
    StageSpec,
    Task,
    Trigger,
)

ORGANIZATION = "harbour"
PROJECT = "MLOps"
_IDS = uuid.UUID("0f0e7c1c-52ab-4f3c-9d3e-7f5ab3c9f001")
PROJECT_ID = str(uuid.uuid5(_IDS, "project"))
CONNECTION_ID = str(uuid.uuid5(_IDS, "connection"))
RELEASE_STARTED = (Condition("ReleaseStarted", "event"),)
MONDAY, WEEKDAYS = 1, 31
ASKED = (
    "--min-replicas $(MIN_REPLICAS) --max-replicas $(MAX_REPLICAS) --target-utilization $(TARGET_UTILIZATION)"
    " --cpu $(CPU_CORES) --memory-gb $(MEMORY_GB)"
)
LONG_STAGE = "Pre-production acceptance with shadow traffic on staging-aks"
LONG_MODEL = "tide-gauge-sensor-anomaly-autoencoder-quantised-int8-northsea"


@dataclass(frozen=True)
class Edit:
    """One saved change of a definition, `when` as a part of the pipeline's life (0 birth, 1 now)."""

    when: float
    by: Person
    comment: str
    change: Callable[[Revision], Revision]


@dataclass(frozen=True)
class PipelinePlan:
    """A pipeline to be founded. `born` is a part of the company's history, `share` its part of all releases."""

    id: int
    key: str
    repository: str
    model: str
    scaler: str
    first: Revision
    edits: tuple[Edit, ...]
    born: float
    share: float
    trains_every: float
    weights: dict[str, float]
    fails: float
    reaches_production: bool = True


def after(*stages: str, value: str = "4") -> tuple[Condition, ...]:
    """Starts when all these stages are in one of the states of the mask."""
    return tuple(Condition(stage, "environmentState", value) for stage in stages)


def seats(*ranked: tuple[int, Person], required: int | None = 0, **options: bool) -> ApprovalRule:
    """An approval rule of people or groups."""
    return ApprovalRule(
        tuple(Seat(rank, who) for rank, who in ranked),
        required,
        creator_may_approve=options.get("creator", True),
        skip_after_earlier_stage=options.get("skip", False),
        timeout_minutes=43_200,
    )


def guid(*parts: object) -> str:
    """A GUID that is the same in every run."""
    return str(uuid.uuid5(_IDS, ":".join(str(part) for part in parts)))


def code(repository: str, *, kind: str = "Git", primary: bool = True) -> ArtifactSource:
    """A repository as an artifact."""
    source = f"harbour-port/{repository}" if kind == "GitHub" else guid("repository", repository)
    project = CONNECTION_ID if kind == "GitHub" else PROJECT_ID
    return ArtifactSource(f"_{repository}", kind, "git", repository, f"{project}:{source}", primary, source)


def model(name: str, *, prefixed: Literal["", "id", "name"] = "", hides_name: bool = False) -> ArtifactSource:
    """A registered model as an artifact, as the Azure ML extension offers it."""
    source_id, alias = f"{CONNECTION_ID}:{name}", f"_{name}"
    return ArtifactSource(
        alias, "AzureMLMMS", "model", name, source_id, False, name, CONNECTION_ID, prefixed, hides_name
    )


def build(name: str, number: str, *, primary: bool = False) -> ArtifactSource:
    """A build pipeline as an artifact."""
    return ArtifactSource(f"_{name}", "Build", "build", name, f"{PROJECT_ID}:{number}", primary, number)


def size(**changed: str) -> dict[str, str | None]:
    """What the tasks of a stage on AKS ask of their endpoint, as variables of the stage."""
    usual = {"MIN_REPLICAS": "2", "MAX_REPLICAS": "6", "TARGET_UTILIZATION": "70", "CPU_CORES": "1", "MEMORY_GB": "2"}
    limits = {"MAX_CONCURRENT_REQUESTS": "4", "SCORING_TIMEOUT_MS": "60000", "AUTH_ENABLED": "true"}
    return {**usual, **limits, **changed}


def stage_tasks(kind: str, endpoint: str, *, aci: bool, shadow: bool = False, cluster: str = "") -> tuple[Task, ...]:
    """The usual tasks of a stage. `cluster`: the legacy one it deploys to."""
    config = "aciDeploymentConfig.yml" if aci else "aksDeploymentConfig.yml"
    settings = "" if aci else ASKED
    middle = (tasks.SHADOW,) if shadow else (tasks.VALIDATE,) if not aci else ()
    return (
        tasks.USE_PYTHON,
        tasks.INSTALL_CLI,
        tasks.deploy(
            f"Deploy to {kind}",
            endpoint,
            seconds=150 if aci else 210,
            config=config,
            arguments=settings,
            cluster=cluster,
        ),
        *middle,
        tasks.test(f"Test {kind} endpoint", endpoint),
    )


def change_stage(stage_id: int, **changes: object) -> Callable[[Revision], Revision]:
    """An edit of one stage."""

    def edit(revision: Revision) -> Revision:
        stages = tuple(
            replace(s, **changes) if s.id == stage_id else s  # type: ignore[arg-type]
            for s in revision.stages
        )
        return replace(revision, stages=stages)

    return edit


def rename_stage(stage_id: int, name: str) -> Callable[[Revision], Revision]:
    """An edit that renames a stage, in the conditions of the others too."""

    def edit(revision: Revision) -> Revision:
        old = revision.stage(stage_id).name
        return replace(revision, stages=tuple(_renamed(stage, stage_id, old, name) for stage in revision.stages))

    return edit


def _renamed(stage: StageSpec, stage_id: int, old: str, new: str) -> StageSpec:
    conditions = tuple(replace(c, name=new) if c.name == old else c for c in stage.conditions)
    return replace(stage, name=new if stage.id == stage_id else stage.name, conditions=conditions)


def add_triggers(*triggers: Trigger) -> Callable[[Revision], Revision]:
    """An edit that switches triggers on."""
    return lambda revision: replace(revision, triggers=revision.triggers + triggers)


def drop_trigger(kind: str, alias: str | None = None) -> Callable[[Revision], Revision]:
    """An edit that switches triggers off."""
    return lambda r: replace(r, triggers=tuple(t for t in r.triggers if t.kind != kind or t.alias != alias))


def on_version(alias: str, *branches: str) -> Trigger:
    """Continuous deployment on a new version of an artifact."""
    return Trigger("artifactSource", alias, branches)


def on_push(alias: str) -> Trigger:
    """Continuous deployment on a push to main."""
    return Trigger("sourceRepo", alias, ("main",))


def weekly(days: int, hour: int, minute: int, zone: str, *, changes: bool = False) -> Trigger:
    """A schedule; `zone` may be a Windows name, as Azure mostly has it."""
    return Trigger("schedule", None, (), days, hour, minute, zone, changes, guid("job", days, hour, zone))


def stage(stage_id: int, name: str, rank: int, **parts: object) -> StageSpec:
    """A stage, owned by Marco unless said otherwise."""
    parts.setdefault("owner", MARCO)
    parts.setdefault("conditions", RELEASE_STARTED)
    return StageSpec(stage_id, name, rank, **parts)  # type: ignore[arg-type]


SERVICE = SLIPWAY
GROUP = QA_APPROVERS
