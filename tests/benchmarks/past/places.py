"""Where the made-up releases come from: one project, a few pipelines with most of them and many with few, people,
models with their training runs, endpoints. Called by `filling`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from releases.models import (
    Endpoint,
    EndpointCheck,
    Identity,
    ModelVersion,
    Pipeline,
    PipelineRevision,
    Project,
    Stage,
    StageBinding,
    TrainingRun,
    Trigger,
    Watermark,
    Workspace,
)
from releases.states import BindingOrigin, IdentityKind, ServingState, TriggerKind
from releases.sync.passes import backfill, background
from tests import factories

GREAT, SMALL = 4, 40
STAGES = ("DEV TEST", "STAGING", "PROD")
PEOPLE = 60
FIRST_NAMES = ("Aino", "Åsa", "Jonas", "Priya", "Sofia", "Mikael", "Zoë", "Ville", "Müge", "Tomás")
LAST_NAMES = ("Virtanen", "Öberg", "Lindqvist", "Raman", "Keller", "Demir")
SUBJECTS = (
    "Port Weather",
    "Berth ETA",
    "Swell Height",
    "Tide Gauge",
    "Crane Load",
    "Ice Drift",
    "Fog Horizon",
    "Queue",
)
VERSIONS_GREAT, VERSIONS_SMALL = 250, 15


@dataclass(frozen=True)
class Line:
    """One pipeline with its stages and the versions of its model and scaler, by number."""

    pipeline: Pipeline
    stages: list[Stage]
    model: str
    versions: int
    model_versions: dict[str, int]
    weight: float

    @property
    def scaler(self) -> str:
        """The name of the scaler that goes with its model."""
        return f"{self.model}-scaler"


@dataclass(frozen=True)
class Places:
    """Everything releases refer to. `service` is the one identity that makes most of them."""

    project: Project
    lines: list[Line]
    people: list[Identity]
    service: Identity


def make(random: Random, *, end: datetime) -> Places:
    """Make them; the database holds nothing of the kind yet."""
    project = factories.project(slug="bench", name="Learn_MLOps")
    workspace = factories.workspace(name="mlops_ws", read_at=end)
    project.workspaces.add(workspace)
    for feed in (backfill.FEED, background.FEED):
        Watermark.objects.create(project=project, feed=feed, completed_at=end, checked_at=end, looked_at=end)
    lines = [_line(project, workspace, number, random, end) for number in range(GREAT + SMALL)]
    return Places(project, lines, _people(), _identity("Release Management", IdentityKind.SERVICE))


def _people() -> list[Identity]:
    names = [f"{first} {last}" for last in LAST_NAMES for first in FIRST_NAMES]
    return [_identity(name, IdentityKind.PERSON) for name in names[:PEOPLE]]


def _identity(name: str, kind: IdentityKind) -> Identity:
    email = f"{name.lower().replace(' ', '.')}@port.example" if kind is IdentityKind.PERSON else ""
    return factories.identity(name=name, email=email, kind=kind)


def _line(project: Project, workspace: Workspace, number: int, random: Random, end: datetime) -> Line:
    is_great = number < GREAT
    name = f"{SUBJECTS[number % len(SUBJECTS)]} Pipeline{f' {number}' if number >= len(SUBJECTS) else ''}"
    pipeline = factories.pipeline(project=project, azure_id=number + 1, name=name)
    PipelineRevision.objects.create(pipeline=pipeline, revision=1, document={"id": number + 1, "name": name})
    _triggers(pipeline)
    model = name.lower().replace(" ", "-").replace("-pipeline", "-classifier")
    versions = VERSIONS_GREAT if is_great else VERSIONS_SMALL
    stages = [_stage(pipeline, rank) for rank in range(len(STAGES))]
    _serving(workspace, stages[-1], model, versions, end)
    weight = (0.35, 0.25, 0.15, 0.10)[number] if is_great else 0.15 / SMALL
    known = _registered(workspace, model, versions, random, end)
    return Line(pipeline, stages, model, versions, known, weight)


def _stage(pipeline: Pipeline, rank: int) -> Stage:
    needs = [{"name": STAGES[rank - 1], "conditionType": "environmentState", "value": "4"}] if rank else []
    is_last = rank == len(STAGES) - 1
    made = {"rank": rank + 1, "conditions": needs, "is_production": is_last, "headline": is_last}
    return factories.stage(pipeline=pipeline, definition_environment_id=rank + 1, name=STAGES[rank], **made)


def _triggers(pipeline: Pipeline) -> None:
    planned = {"schedule": {"daysToRelease": 1, "startHours": 11, "startMinutes": 0, "timeZoneId": "FLE Standard Time"}}
    Trigger.objects.create(pipeline=pipeline, kind=TriggerKind.SCHEDULE, ordinal=0, settings=planned)
    Trigger.objects.create(pipeline=pipeline, kind=TriggerKind.MODEL, ordinal=0, alias="model", settings={})


def _registered(workspace: Workspace, model: str, count: int, random: Random, end: datetime) -> dict[str, int]:
    """The model's versions with their training runs; our ids by version."""
    times = [end - timedelta(days=700 * (count - at) / count) for at in range(count)]
    runs = TrainingRun.objects.bulk_create(
        TrainingRun(
            workspace=workspace,
            name=f"{model}-train-{at + 1}",
            status="Completed",
            created_on=time,
            finished_on=time,
            commit=f"{random.getrandbits(160):040x}",
            metrics={"auc": round(random.uniform(0.8, 0.95), 3)},
            changed_at=end,
        )
        for at, time in enumerate(times)
    )
    versions = ModelVersion.objects.bulk_create(
        ModelVersion(
            workspace=workspace,
            name=model,
            version=str(at + 1),
            created_on=times[at],
            metrics=run.metrics,
            job_name=run.name,
            training_run=run,
            changed_at=end,
        )
        for at, run in enumerate(runs)
    )
    return {one.version: one.pk for one in versions}


def _serving(workspace: Workspace, stage: Stage, model: str, versions: int, end: datetime) -> None:
    """The endpoint of a stage, and what it was seen to serve since its newest version."""
    traffic = {"blue": 100}
    endpoint: Endpoint = factories.endpoint(workspace=workspace, name=model[:60], traffic=traffic, changed_at=end)
    factories.endpoint_deployment(endpoint=endpoint, name="blue", model_name=model, model_number=str(versions))
    served = [{"deployment": "blue", "model": model, "version": str(versions), "percent": 100}]
    seen = {"seen_from": end - timedelta(days=3), "since": end - timedelta(days=3)}
    EndpointCheck.objects.create(endpoint=endpoint, state=ServingState.SERVING, served=served, **seen)
    StageBinding.objects.create(stage=stage, endpoint=endpoint, origin=BindingOrigin.NAME, bound_at=end)
