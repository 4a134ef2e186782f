"""Endpoints that answer badly, late or not at all: each gets its own state, and hides no other."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from releases.models import Cluster, Endpoint, EndpointCheck, EndpointDeployment, SetAside, Watermark, Workspace
from releases.sync.registry import sync_workspace as sync_registry
from releases.sync.serving import sync_workspace
from tests.sync.registry_server import RegistryServer
from tests.sync.serving.looking_at import REAL_CLIENT, compute, endpoint, looked, now_at, seen

pytestmark = [*REAL_CLIENT, pytest.mark.on_sqlite]


def two(there: RegistryServer) -> None:
    compute(there, "prod-aks")
    endpoint(there, "eta-prod", {"blue": 100}, blue="11")
    endpoint(there, "tide-prod", {"blue": 100}, blue="5")


@pytest.mark.parametrize(
    ("kind", "args"),
    [("forbidden", {}), ("unavailable", {}), ("truncated", {}), ("error", {"status": 409}), ("drop", {})],
)
def test_an_unreadable_endpoint_says_so_and_hides_no_other(
    there: RegistryServer, workspace: Workspace, kind: str, args: dict[str, Any]
) -> None:
    two(there)
    looked(workspace)
    there.fault("ml.deployments.list", kind, when={"endpoint": "eta-prod"}, **args)
    looked(workspace)
    check = now_at("eta-prod")
    assert (check.state, check.served) == ("unreadable", [])
    assert check.sentence.startswith("What stands behind eta-prod cannot be read. ")
    assert seen("tide-prod") == [("serving", [("5", 100)])]
    assert not EndpointDeployment.objects.filter(gone_at__isnull=False).exists()
    assert not Endpoint.objects.filter(gone_at__isnull=False).exists()
    looked(workspace)
    assert [state for state, _ in seen("eta-prod")] == ["serving", "unreadable", "serving"]


def test_an_endpoint_whose_row_is_odd_keeps_what_is_known_and_is_unreadable(
    there: RegistryServer, workspace: Workspace
) -> None:
    two(there)
    looked(workspace)
    there.fault("ml.endpoints.list", "malformed", set={"properties": "oops"})
    run = looked(workspace)
    assert (run.set_aside, now_at("eta-prod").state, now_at("tide-prod").state) == (1, "unreadable", "serving")
    assert SetAside.objects.get().key == "endpoint:eta-prod"
    assert not Endpoint.objects.filter(gone_at__isnull=False).exists()
    looked(workspace)
    assert SetAside.objects.get().resolved_at is not None
    assert now_at("eta-prod").state == "serving"


def test_an_odd_endpoint_that_was_never_read_is_there_all_the_same(there: RegistryServer, workspace: Workspace) -> None:
    two(there)
    there.fault("ml.endpoints.list", "malformed", set={"properties": 7})
    looked(workspace)
    assert now_at("eta-prod").sentence == "Azure ML describes eta-prod in a way Slipway cannot read."


def test_one_odd_deployment_is_set_aside_and_only_matters_where_it_has_traffic(
    there: RegistryServer, workspace: Workspace
) -> None:
    endpoint(there, "eta-prod", {"blue": 0, "green": 100}, blue="11", green="12")
    endpoint(there, "tide-prod", {"blue": 100, "green": 0}, blue="4", green="5")
    there.fault("ml.deployments.list", "malformed", times=2, set={"properties": []})
    run = looked(workspace)
    assert run.set_aside == 2
    assert seen("eta-prod") == [("serving", [("12", 100)])]
    check = now_at("tide-prod")
    assert (check.state, check.sentence) == (
        "unreadable",
        "tide-prod sends traffic to blue, which is described in a way Slipway cannot read.",
    )
    assert set(SetAside.objects.values_list("key", flat=True)) == {
        "endpoint-deployment:eta-prod/blue",
        "endpoint-deployment:tide-prod/blue",
    }


@pytest.mark.parametrize(
    "odd",
    [
        {"endpointComputeType": "Quantum"},
        {"scaleSettings": None},
        {"requestSettings": None, "containerResourceRequirements": None},
        {"model": None},
        {"model": {"assetId": "/x/models/eta-gbm/versions/11"}},
    ],
)
def test_what_the_clients_own_objects_refuse_is_read_all_the_same(
    there: RegistryServer, workspace: Workspace, odd: dict[str, Any]
) -> None:
    two(there)
    there.fault("ml.deployments.list", "malformed", when={"endpoint": "eta-prod"}, set={"properties": odd})
    assert looked(workspace).set_aside == 0
    assert now_at("eta-prod").state == "serving"


def test_null_sku_and_null_traffic_are_read(there: RegistryServer, workspace: Workspace) -> None:
    two(there)
    there.fault("ml.deployments.list", "malformed", when={"endpoint": "eta-prod"}, set={"sku": None})
    there.fault("ml.endpoints.list", "malformed", set={"properties": {"traffic": None}})
    assert looked(workspace).set_aside == 0
    assert EndpointDeployment.objects.get(endpoint__name="eta-prod").instance_count is None
    assert now_at("eta-prod").state == "idle"


def test_computes_that_cannot_be_read_hide_no_endpoint(there: RegistryServer, workspace: Workspace) -> None:
    two(there)
    there.fault("ml.computes.list", "forbidden", times=0)
    run = sync_workspace(workspace)
    assert (run.state, run.code) == ("paused", "permission_missing")
    assert Watermark.objects.get(workspace=workspace, feed="serving").checked_at is not None
    assert EndpointCheck.objects.filter(state="serving").count() == 2
    there.heal()
    looked(workspace)
    assert Cluster.objects.get().name == "prod-aks"


def test_one_odd_compute_is_set_aside(there: RegistryServer, workspace: Workspace) -> None:
    compute(there, "old-aks", "AKS")
    compute(there, "prod-aks")
    looked(workspace)
    there.fault("ml.computes.list", "malformed", set={"properties": "oops"})
    assert looked(workspace).set_aside == 1
    assert Cluster.objects.filter(gone_at=None).count() == 2


@pytest.mark.parametrize(
    ("kind", "state", "code"),
    [
        ("unauthorized", "paused", "auth_failed"),
        ("forbidden", "paused", "permission_missing"),
        ("not_found", "paused", "not_found"),
        ("throttle", "failed", "throttled"),
        ("unavailable", "failed", "no_answer"),
        ("truncated", "failed", "unreadable"),
    ],
)
def test_a_workspace_that_answers_badly_marks_nothing_gone(
    there: RegistryServer, workspace: Workspace, kind: str, state: str, code: str
) -> None:
    two(there)
    looked(workspace)
    there.fault("ml.endpoints.list", kind, times=0)
    now = timezone.now()
    run = sync_workspace(workspace, now=now)
    assert (run.state, run.code) == (state, code)
    assert run.sentence.endswith((".", '"'))
    assert seen("eta-prod") == [("serving", [("11", 100)])]
    assert not Endpoint.objects.filter(gone_at__isnull=False).exists()
    before = there.asked()
    assert sync_workspace(workspace, now=now).pk == run.pk, "Azure is left alone for a while"
    assert there.asked() == before
    there.heal()
    looked(workspace)


def test_the_registry_goes_on_while_endpoints_are_refused(there: RegistryServer, workspace: Workspace) -> None:
    there.version(1)
    there.fault("ml.endpoints.list", "forbidden", times=0)
    assert sync_workspace(workspace).state == "paused"
    assert sync_registry(workspace).state == "succeeded"
    workspace.refresh_from_db()
    assert workspace.state_sentence == ""


def test_two_workers_do_not_look_at_the_same_workspace(there: RegistryServer, workspace: Workspace) -> None:
    run = looked(workspace)
    Watermark.objects.update(leased_by="another:1:1:x", leased_until=timezone.now() + timedelta(minutes=2))
    before = there.asked()
    assert sync_workspace(workspace, insist=True).pk == run.pk
    assert there.asked() == before


def test_secrets_do_not_reach_the_database(there: RegistryServer, workspace: Workspace) -> None:
    made = endpoint(there, "eta-prod", {"blue": 100}, blue="11")
    made.tags, made.deployments["blue"].tags = {"api_key": "hunter2"}, {"password": "hunter3", "note": "a\x00b"}
    looked(workspace)
    told = str([*Endpoint.objects.values_list("tags"), *EndpointDeployment.objects.values_list("tags")])
    assert "hunter" not in told
    assert "a\u2400b" in told
