"""A registry of our own behind the sandbox's wire, and the real MLClient that talks to it."""

import threading
import time
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from azure.core.credentials import AccessToken

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
from sandbox.http.server import Server

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the package warns of itself when it is imported
    from azure.ai.ml import MLClient


MODEL, ENDPOINT = "support-vector-classifier", "prod-webservice"


NOW = datetime(2026, 11, 20, 12, 0, 0, 123000, tzinfo=UTC)


CLUSTER = "/subscriptions/s/resourceGroups/r/providers/Microsoft.ContainerService/managedClusters/harbour"


class Holder:
    """A registry of our own, changed by the company's own acts."""

    def __init__(self, registry: Registry) -> None:
        world = World(1, Clock(NOW), registry=registry)
        self.registry, self.lock = registry, threading.RLock()
        self._world, self._outside = world, Outside(world, world.shelf)
        self._began = time.monotonic()

    def see(self) -> None:
        self._world.clock.run_until(NOW + timedelta(seconds=time.monotonic() - self._began))

    def act(self, name: str, /, **arguments: Any) -> Any:
        return self._outside.act(name, **arguments)


class Token:
    def get_token(self, *_: str, **__: object) -> AccessToken:
        return AccessToken("x", int(time.time()) + 3600)


def made_registry() -> Registry:
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


def client_of(server: Server, ca_file: Path) -> Any:
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
