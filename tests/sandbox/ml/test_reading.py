"""What the real, unmodified MLClient reads over TLS from the sandbox's registry."""

from datetime import timedelta
from typing import Any

import pytest

from sandbox.company.people import PRIYA
from sandbox.company.registry import (
    Registry,
)
from sandbox.http.server import Server
from tests.sandbox.ml.registry import CLUSTER, ENDPOINT, MODEL, NOW

pytestmark = pytest.mark.filterwarnings("ignore")


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
