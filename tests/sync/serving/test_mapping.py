"""Every odd shape of an endpoint, a deployment or a compute that Azure ML is known to send, and what becomes of it."""

import json
from pathlib import Path
from typing import Any

import pytest

from releases.azure.answers import ComputeAnswer, EndpointAnswer, EndpointDeploymentAnswer
from releases.azure.answers.pages import read_one, read_page
from releases.sync.serving.looking import look_of
from releases.sync.serving.mapping import (
    cluster_values,
    cores,
    deployment_values,
    endpoint_values,
    gigabytes,
    milliseconds,
    model_of,
)

SAMPLES = Path(__file__).parents[4] / "shared" / "samples" / "azure-ml"


def deployment(**properties: Any) -> EndpointDeploymentAnswer:
    told = {"id": "/x/onlineEndpoints/e/deployments/blue", "name": "blue", "properties": properties}
    return read_one(json.dumps(told).encode(), EndpointDeploymentAnswer, noun="deployment").value


def endpoint(**told: Any) -> EndpointAnswer:
    body = {"id": "/x/onlineEndpoints/e", "name": "e", "properties": {}, **told}
    return read_one(json.dumps(body).encode(), EndpointAnswer, noun="endpoint").value


@pytest.mark.parametrize(
    ("model", "name", "version"),
    [
        ("/subscriptions/s/resourceGroups/g/providers/M/workspaces/w/models/eta-gbm/versions/12", "eta-gbm", "12"),
        ("azureml://registries/shared/models/eta-gbm/versions/12", "eta-gbm", "12"),
        ("azureml:eta-gbm:12", "eta-gbm", "12"),
        ("eta-gbm:beta", "eta-gbm", "beta"),
        ({"assetId": "azureml://registries/shared/models/eta-gbm/versions/12"}, "eta-gbm", "12"),
        ("azureml:eta-gbm@latest", "", ""),
        ("string", "", ""),
        ("https://store/x/model.pkl", "", ""),
        (None, "", ""),
        (7, "", ""),
        ({"path": None}, "", ""),
    ],
)
def test_a_model_is_named_in_many_ways(model: Any, name: str, version: str) -> None:
    assert model_of(model) == (name, version)
    values = deployment_values(deployment(model=model))
    assert (values["model_name"], values["model_number"]) == (name, version)


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        ("PT1M", 60_000),
        ("PT0.5S", 500),
        ("PT1H1M1S", 3_661_000),
        ("P1DT1S", 86_401_000),
        ("PT0S", 0),
        ("PT", None),
        ("", None),
        ("5 s", None),
        (None, None),
        (5, None),
        ("PT1.2.3S", None),
        ("P999999999999D", None),
    ],
)
def test_durations_become_milliseconds(duration: Any, expected: int | None) -> None:
    assert milliseconds(duration) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", 1.0),
        ("500m", 0.5),
        ('"1"', 1.0),
        (2, 2.0),
        (0.25, 0.25),
        ("", None),
        ("many", None),
        (None, None),
        (True, None),
    ],
)
def test_processors_are_counted_as_kubernetes_does(text: Any, expected: float | None) -> None:
    assert cores(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2Gi", 2.0), ("512Mi", 0.5), ('"2Gi"', 2.0), ("2G", 1.8626), ("1073741824", 1.0), ("1Ti", 1024.0), ("", None),
     ("lots", None), (None, None), ("1.2.3Gi", None)],
)  # fmt: skip
def test_memory_becomes_gigabytes(text: Any, expected: float | None) -> None:
    assert gigabytes(text) == expected


def test_a_deployment_that_says_nothing_of_itself_has_no_settings() -> None:
    nothing = deployment(scaleSettings=None, requestSettings=None, containerResourceRequirements=None)
    values = deployment_values(nothing)
    assert (values["settings"], values["instance_count"], values["created_on"]) == ({}, None, None)


def test_numbers_out_of_all_bounds_are_left_out() -> None:
    odd = deployment(scaleSettings={"minInstances": -1, "maxInstances": 2**40, "targetUtilizationPercentage": "70"})
    assert deployment_values(odd)["settings"] == {}


def test_traffic_shows_its_zeroes_and_stays_between_0_and_100() -> None:
    told = endpoint(properties={"traffic": {"blue": 99.6, "green": -3, "red": 400}}, kind="K8S")
    values = endpoint_values(told, deployments=["blue", "white"])
    assert values["traffic"] == {"blue": 100, "white": 0, "green": 0, "red": 100}
    assert (values["kind"], values["mirror_traffic"]) == ("Kubernetes", {})


@pytest.mark.parametrize("compute", ["azureml:k8s", "k8s", "/x/workspaces/w/computes/k8s", "/x/computes/k8s/"])
def test_a_compute_is_found_by_its_name(compute: str) -> None:
    assert endpoint_values(endpoint(properties={"compute": compute}), deployments=[])["compute_name"] == "k8s"


def test_traffic_to_a_deployment_that_is_not_listed_is_unreadable_not_idle() -> None:
    look = look_of(endpoint(properties={"traffic": {"ghost": 100}}), [])
    assert (look.state, look.sentence) == ("unreadable", "e sends traffic to ghost, which Azure ML does not list.")


def test_a_deployment_that_is_being_updated_still_serves() -> None:
    told = endpoint(properties={"traffic": {"blue": 100}})
    assert look_of(told, [deployment(provisioningState="Updating", model="a:1")]).state == "serving"


@pytest.mark.parametrize("kind", ["AKS", "Kubernetes", "AmlCompute", "ComputeInstance", "Quantum", None])
def test_a_compute_of_any_type_is_read(kind: str | None) -> None:
    body = {"id": "/x/computes/c", "name": "c", "properties": {"computeType": kind, "properties": None}}
    values = cluster_values(read_one(json.dumps(body).encode(), ComputeAnswer, noun="cluster").value)
    assert (values["kind"], values["nodes"], values["is_attached"]) == (kind or "unknown", None, None)


SAMPLED: dict[str, Any] = {
    "rec_online_deployments_list.json": EndpointDeploymentAnswer,
    "doc_online_deployment_get_kubernetes.json": EndpointDeploymentAnswer,
    "rec_online_endpoint_get_no_traffic.json": EndpointAnswer,
    "doc_compute_list_legacy_aks.json": ComputeAnswer,
    "doc_compute_get_kubernetes.json": ComputeAnswer,
}
VALUES: dict[Any, Any] = {
    EndpointAnswer: lambda one: endpoint_values(one, deployments=[]),
    EndpointDeploymentAnswer: deployment_values,
    ComputeAnswer: cluster_values,
}


@pytest.mark.parametrize("name", SAMPLED)
def test_answers_of_the_real_service_are_read(name: str) -> None:
    if not (SAMPLES / name).exists():
        pytest.skip("the shared samples are not here")
    body = json.loads((SAMPLES / name).read_text())["body"]
    whole = body if "value" in body else {"value": [body]}
    page = read_page(json.dumps(whole).encode(), SAMPLED[name], noun="thing")
    assert page.items
    assert not page.malformed
    for item in page.items:
        values = VALUES[SAMPLED[name]](item.value)
        assert values["provisioning_state"]
        assert values["created_on"] is not None
