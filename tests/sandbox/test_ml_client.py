"""The real, unmodified MLClient over TLS against the sandbox's registry."""

import threading
import time
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError

from sandbox import ml
from sandbox.company.clock import Clock
from sandbox.company.outside import Outside
from sandbox.company.people import AZURE_ML, PRIYA
from sandbox.company.registry import (
    Compute,
    DataInput,
    Endpoint,
    EndpointDeployment,
    Model,
    ModelVersion,
    Registry,
    TrainingJob,
)
from sandbox.company.world import World
from sandbox.http import certificate
from sandbox.http.application import Application
from sandbox.http.routing import Router
from sandbox.http.server import Server
from sandbox.ml import arm

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the package warns of itself when it is imported
    from azure.ai.ml import MLClient
    from azure.ai.ml.entities import KubernetesCompute, KubernetesOnlineDeployment, TargetUtilizationScaleSettings
    from azure.ai.ml.exceptions import ValidationException

pytestmark = pytest.mark.filterwarnings("ignore")
MODEL, ENDPOINT = "support-vector-classifier", "prod-webservice"
NOW = datetime(2026, 11, 20, 12, 0, 0, 123000, tzinfo=UTC)
CLUSTER = "/subscriptions/s/resourceGroups/r/providers/Microsoft.ContainerService/managedClusters/harbour"


class Holder:
    """A registry of our own, changed by the company's own acts."""

    def __init__(self, registry: Registry) -> None:
        world = World(1, Clock(NOW), registry=registry)
        self.registry, self.lock = registry, threading.RLock()
        self._acts = Outside(world, world.shelf).acts

    def see(self) -> None:
        pass

    def act(self, name: str, /, **arguments: Any) -> Any:
        return self._acts[name](**arguments)


class Token:
    def get_token(self, *_: str, **__: object) -> AccessToken:
        return AccessToken("x", int(time.time()) + 3600)


def _registry() -> Registry:
    registry = Registry()
    registry.models[MODEL] = Model(MODEL, "Classifies weather", versions=[_version(n) for n in range(1, 66)])
    registry.models[MODEL].versions[2].archived = True
    registry.models["scaler"] = Model("scaler", "", versions=[ModelVersion("scaler", "1", NOW, AZURE_ML, None)])
    registry.models["empty"] = Model("empty", "")
    for number in range(1, 36):
        registry.jobs[f"job-{number}"] = _job(number)
    endpoint = Endpoint(ENDPOINT, "Kubernetes", "aks-k8s", NOW, PRIYA, NOW, traffic={"blue": 90, "green": 10})
    for name in ("blue", "green", "old"):
        endpoint.deployments[name] = EndpointDeployment(
            name, MODEL, "7", NOW, PRIYA, NOW, min_replicas=1, max_replicas=3
        )
    managed = Endpoint("dev", "Managed", None, NOW, PRIYA, NOW)
    managed.deployments["only"] = EndpointDeployment("only", MODEL, "8", NOW, PRIYA, NOW, instance_count=2)
    registry.endpoints |= {ENDPOINT: endpoint, "dev": managed}
    registry.computes["legacy"] = Compute("legacy", "AKS", NOW, NOW, resource_id=CLUSTER, agent_count=3)
    registry.computes["cpu"] = Compute("cpu", "AmlCompute", NOW, NOW, vm_size="Standard_DS2_v2", max_nodes=4)
    return registry


def _version(number: int) -> ModelVersion:
    job = f"job-{number}" if number % 2 else None
    return ModelVersion(MODEL, str(number), NOW + timedelta(days=number), PRIYA, job, tags={"accuracy": "0.93"})


def _job(number: int) -> TrainingJob:
    data = {
        "training": DataInput("weather", "3", "azureml:weather:3"),
        "raw": DataInput("raw", None, "azureml://datastores/w/paths/r/"),
    }
    return TrainingJob(
        f"job-{number}", f"train {number}", "port", "Completed", NOW + timedelta(minutes=number), PRIYA, "cpu",
        "python train.py", "e04d5aa" * 5, "main", "https://git.example/Learn_MLOps", data, dirty=True,
        started_on=NOW, finished_on=NOW + timedelta(hours=1), metrics={"accuracy": 0.93},
    )  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = certificate.in_directory(tmp_path_factory.mktemp("certificate"))
    started = Server(Application(Router([])), tls=made.context())
    started.application.refusal, started.application.unknown_path = arm.envelope, arm.unknown_path
    started.start()
    yield started
    started.stop()


@pytest.fixture
def registry(server: Server) -> Registry:
    """A fresh registry behind the one server: MLClient can be pointed only once per process and cloud name."""
    registry = _registry()
    server.application.router = Router(ml.routes(Holder(registry)))
    server.application.faults.clear()
    server.application.counters.clear()
    return registry


@pytest.fixture(scope="module")
def ca_file(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return next(tmp_path_factory.getbasetemp().glob("certificate*/sandbox-ca.pem"))


@pytest.fixture(scope="module")
def everywhere(server: Server, ca_file: Path) -> Any:
    return _client(server, ca_file)


def _client(server: Server, ca_file: Path) -> Any:
    workspace, url = Registry().workspace, server.url
    cloud = {
        "azure_portal": "https://portal.azure.com/",
        "resource_manager": url,
        "active_directory": "https://login.microsoftonline.com/",
        "aml_resource_id": "https://ml.azure.com/",
        "storage_endpoint": "core.windows.net",
        "registry_discovery_endpoint": f"{url}/",
    }
    return MLClient(
        Token(), workspace.subscription, workspace.resource_group, workspace.name,
        cloud=f"sandbox-{server.port}", cloud_metadata=cloud, connection_verify=str(ca_file),
        enable_telemetry=False, retry_total=0,
    )  # fmt: skip


@pytest.fixture
def client(everywhere: Any, registry: Registry) -> Any:
    return everywhere


def test_containers_know_their_latest_number_and_no_version(client: Any) -> None:
    assert [(one.name, one.latest_version, one.version) for one in client.models.list()] == [
        (MODEL, "65", None),
        ("scaler", "1", None),
    ]


def test_versions_come_in_pages_without_the_archived_one(client: Any, server: Server) -> None:
    versions = [one.version for one in client.models.list(MODEL)]
    assert versions == [str(n) for n in range(65, 0, -1) if n != 3]
    assert server.application.counters.requests()["routes"] == {"ml.versions.list": 3}
    assert len(list(client.models.list(MODEL, list_view_type="All"))) == 65
    assert [one.version for one in client.models.list(MODEL, list_view_type="ArchivedOnly")] == ["3"]


def test_a_version_leads_to_its_job_and_the_job_to_commit_and_data(client: Any) -> None:
    version = client.models.get(MODEL, "7")
    assert (version.name, version.version, version.job_name) == (MODEL, "7", "job-7")
    assert version.tags == {"accuracy": "0.93"}
    assert version.creation_context.created_at == NOW + timedelta(days=7)
    assert client.models.get(MODEL, "8").job_name is None
    job = client.jobs.get("job-7")
    assert getattr(job.status, "value", job.status) == "Completed"
    assert job.properties["mlflow.source.git.commit"] == "e04d5aa" * 5
    assert job.properties["azureml.git.dirty"] == "True"
    assert job.properties["metric.accuracy"] == "0.93"
    assert job.inputs["training"].path.endswith("weather:3")
    assert job.inputs["raw"].path == "azureml://datastores/w/paths/r/"
    assert job.creation_context.created_by == PRIYA.display_name


def test_latest_is_the_newest_made_not_the_highest(client: Any, registry: Registry) -> None:
    registry.models[MODEL].version("9").created_on = NOW + timedelta(days=500)
    assert client.models.get(MODEL, label="latest").version == "9"


def test_jobs_are_listed_newest_first_over_pages(client: Any) -> None:
    assert [one.name for one in client.jobs.list()] == [f"job-{n}" for n in range(35, 0, -1)]


def test_endpoints_and_their_deployments(client: Any) -> None:
    kinds = {one.name: type(one).__name__ for one in client.online_endpoints.list()}
    assert kinds == {ENDPOINT: "KubernetesOnlineEndpoint", "dev": "ManagedOnlineEndpoint"}
    endpoint = client.online_endpoints.get(ENDPOINT)
    assert endpoint.traffic == {"blue": 90, "green": 10, "old": 0}
    assert endpoint.compute.endswith("/computes/aks-k8s")
    blue = next(one for one in client.online_deployments.list(ENDPOINT) if one.name == "blue")
    assert type(blue).__name__ == "KubernetesOnlineDeployment"
    assert blue.model.endswith(f"/models/{MODEL}/versions/7")
    assert (blue.scale_settings.min_instances, blue.scale_settings.max_instances) == (1, 3)
    assert client.online_deployments.get("only", "dev").instance_count == 2


def test_logs_are_cut_to_the_lines_asked_for(client: Any) -> None:
    lines = client.online_deployments.get_logs("blue", ENDPOINT, lines=5).splitlines()
    assert len(lines) == 5
    assert any("POST /score" in line or "GET /" in line for line in lines)


def test_legacy_aks_is_seen_as_unsupported(client: Any) -> None:
    found = {one.name: one.type for one in client.compute.list()}
    assert found == {"legacy": "*** unsupported compute type ***", "cpu": "amlcompute"}
    legacy = client.compute.get("legacy")
    assert (type(legacy).__name__, legacy.resource_id) == ("UnsupportedCompute", CLUSTER)


def test_a_cluster_is_attached_and_polled_for(client: Any, registry: Registry, server: Server) -> None:
    asked = KubernetesCompute(name="k8s", resource_id=CLUSTER, namespace="ml")
    made = client.compute.begin_create_or_update(asked).result(timeout=30)
    assert (made.type, made.namespace, made.resource_id) == ("kubernetes", "ml", CLUSTER)
    assert registry.computes["k8s"].namespace == "ml"
    told = server.application.counters.requests()["routes"]
    assert told["ml.computes.attach"] == 1
    assert told["ml.operations.get"] >= 1
    assert server.application.counters.effects()["effects"] == {"attach_compute": 1}


def test_the_name_of_a_legacy_cluster_cannot_be_taken(client: Any, registry: Registry) -> None:
    with pytest.raises(HttpResponseError) as caught:
        client.compute.begin_create_or_update(KubernetesCompute(name="legacy", resource_id=CLUSTER)).result(timeout=30)
    assert caught.value.status_code == 409
    assert registry.computes["legacy"].kind == "AKS"


def test_traffic_is_replaced_as_a_whole_and_the_last_writer_wins(client: Any, registry: Registry) -> None:
    mine, theirs = client.online_endpoints.get(ENDPOINT), client.online_endpoints.get(ENDPOINT)
    theirs.traffic = {"old": 100}
    mine.traffic = {"blue": 0, "green": 100}
    for one in (theirs, mine):
        client.online_endpoints.begin_create_or_update(one).result(timeout=30)
    assert client.online_endpoints.get(ENDPOINT).traffic == {"blue": 0, "green": 100, "old": 0}
    assert registry.endpoints[ENDPOINT].serves() == {"7": 100}


@pytest.mark.parametrize("traffic", [{"blue": 60, "green": 60}, {"absent": 100}])
def test_impossible_traffic_is_refused(client: Any, registry: Registry, traffic: dict[str, int]) -> None:
    endpoint = client.online_endpoints.get(ENDPOINT)
    endpoint.traffic = traffic
    with pytest.raises(Exception, match=r"[Tt]raffic"):
        client.online_endpoints.begin_create_or_update(endpoint).result(timeout=30)
    assert registry.endpoints[ENDPOINT].traffic == {"blue": 90, "green": 10}


def test_a_deployment_is_made_and_gets_no_traffic_yet(client: Any, registry: Registry, server: Server) -> None:
    model = f"{registry.workspace.id}/models/{MODEL}/versions/12"
    asked = KubernetesOnlineDeployment(
        name="next",
        endpoint_name=ENDPOINT,
        model=model,
        environment=f"{registry.workspace.id}/environments/sklearn/versions/1",
        instance_count=2,
        scale_settings=TargetUtilizationScaleSettings(
            min_instances=2, max_instances=5, target_utilization_percentage=60
        ),
    )
    client.online_deployments.begin_create_or_update(asked).result(timeout=30)
    made = client.online_deployments.get("next", ENDPOINT)
    assert (made.model, made.instance_count, made.scale_settings.max_instances) == (model, 2, 5)
    assert client.online_endpoints.get(ENDPOINT).traffic["next"] == 0
    assert server.application.counters.effects()["effects"] == {"put_deployment": 1}


def test_a_deployment_of_an_unknown_model_is_refused(client: Any, registry: Registry) -> None:
    absent = f"{registry.workspace.id}/models/{MODEL}/versions/999"
    environment = f"{registry.workspace.id}/environments/sklearn/versions/1"
    asked = KubernetesOnlineDeployment(name="next", endpoint_name=ENDPOINT, model=absent, environment=environment)
    with pytest.raises(HttpResponseError, match="not registered"):
        client.online_deployments.begin_create_or_update(asked).result(timeout=30)
    assert "next" not in registry.endpoints[ENDPOINT].deployments


def test_the_workspace_is_known_and_another_is_not(client: Any, server: Server, ca_file: Path) -> None:
    assert client.workspaces.get(Registry().workspace.name).location == "westeurope"
    with pytest.raises(ResourceNotFoundError):
        client.workspaces.get("elsewhere")


def test_what_is_not_there_is_404_with_the_code_user_error(client: Any) -> None:
    for ask in (
        lambda: client.models.get(MODEL, "999"),
        lambda: list(client.models.list("empty")),
        lambda: client.jobs.get("job-999"),
        lambda: client.compute.get("absent"),
        lambda: client.online_endpoints.get("absent"),
    ):
        with pytest.raises(ResourceNotFoundError) as caught:
            ask()
        assert caught.value.error is not None
        assert caught.value.error.code == "UserError"


def test_latest_of_archived_versions_only_is_not_found(client: Any, registry: Registry) -> None:
    registry.models["scaler"].versions[0].archived = True
    with pytest.raises(ValidationException):
        client.models.get("scaler", label="latest")


@pytest.mark.parametrize(
    ("kind", "status", "raised"),
    [
        ("unauthorized", 401, ClientAuthenticationError),
        ("forbidden", 403, HttpResponseError),
        ("unavailable", 503, HttpResponseError),
    ],
)
def test_faults_speak_arm(client: Any, server: Server, kind: str, status: int, raised: type[HttpResponseError]) -> None:
    server.application.faults.add({"kind": kind, "route": "ml.computes.get"})
    with pytest.raises(raised) as caught:
        client.compute.get("cpu")
    assert type(caught.value) is raised
    assert caught.value.status_code == status
    assert client.compute.get("cpu").name == "cpu"


def test_a_next_link_may_run_in_a_circle(client: Any, server: Server) -> None:
    server.application.faults.add({"kind": "token_loop", "route": "ml.jobs.list", "times": 0})
    seen = [one.name for one, _ in zip(client.jobs.list(), range(65), strict=False)]
    assert seen[:30] == seen[30:60]
