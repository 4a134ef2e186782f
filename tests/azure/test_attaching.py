"""A cluster is attached through the real client: one request, whatever goes wrong, and nothing waited for."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from releases.azure.credentials import token_credential
from releases.azure.ml import MachineLearning, MlAccess
from releases.errors import (
    AzureNoAnswer,
    AzureRefused,
    AzureThrottled,
    AzureUnreachable,
    NotThere,
    PermissionMissing,
)
from sandbox.process import Options, Sandbox

CLUSTER = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/k"
ROUTE = "ml.computes.attach"


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox(Options(releases=20)) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Iterator[Sandbox]:
    running.counters.clear()
    yield running
    running.faults.clear()


@pytest.fixture(scope="module")
def ml(running: Sandbox) -> MachineLearning:
    said = running.announcement()
    access = MlAccess(
        subscription_id=said["subscription"],
        resource_group=said["resource_group"],
        workspace=said["workspace"],
        credential=token_credential(said["ml_url"]),
        resource_manager_url=said["ml_url"],
        ca_file=said["ca_file"],
        read_seconds=10,
    )
    return MachineLearning(access)


def test_a_cluster_is_attached_without_waiting_for_it(sandbox: Sandbox, ml: MachineLearning) -> None:
    with pytest.raises(NotThere):
        ml.compute("first")
    taken = ml.attach_cluster("first", resource_id=CLUSTER, namespace="ml").value
    assert (taken.name, taken.properties.resource_id) == ("first", CLUSTER)
    assert not [thread.name for thread in threading.enumerate() if "LROPoller" in thread.name]
    assert "ml.operations.get" not in sandbox.counters.requests()["routes"]


@pytest.mark.parametrize(
    ("kind", "args", "error", "happened"),
    [
        ("error", {"status": 400}, AzureRefused, False),
        ("forbidden", {}, PermissionMissing, False),
        ("not_found", {}, NotThere, False),
        ("error", {"status": 409}, AzureRefused, False),
        ("throttle", {}, AzureThrottled, False),
        ("error", {"status": 500}, AzureNoAnswer, False),
        ("unavailable", {"retry_after": 1}, AzureNoAnswer, False),
        ("drop", {}, AzureNoAnswer, False),
        ("apply_then_drop", {}, AzureNoAnswer, True),
        ("truncated", {}, AzureNoAnswer, True),
    ],
)
def test_it_is_asked_for_once_and_its_error_says_what_is_known(
    sandbox: Sandbox, ml: MachineLearning, kind: str, args: dict[str, Any], error: type[Exception], happened: bool
) -> None:
    sandbox.faults.add({"route": ROUTE, "kind": kind, "times": 0, "args": args})
    with pytest.raises(error) as raised:
        ml.attach_cluster(f"c-{kind}", resource_id=CLUSTER, namespace="ml")
    assert type(raised.value) is error
    assert sandbox.counters.requests()["routes"].get(ROUTE) == 1
    assert sandbox.counters.effects()["effects"] == ({"attach_compute": 1} if happened else {})


def test_without_knowing_the_workspace_nothing_is_sent(sandbox: Sandbox, ml: MachineLearning) -> None:
    sandbox.faults.add({"route": "ml.workspace.get", "kind": "drop", "times": 0})
    with pytest.raises(AzureUnreachable):
        ml.attach_cluster("never", resource_id=CLUSTER, namespace="ml")
    assert ROUTE not in sandbox.counters.requests()["routes"]
