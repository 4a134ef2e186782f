"""A small company for the pages: one pipeline with two stages, what ran there and what waits."""

from datetime import timedelta
from typing import Any, NamedTuple

from releases.models import Pipeline, Project, Release, Stage
from releases.states import ApprovalStatus, ArtifactRole, DeploymentStatus, StageStatus, TriggerKind
from tests import factories
from tests.factories import NOON


class Company(NamedTuple):
    """What the tests look for."""

    project: Project
    pipeline: Pipeline
    dev: Stage
    prod: Stage
    live: Release
    waiting: Release


def pipeline_with_stages(project: Project, **fields: Any) -> tuple[Pipeline, Stage, Stage]:
    """A pipeline with DEV TEST, and PROD that needs it."""
    pipeline = factories.pipeline(project=project, **fields)
    needs = [{"name": "DEV TEST", "conditionType": "environmentState", "value": "4"}]
    dev = factories.stage(pipeline=pipeline, name="DEV TEST", rank=1)
    prod = factories.stage(pipeline=pipeline, name="PROD", rank=2, headline=True, conditions=needs)
    return pipeline, dev, prod


def deployed(release: Release, stage: Stage, *, minutes: int = 0, **fields: Any) -> None:
    """The release went live in the stage."""
    row = factories.release_stage(release=release, stage=stage, status=StageStatus.SUCCEEDED, rank=stage.rank)
    end = release.created_on + timedelta(minutes=minutes + 10)
    times = {"queued_on": release.created_on, "started_on": release.created_on, "finished_on": end}
    attempt = factories.deployment(release_stage=row, **{**times, **fields})
    stage.live_spans.filter(live_until=None).update(live_until=end)
    factories.live_span(opened_by=attempt)
    factories.step(deployment=attempt, name="Deploy model to endpoint")


def carrying(release: Release, *, model: int, scaler: int = 1, **fields: Any) -> None:
    """The release carries these versions of the model and the scaler."""
    triggering = {"is_triggering": release.trigger_kind == TriggerKind.MODEL}
    same = {"alias": "model", "version": str(model), "version_id": str(model)}
    factories.artifact(release=release, **{**same, **triggering, **fields})
    factories.artifact(
        release=release,
        alias="scaler",
        name="scaler",
        role=ArtifactRole.SCALER,
        version=str(scaler),
        version_id=str(scaler),
    )


def company(project: Project | None = None) -> Company:
    """Release-1 with model v7 is live in both stages; Release-2 with v8 is live in DEV TEST and waits for PROD."""
    project = project or factories.project(name="Learn_MLOps")
    pipeline, dev, prod = pipeline_with_stages(project, name="Port Weather ML Pipeline")
    live = factories.release(pipeline=pipeline, name="Release-1")
    carrying(live, model=7)
    deployed(live, dev)
    deployed(live, prod, minutes=20)
    late = {"created_on": NOON + timedelta(days=1), "trigger_kind": TriggerKind.MODEL, "is_unfinished": True}
    waiting = factories.release(pipeline=pipeline, name="Release-2", **late)
    carrying(waiting, model=8)
    deployed(waiting, dev)
    asked = factories.release_stage(release=waiting, stage=prod, status=StageStatus.IN_PROGRESS, rank=2)
    factories.deployment(
        release_stage=asked,
        status=DeploymentStatus.NOT_DEPLOYED,
        operation_status="Pending",
        started_on=None,
        finished_on=None,
    )
    given = {"status": ApprovalStatus.APPROVED, "comments": "Accuracy gain holds.", "modified_on": NOON}
    factories.approval(release_stage=asked, approver=factories.identity(name="Jonas Lindqvist"), **given)
    factories.approval(release_stage=asked, approver=factories.identity(name="Ayla Demir"))
    return Company(project, pipeline, dev, prod, live, waiting)
