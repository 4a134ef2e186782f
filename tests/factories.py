"""Rows for tests: each function makes one row with whatever it needs, saying nothing a test did not ask for."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import count
from time import time
from typing import Any

from django.test import Client

from releases.models import (
    Approval,
    Artifact,
    Cluster,
    Deployment,
    Drift,
    Endpoint,
    EndpointCheck,
    EndpointDeployment,
    HealthSample,
    Identity,
    LiveSpan,
    Membership,
    ModelVersion,
    Organization,
    Pipeline,
    Project,
    Release,
    ReleaseStage,
    Stage,
    StageBinding,
    Step,
    StepLog,
    TrainingRun,
    User,
    Workspace,
)
from releases.states import (
    ArtifactRole,
    BindingOrigin,
    DeploymentStatus,
    ReleaseStatus,
    Role,
    ServingState,
    StageStatus,
    TriggerKind,
)
from releases.sync.logs.fetching import Answer, wanted
from releases.sync.logs.keeping import grow, keep
from releases.sync.logs.receiving import Receiver
from tests.proving import prove

PASSWORD = "a long enough password"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
"""A Monday; what no test says happened then."""

HAS = {
    "has_failed": StageStatus.REJECTED,
    "has_partly_succeeded": StageStatus.PARTIALLY_SUCCEEDED,
    "has_canceled": StageStatus.CANCELED,
    "has_succeeded": StageStatus.SUCCEEDED,
}
"""What a release notes of its stages, as the mapping does."""

_numbers = count(1)


def user(*, role: Role | None = None, project: Project | None = None, **fields: Any) -> User:
    """A person who can sign in with PASSWORD; with a role, a member of the project or of every project."""
    number = next(_numbers)
    made = User.objects.create_user(
        fields.pop("email", f"person{number}@harbour.example"),
        fields.pop("password", PASSWORD),
        **{"name": f"Person {number}", **fields},
    )
    if role is not None:
        Membership.objects.create(user=made, role=role, project=project)
    return made


def browser_of(person: User, *, is_fresh: bool = True) -> Client:
    """A browser in which this person is signed in, with a password just typed unless it says not."""
    client = Client()
    client.force_login(person)
    if is_fresh:
        prove(client, person, at=time())
    return client


def identity(**fields: Any) -> Identity:
    """How Azure DevOps calls somebody."""
    number = next(_numbers)
    return Identity.objects.create(
        **{"source": Identity.Source.AZURE_DEVOPS, "key": f"identity-{number}", "name": f"Person {number}", **fields}
    )


def organization(**fields: Any) -> Organization:
    """A connected organization."""
    number = next(_numbers)
    url = f"https://dev.azure.com/harbour{number}"
    return Organization.objects.create(**{"url": url, "name": f"harbour{number}", **fields})


def project(**fields: Any) -> Project:
    """A followed project."""
    number = next(_numbers)
    fields.setdefault("organization", None)
    fields["organization"] = fields["organization"] or organization()
    defaults = {"azure_id": f"00000000-0000-0000-0000-{number:012}", "name": f"Port {number}", "slug": f"port-{number}"}
    return Project.objects.create(**{**defaults, **fields})


def workspace(**fields: Any) -> Workspace:
    """An Azure ML workspace."""
    number = next(_numbers)
    return Workspace.objects.create(
        **{"subscription_id": "sub", "resource_group": "rg", "name": f"mlops_ws_{number}", **fields}
    )


def pipeline(**fields: Any) -> Pipeline:
    """A pipeline without stages."""
    number = next(_numbers)
    if "project" not in fields:
        fields["project"] = project()
    return Pipeline.objects.create(**{"azure_id": number, "name": f"Pipeline {number}", "revision": 1, **fields})


def stage(**fields: Any) -> Stage:
    """A stage of a pipeline."""
    number = next(_numbers)
    if "pipeline" not in fields:
        fields["pipeline"] = pipeline()
    return Stage.objects.create(**{"definition_environment_id": number, "name": f"STAGE {number}", **fields})


def release(**fields: Any) -> Release:
    """An active release without stages, made by hand at NOON."""
    number = next(_numbers)
    if "pipeline" not in fields:
        fields["pipeline"] = pipeline(**({"project": fields["project"]} if "project" in fields else {}))
    defaults = {
        "project": fields["pipeline"].project,
        "azure_id": number,
        "name": f"Release-{number}",
        "status": ReleaseStatus.ACTIVE,
        "created_on": NOON,
        "changed_at": NOON,
        "trigger_kind": TriggerKind.MANUAL,
    }
    return Release.objects.create(**{**defaults, **fields})


def release_stage(**fields: Any) -> ReleaseStage:
    """One stage of one release, not started."""
    number = next(_numbers)
    if "release" not in fields:
        fields["release"] = release()
    if "stage" not in fields:
        fields["stage"] = stage(pipeline=fields["release"].pipeline)
    defaults = {"azure_id": number, "name": fields["stage"].name, "rank": 1, "status": StageStatus.NOT_STARTED}
    made = ReleaseStage.objects.create(**{**defaults, **fields})
    Release.objects.filter(pk=made.release_id).update(**{flag: True for flag in HAS if HAS[flag] == made.status})
    return made


def deployment(**fields: Any) -> Deployment:
    """A first attempt that succeeded in ten minutes from NOON."""
    if "release_stage" not in fields:
        fields["release_stage"] = release_stage(status=StageStatus.SUCCEEDED)
    defaults = {
        "stage": fields["release_stage"].stage,
        "attempt": 1,
        "azure_id": next(_numbers),
        "status": DeploymentStatus.SUCCEEDED,
        "queued_on": NOON,
        "started_on": NOON,
        "finished_on": NOON + timedelta(minutes=10),
    }
    return Deployment.objects.create(**{**defaults, **fields})


def step(**fields: Any) -> Step:
    """One task of an attempt."""
    number = next(_numbers)
    if "deployment" not in fields:
        fields["deployment"] = deployment()
    defaults = {"phase_id": 1, "task_id": number, "name": f"Task {number}", "rank": number, "status": "succeeded"}
    return Step.objects.create(**{**defaults, **fields})


def step_log(*, lines: Iterable[str] = (), text: str | None = None, growing: bool = False, **fields: Any) -> StepLog:
    """A log of these lines, as sync keeps it; `text` instead of lines is taken as it is."""
    row = fields.pop("step", None) or step(started_on=NOON, finished_on=NOON + timedelta(minutes=1))
    known = Step.objects.select_related("deployment__release_stage__release__project").get(pk=row.pk)
    question = wanted(known)
    receiver = Receiver(issues=question.issues, has_failed=question.has_failed)
    receiver((text if text is not None else "".join(f"{line}\r\n" for line in lines)).encode(errors="surrogatepass"))
    keeping, project = receiver.finish(), known.deployment.release_stage.release.project_id
    if growing:
        log = grow(question, keeping, project=project, now=NOON)
    else:
        log = keep(question, Answer(keeping), project=project, now=NOON)
    StepLog.objects.filter(pk=log.pk).update(**fields)
    log.refresh_from_db()
    return log


def artifact(**fields: Any) -> Artifact:
    """A model version that a release carries."""
    number = next(_numbers)
    if "release" not in fields:
        fields["release"] = release()
    defaults = {
        "alias": f"model-{number}",
        "role": ArtifactRole.MODEL,
        "type": "AzureML",
        "name": "support-vector-classifier",
        "version": str(number),
        "version_id": str(number),
        "release_created_on": fields["release"].created_on,
    }
    return Artifact.objects.create(**{**defaults, **fields})


def approval(**fields: Any) -> Approval:
    """An approval that waits before an attempt."""
    number = next(_numbers)
    if "release_stage" not in fields:
        fields["release_stage"] = release_stage()
    defaults = {
        "project": fields["release_stage"].release.project,
        "azure_id": number,
        "type": "preDeploy",
        "status": "pending",
        "created_on": NOON,
    }
    return Approval.objects.create(**{**defaults, **fields})


def live_span(**fields: Any) -> LiveSpan:
    """What a stage has been running since its attempt finished."""
    if "opened_by" not in fields:
        fields["opened_by"] = deployment()
    opened_by = fields["opened_by"]
    defaults = {
        "stage": opened_by.stage,
        "release": opened_by.release_stage.release,
        "live_from": opened_by.finished_on,
    }
    return LiveSpan.objects.create(**{**defaults, **fields})


def training_run(**fields: Any) -> TrainingRun:
    """A finished training run."""
    number = next(_numbers)
    if "workspace" not in fields:
        fields["workspace"] = workspace()
    defaults = {"name": f"port-weather-train-{number}", "status": "Completed", "changed_at": NOON}
    return TrainingRun.objects.create(**{**defaults, **fields})


def model_version(**fields: Any) -> ModelVersion:
    """A registered model version."""
    number = next(_numbers)
    if "workspace" not in fields:
        fields["workspace"] = workspace()
    defaults = {"name": "support-vector-classifier", "version": str(number), "created_on": NOON, "changed_at": NOON}
    return ModelVersion.objects.create(**{**defaults, **fields})


def cluster(**fields: Any) -> Cluster:
    """A Kubernetes cluster that is attached to a workspace."""
    number = next(_numbers)
    if "workspace" not in fields:
        fields["workspace"] = workspace()
    defaults = {"name": f"aks-{number}", "kind": "Kubernetes", "provisioning_state": "Succeeded", "changed_at": NOON}
    return Cluster.objects.create(**{**defaults, **fields})


def endpoint(**fields: Any) -> Endpoint:
    """A managed endpoint without deployments."""
    number = next(_numbers)
    if "workspace" not in fields:
        fields["workspace"] = workspace()
    defaults = {"name": f"port-weather-{number}", "kind": "Managed", "provisioning_state": "Succeeded"}
    return Endpoint.objects.create(**{**defaults, "changed_at": NOON, **fields})


def endpoint_deployment(**fields: Any) -> EndpointDeployment:
    """A deployment of support-vector-classifier v7 behind an endpoint."""
    number = next(_numbers)
    if "endpoint" not in fields:
        fields["endpoint"] = endpoint()
    model = {"model_name": "support-vector-classifier", "model_number": "7"}
    defaults = {"name": f"blue-{number}", "provisioning_state": "Succeeded", "changed_at": NOON, **model}
    return EndpointDeployment.objects.create(**{**defaults, **fields})


def endpoint_check(**fields: Any) -> EndpointCheck:
    """An endpoint that has been seen to serve support-vector-classifier v7 since NOON."""
    if "endpoint" not in fields:
        fields["endpoint"] = endpoint()
    served = [{"deployment": "blue", "model": "support-vector-classifier", "version": "7", "percent": 100}]
    since = fields.get("seen_from", NOON)
    defaults = {"seen_from": since, "since": since, "state": ServingState.SERVING, "served": served}
    return EndpointCheck.objects.create(**{**defaults, **fields})


def health_sample(**fields: Any) -> HealthSample:
    """A quarter of an hour from NOON in which an endpoint's deployment had 4 requests a minute."""
    if "endpoint" not in fields:
        fields["endpoint"] = endpoint()
    defaults = {"deployment": "blue", "at": NOON, "minutes": 15, "requests_per_minute": 4.0}
    return HealthSample.objects.create(**{**defaults, **fields})


def stage_binding(**fields: Any) -> StageBinding:
    """A stage that is served by an endpoint, known by its name."""
    if "stage" not in fields:
        fields["stage"] = stage()
    if "endpoint" not in fields and "cluster" not in fields:
        fields["endpoint"] = endpoint()
    defaults = {"origin": BindingOrigin.NAME, "sentence": "The name fits.", "bound_at": NOON}
    return StageBinding.objects.create(**{**defaults, **fields})


def drift(**fields: Any) -> Drift:
    """A stage whose endpoint has served v6 since NOON, where v7 was deployed."""
    if "span" not in fields:
        fields["span"] = live_span(stage=fields["stage"]) if "stage" in fields else live_span()
    if "endpoint" not in fields:
        fields["endpoint"] = endpoint()
    model = {"model": "support-vector-classifier"}
    defaults = {
        "stage": fields["span"].stage,
        "drift_from": NOON,
        "served": [{"deployment": "blue", "version": "6", "percent": 100, **model}],
        "deployed": [{"version": "7", **model}],
    }
    return Drift.objects.create(**{**defaults, **fields})
