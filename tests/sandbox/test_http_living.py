"""The whole sandbox in this process: both servers over the living company, its faults and its restart."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from azure.devops.v7_1.release.models import ReleaseEnvironmentUpdateMetadata
from msrest.exceptions import ClientRequestError

from sandbox.process import Options, Sandbox

Connect = Callable[[str], Any]
PROJECT = "MLOps"
CLUSTER = "/subscriptions/s/resourceGroups/r/providers/Microsoft.ContainerService/managedClusters/harbour"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Options(releases=60, seed=5)) as running:
        yield running


def _told(sandbox: Sandbox, door: str) -> Any:
    return requests.get(f"{sandbox.devops.url}/_sandbox/{door}", timeout=10).json()


def _fault(sandbox: Sandbox, kind: str, route: str) -> None:
    answer = requests.post(
        f"{sandbox.devops.url}/_sandbox/faults", data=json.dumps({"kind": kind, "route": route}), timeout=5
    )
    assert answer.status_code == 201, answer.text


def _finished(client: Any) -> tuple[int, int, int]:
    """A release with a stage that can be deployed again: release, environment, attempts so far."""
    for row in client.get_releases(PROJECT, expand="environments", top=60):
        stage = row.environments[0]
        if row.status == "active" and stage.status in ("succeeded", "rejected"):
            return row.id, stage.id, _attempts(client, row.id)
    raise AssertionError("no stage has ended")


def _attempts(client: Any, release: int) -> int:
    return len(client.get_release(PROJECT, release).environments[0].deploy_steps)


def _redeploy(client: Any, release: int, environment: int) -> Any:
    wish = ReleaseEnvironmentUpdateMetadata(status="inProgress", comment="again")
    return client.update_release_environment(wish, PROJECT, release, environment)


def test_a_redeployment_whose_answer_is_lost_has_happened_once(sandbox: Sandbox, connect: Connect) -> None:
    client = connect(sandbox.devops.url)
    release, environment, before = _finished(client)
    _fault(sandbox, "apply_then_drop", "environments.update")
    with pytest.raises(ClientRequestError):
        _redeploy(client, release, environment)
    assert sum(_told(sandbox, "effects")["effects"].values()) == 1
    assert _told(sandbox, "requests")["routes"]["environments.update"] == 1
    deadline = time.monotonic() + 10
    while _attempts(client, release) == before:  # a stage is queued for a moment before its attempt begins
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert _attempts(client, release) == before + 1


def test_an_accepted_redeployment_may_have_no_effect(sandbox: Sandbox, connect: Connect) -> None:
    client = connect(sandbox.devops.url)
    release, environment, before = _finished(client)
    _fault(sandbox, "accepted_without_effect", "environments.update")
    assert _redeploy(client, release, environment).id == environment
    assert _told(sandbox, "effects")["effects"] == {}
    assert client.get_release(PROJECT, release).environments[0].status != "queued"
    assert _attempts(client, release) == before


def test_a_fault_of_a_route_that_does_not_exist_is_refused(sandbox: Sandbox) -> None:
    wish = {"route": "environment.update", "kind": "drop"}
    answer = requests.post(f"{sandbox.devops.url}/_sandbox/faults", json=wish, timeout=10)
    assert answer.status_code == 400
    assert "environments.update" in answer.text


def test_the_clockwork_lets_the_company_live(connect: Connect) -> None:
    with Sandbox(Options(releases=60, seed=5, speed=3600)) as fast:
        began = _told(fast, "books")["events"]
        deadline = time.monotonic() + 10
        while _told(fast, "books")["events"] == began:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_events_can_be_lived_through_at_once(sandbox: Sandbox) -> None:
    before = _told(sandbox, "books")["events"]
    answer = requests.post(f"{sandbox.devops.url}/_sandbox/advance", data='{"events": 40}', timeout=20)
    assert answer.json()["advanced"] == 40
    assert _told(sandbox, "books")["events"] >= before + 40


def _ml(sandbox: Sandbox, method: str, path: str, **body: Any) -> requests.Response:
    said = sandbox.announcement()
    url = said["ml_url"] + sandbox.host.registry.workspace.id + path
    return requests.request(
        method, url, json=body or None, headers={"Authorization": "Bearer x"}, verify=said["ca_file"], timeout=10
    )


def test_a_cluster_stays_attached_after_a_restart(tmp_path: Path) -> None:
    wish = {"computeType": "Kubernetes", "resourceId": CLUSTER, "properties": {"namespace": "ml"}}
    options = Options(releases=60, seed=5, state=tmp_path)
    with Sandbox(options) as first:
        made = _ml(first, "PUT", "/computes/k8s", location="westeurope", properties=wish)
        assert made.status_code == 201
        assert made.headers["Azure-AsyncOperation"].startswith(first.ml.url)
        history = _told(first, "books")["releases"][:30]
    with Sandbox(options) as again:
        assert _ml(again, "GET", "/computes/k8s").json()["properties"]["resourceId"] == CLUSTER
        assert _told(again, "books")["releases"][:30] == history


def test_azure_ml_wants_to_know_who_asks_and_which_workspace(sandbox: Sandbox) -> None:
    said = sandbox.announcement()
    url = said["ml_url"] + sandbox.host.registry.workspace.id
    anonymous = requests.get(url, verify=said["ca_file"], timeout=5)
    assert (anonymous.status_code, anonymous.json()["error"]["code"]) == (401, "AuthenticationFailed")
    other = requests.get(url + "-2", headers={"Authorization": "x"}, verify=said["ca_file"], timeout=5)
    assert (other.status_code, other.json()["error"]["code"]) == (404, "ResourceNotFound")
    nothing = requests.get(said["ml_url"] + "/providers/x", verify=said["ca_file"], timeout=5)
    assert (nothing.status_code, nothing.json()["error"]["code"]) == (404, "InvalidResourceType")


def test_somebody_acts_in_azures_own_pages_through_a_door(sandbox: Sandbox, connect: Connect) -> None:
    release, environment, before = _finished(connect(sandbox.devops.url))
    wish = {"verb": "deploy", "release": release, "environment": environment, "by": "Sofia Keller"}
    door = f"{sandbox.devops.url}/_sandbox/act"
    assert requests.post(door, json=wish, timeout=10).json() == {**wish, "verb": "deploy"}
    time.sleep(1)
    assert _attempts(connect(sandbox.devops.url), release) == before + 1
    assert _told(sandbox, "effects")["effects"] == {}, "it was not us"
    refused = requests.post(door, json={**wish, "verb": "abandon", "by": "nobody"}, timeout=10)
    assert (refused.status_code, refused.json()["typeKey"]) == (400, "SandboxAct")
