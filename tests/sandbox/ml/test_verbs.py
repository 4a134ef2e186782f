"""What the real, unmodified MLClient changes in the sandbox's registry."""

import warnings
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError

from sandbox.company.registry import (
    Registry,
)
from sandbox.http.server import Server

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the package warns of itself when it is imported
    from azure.ai.ml.entities import KubernetesCompute, KubernetesOnlineDeployment, TargetUtilizationScaleSettings
from tests.sandbox.ml.registry import CLUSTER, ENDPOINT, MODEL

pytestmark = pytest.mark.filterwarnings("ignore")


def test_a_cluster_is_attached_and_polled_for(client: Any, registry: Registry, server: Server) -> None:
    asked = KubernetesCompute(name="k8s", resource_id=CLUSTER, namespace="ml")
    poller = client.compute.begin_create_or_update(asked)
    assert client.compute.get("k8s").provisioning_state == "Creating"
    made = poller.result(timeout=30)
    assert made.provisioning_state == "Succeeded"
    assert (made.type, made.namespace, made.resource_id) == ("kubernetes", "ml", CLUSTER)
    assert registry.computes["k8s"].namespace == "ml"
    told = server.application.counters.requests()["routes"]
    assert told["ml.computes.attach"] == 1
    assert told["ml.operations.get"] >= 1
    assert server.application.counters.effects()["effects"] == {"attach_compute": 1}


def test_a_cluster_may_come_to_nothing_and_can_be_attached_again(
    client: Any, registry: Registry, server: Server
) -> None:
    server.application.faults.add({"route": "ml.computes.attach", "kind": "ends_badly"})
    cluster = KubernetesCompute(name="bad", resource_id=CLUSTER)
    poller = client.compute.begin_create_or_update(cluster)
    with pytest.raises(HttpResponseError, match="extension does not answer"):
        poller.result(timeout=30)
    told = client.compute.get("bad")
    assert (told.provisioning_state, told.provisioning_errors) == ("Failed", "KubernetesClusterUnreachable")
    client.compute.begin_create_or_update(cluster)
    assert client.compute.get("bad").provisioning_state == "Updating"


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
