"""The sandbox answers every call that releases.azure makes: a new call needs a line here, and an answer there."""

import inspect
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from releases.azure import sdk
from releases.azure.answers import VersionsOffered
from releases.azure.credentials import authentication, token_credential
from releases.azure.devops import Access, ChosenVersion, DevOps
from releases.azure.ml import MachineLearning, MlAccess
from releases.azure.monitor import Monitoring
from tests.company import VARIABLE, Company, living_company

DEVOPS_CALLS = {
    "releases": lambda ask, known: ask.releases(known.project).items,
    "unread_releases": lambda ask, known: ask.unread_releases(
        known.project, token=None, min_created=None, max_created=None
    ),
    "release": lambda ask, known: ask.release(known.project, known.release).value,
    "task_log": lambda ask, known: ask.task_log(known.project, *known.task, into=bytearray().extend),
    "deployments": lambda ask, known: ask.deployments(known.project).items,
    "approvals": lambda ask, known: ask.approvals(known.project, status="approved").items,
    "definitions": lambda ask, known: ask.definitions(known.project).items,
    "definition": lambda ask, known: ask.definition(known.project, known.definition).value,
    "definition_revisions": lambda ask, known: ask.definition_revisions(known.project, known.definition),
    "definition_revision": lambda ask, known: ask.definition_revision(known.project, known.definition, 1).value,
    "changes": lambda ask, known: [ask.changes(known.project, known.release)],
    "work_items": lambda ask, known: [ask.work_items(known.project, known.release)],
    "connection_data": lambda ask, _: ask.connection_data(),
    "projects": lambda ask, _: ask.projects(),
    "project": lambda ask, known: ask.project(known.project),
    "check_can_approve": lambda ask, known: [ask.check_can_approve(known.project)],
    "check_can_deploy": lambda ask, known: [ask.check_can_deploy(known.project)],
    "check_can_create": lambda ask, known: [ask.check_can_create(known.project)],
    "check_can_save_definition": lambda ask, known: [ask.check_can_save_definition(known.project)],
    "stage": lambda ask, known: ask.stage(known.project, *known.stage(known.made())).value,
    "release_history": lambda ask, known: ask.release_history(known.project, known.release),
    "definition_document": lambda ask, known: ask.definition_document(known.project, known.definition)["environments"],
    "artifact_versions": lambda _, known: all(one.versions for one in known.offers()),
    "create_release": lambda _, known: known.made(),
    "deploy": lambda ask, known: ask.deploy(known.project, *known.stage(known.made()), comment="Go").activity_id,
    "cancel": lambda ask, known: ask.cancel(known.project, *known.deployed(), comment="Stop").activity_id,
    "abandon": lambda ask, known: ask.abandon(known.project, known.made(), comment="No").activity_id,
    "start_draft": lambda ask, known: (
        ask.start_draft(known.project, known.made(is_draft=True), comment="Go").activity_id
    ),
    "save_definition": lambda ask, known: ask.save_definition(
        known.project, ask.definition_document(known.project, known.definition)
    ),
}
ML_CALLS = {
    "workspace": lambda ask, _: ask.workspace(),
    "models": lambda ask, _: ask.models().items,
    "model_versions": lambda ask, known: ask.model_versions(known.model).items,
    "model_version": lambda ask, known: ask.model_version(known.model, known.version).value,
    "job": lambda ask, known: ask.job(known.job),
    "endpoints": lambda ask, _: ask.endpoints().items,
    "endpoint_deployments": lambda ask, known: ask.endpoint_deployments(known.endpoint).items,
    "computes": lambda ask, _: ask.computes().items,
    "compute": lambda ask, _: ask.compute(ask.computes().items[0].value.name).value,
    "check_can_attach": lambda ask, _: [ask.check_can_attach()],
    "attach_cluster": lambda ask, _: ask.attach_cluster("new-cluster", resource_id=CLUSTER, namespace="ml").value,
}
CLUSTER = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/k"
HOUR = timedelta(hours=1)
MONITOR_CALLS = {
    "requests": lambda ask, known: ask.requests("prod-webservice", start=known.day, until=known.day + HOUR),
    "latency": lambda ask, known: ask.latency("prod-webservice", start=known.day, until=known.day + HOUR),
}


class Known:
    """Names of things that exist in the company, and new ones to change."""

    def __init__(self, company: Company, devops: DevOps, ml: MachineLearning) -> None:
        self.devops = devops
        self.project = company.addresses["project"]
        newest = devops.releases(self.project, top=1, ascending=False).items[0].value
        self.release, self.definition = newest.id, devops.definitions(self.project).items[0].value.id
        self.model = ml.models().items[0].value.name
        self.task = _task(devops, self.project)
        version = ml.model_versions(self.model).items[0].value
        self.version, self.job = version.version, version.properties.job_name
        self.endpoint = ml.endpoints().items[0].value.name
        self.day = datetime.now(UTC) - timedelta(days=1)

    def offers(self) -> list[VersionsOffered]:
        return self.devops.artifact_versions(self.project, self.definition)

    def made(self, *, is_draft: bool = False) -> int:
        """A new release, whose stages all wait."""
        stages = self.devops.definition(self.project, self.definition).value.environments or []
        return self.devops.create_release(
            self.project,
            definition_id=self.definition,
            artifacts=[ChosenVersion(one.alias, one.versions[-1].id) for one in self.offers()],
            description="To be changed",
            is_draft=is_draft,
            manual_stages=[stage.name for stage in stages],
        )

    def stage(self, release: int) -> tuple[int, int]:
        environments = self.devops.release(self.project, release).value.environments or []
        return release, environments[0].id

    def deployed(self) -> tuple[int, int]:
        place = self.stage(self.made())
        self.devops.deploy(self.project, *place, comment="Go")
        return place


def _task(devops: DevOps, project: str) -> tuple[int, int, int, int]:
    """Release, stage, phase and task of a step that began."""
    for item in devops.releases(project, top=5).items:
        for stage in devops.release(project, item.value.id).value.environments or ():
            for phase in (phase for attempt in stage.deploy_steps for phase in attempt.release_deploy_phases):
                for task in (task for job in phase.deployment_jobs for task in job.tasks if task.started_on):
                    return item.value.id, stage.id, phase.id, task.id
    raise AssertionError("no step began")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with living_company(tmp_path_factory.mktemp("company"), releases=20) as running:
        yield running


@pytest.fixture(scope="module")
def devops(company: Company) -> Iterator[DevOps]:
    sdk.forget_locations()
    access = Access(company.addresses["organization_url"], authentication("pat", VARIABLE), total_seconds=20)
    client = DevOps(access)
    yield client
    client.close()


@pytest.fixture(scope="module")
def ml(company: Company) -> MachineLearning:
    said = company.addresses
    return MachineLearning(
        MlAccess(
            subscription_id=said["subscription"],
            resource_group=said["resource_group"],
            workspace=said["workspace"],
            credential=token_credential(said["ml_url"]),
            resource_manager_url=said["ml_url"],
            ca_file=said["ca_file"],
        )
    )


@pytest.fixture(scope="module")
def known(company: Company, devops: DevOps, ml: MachineLearning) -> Known:
    return Known(company, devops, ml)


def calls_of(client: type) -> set[str]:
    """What its own module, or package, adds to what it builds on."""
    members = inspect.getmembers(client, inspect.isfunction)
    own = {name for name, member in members if member.__module__.startswith(client.__module__)}
    return {name for name in own if not name.startswith("_")}


def test_every_call_has_its_line():
    assert set(DEVOPS_CALLS) == calls_of(DevOps)
    assert set(ML_CALLS) == calls_of(MachineLearning) - {"sent_before", "guarded"}
    assert set(MONITOR_CALLS) == calls_of(Monitoring)


@pytest.mark.parametrize("call", DEVOPS_CALLS)
def test_the_sandbox_answers_as_azure_devops(call, devops, known):
    assert DEVOPS_CALLS[call](devops, known)


@pytest.mark.parametrize("call", ML_CALLS)
def test_the_sandbox_answers_as_azure_ml(call, ml, known):
    assert ML_CALLS[call](ml, known)


@pytest.mark.parametrize("call", MONITOR_CALLS)
def test_the_sandbox_answers_as_azure_monitor(call, ml, known):
    assert MONITOR_CALLS[call](Monitoring(ml.access), known)
