"""One of everything the API shows, and programs that ask for it with a key."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from releases import audit
from releases.actions.api_keys import create_api_key
from releases.models import ArtifactRule, AuditEvent, EndpointRule, Project, SyncRun, User
from releases.states import Role, TriggerKind
from tests import factories
from tests.commands import asked_for

V1 = "/api/v1"


class Program:
    """A program that asks the API with a key."""

    def __init__(self, secret: str) -> None:
        self._client = Client(headers={"authorization": f"Bearer {secret}"})

    def post(self, path: str, body: Any = None, *, key: str = "") -> Any:
        """The answer to POST /api/v1/PATH with this body and idempotency key."""
        headers = {"Idempotency-Key": key} if key else {}
        return self._client.post(f"{V1}/{path}", body, content_type="application/json", headers=headers)

    def get(self, path: str, **parameters: Any) -> Any:
        """The answer to GET /api/v1/PATH."""
        return self._client.get(f"{V1}/{path}", parameters)


def program_of(user: User, *scopes: str) -> Program:
    """A program with a fresh key of this person."""
    return Program(create_api_key(user, name="test", scopes=scopes or ["read"], by=user).secret)


@dataclass(frozen=True)
class Harbour:
    """A project with one row of each noun; `ids` by the noun's name in addresses."""

    project: Project
    ids: dict[str, Any]


def harbour() -> Harbour:
    """Rows of every noun, all of one project."""
    workspace = factories.workspace()
    project = factories.project()
    project.workspaces.add(workspace)
    pipeline = factories.pipeline(project=project)
    stage = factories.stage(pipeline=pipeline)
    run = factories.training_run(workspace=workspace)
    version = factories.model_version(workspace=workspace, training_run=run, version="8")
    somebody = factories.identity(name="Åsa Öberg", email="asa@harbour.example")
    release = factories.release(pipeline=pipeline, trigger_kind=TriggerKind.MODEL, created_by=somebody)
    factories.artifact(release=release, alias="model", version="8", model_version=version, is_triggering=True)
    row = factories.release_stage(release=release, stage=stage)
    attempt = factories.deployment(release_stage=row, requested_by=somebody)
    log = factories.step_log(step=factories.step(deployment=attempt), lines=["##[error]It failed."])
    span = factories.live_span(opened_by=attempt)
    place = factories.stage_binding(stage=stage, endpoint=factories.endpoint(workspace=workspace)).endpoint
    check = factories.endpoint_check(endpoint=place)
    sample = factories.health_sample(endpoint=place)
    drift = factories.drift(span=span, endpoint=place)
    cluster = factories.cluster(workspace=workspace)
    approval = factories.approval(release_stage=row, approver=somebody)
    now = timezone.now()
    sync_run = SyncRun.objects.create(project=project, kind="listed", started_at=now, heartbeat_at=now)
    rows = {
        "projects": project,
        "pipelines": pipeline,
        "stages": stage,
        "releases": release,
        "deployments": attempt,
        "live-spans": span,
        "logs": log,
        "approvals": approval,
        "model-versions": version,
        "training-runs": run,
        "artifact-rules": ArtifactRule.objects.create(project=project, name_pattern="model", role="model"),
        "endpoint-rules": EndpointRule.objects.create(project=project, endpoint_pattern="^{pipeline}$"),
        "endpoints": place,
        "endpoint-checks": check,
        "health-samples": sample,
        "clusters": cluster,
        "drifts": drift,
        "sync-runs": sync_run,
        "commands": asked_for(row, by=factories.user(role=Role.OPERATOR, project=project)),
        "audit": _event(sync_run),
    }
    return Harbour(
        project=project,
        ids={name: row.pk if isinstance(row.pk, int) else str(row.pk) for name, row in rows.items() if row},
    )


def _event(run: SyncRun) -> AuditEvent:
    """What the run left in the trail."""
    with transaction.atomic():
        key = ("sync_run", run.natural_key)
        return audit.append("sync.run", by=audit.System("sync"), project=run.project, object=key)


@pytest.fixture
def port(db: None) -> Harbour:
    """One project with one row of everything."""
    return harbour()
