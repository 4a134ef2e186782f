"""Computes, endpoints and what they serve as rows: what a look stores, what a second one that sees the same does."""

from datetime import UTC, datetime, timedelta

from releases.models import (
    AuditEvent,
    Cluster,
    Endpoint,
    EndpointCheck,
    EndpointDeployment,
    SyncRun,
    Watermark,
    Workspace,
)
from releases.sync.serving import sync_workspace
from tests import factories
from tests.sync.registry_server import MODEL, NOON, RegistryServer
from tests.sync.serving.looking_at import REAL_CLIENT, compute, endpoint, looked, now_at, seen

pytestmark = REAL_CLIENT


def test_an_endpoint_is_known_with_its_traffic_its_deployments_and_their_settings(
    there: RegistryServer, workspace: Workspace
) -> None:
    version = factories.model_version(workspace=workspace, name=MODEL, version="8")
    compute(there, "prod-aks", namespace="ml", resource_id="/x/managedClusters/prod-aks")
    made = endpoint(there, "prod-webservice", {"blue": 0, "green": 100}, blue="7", green="8")
    made.kind, made.compute = "Kubernetes", "prod-aks"
    green = made.deployments["green"]
    green.min_replicas, green.max_replicas, green.instance_count = 2, 6, 3
    green.tags = {"releaseId": "22"}
    run = looked(workspace)
    row = Endpoint.objects.get()
    assert (row.kind, row.compute_name, row.cluster) == ("Kubernetes", "prod-aks", Cluster.objects.get())
    assert (row.traffic, row.auth_mode, row.modified_on) == ({"blue": 0, "green": 100}, "Key", NOON)
    assert row.scoring_uri.startswith("https://prod-webservice.")
    deployment = EndpointDeployment.objects.get(name="green")
    assert (deployment.model_name, deployment.model_number, deployment.model_version) == (MODEL, "8", version)
    assert (deployment.instance_count, deployment.tags) == (3, {"releaseId": "22"})
    assert deployment.settings == {
        "compute_type": "Kubernetes",
        "scale": "TargetUtilization",
        "min_instances": 2,
        "max_instances": 6,
        "target_utilization_percent": 70,
        "polling_ms": 1000,
        "cpu_cores": 1.0,
        "memory_gb": 2.0,
        "max_concurrent_requests": 4,
        "request_timeout_ms": 60_000,
        "max_queue_wait_ms": 500,
        "app_insights": True,
        "environment": "AzureML-sklearn-1.5:1",
    }
    assert (run.requests, run.read) == (3, 2)


def test_computes_of_every_kind_are_known_a_legacy_one_by_its_kind(there: RegistryServer, workspace: Workspace) -> None:
    compute(there, "old-aks", "AKS", agent_count=3, vm_size="Standard_D3_v2")
    compute(there, "cpu-cluster", "AmlCompute", vm_size="Standard_DS3_v2", max_nodes=4, attached=False)
    compute(there, "prod-aks", namespace="ml")
    looked(workspace)
    told = {row.name: (row.kind, row.size, row.nodes, row.most_nodes, row.namespace) for row in Cluster.objects.all()}
    assert told == {
        "old-aks": ("AKS", "Standard_D3_v2", 3, None, ""),
        "cpu-cluster": ("AmlCompute", "Standard_DS3_v2", 0, 4, ""),
        "prod-aks": ("Kubernetes", "", None, None, "ml"),
    }
    assert Cluster.objects.get(name="cpu-cluster").is_attached is False


def test_what_is_served_is_what_has_traffic_greatest_share_first(there: RegistryServer, workspace: Workspace) -> None:
    endpoint(there, "tide-prod", {"blue": 10, "green": 90}, blue="4", green="5")
    endpoint(there, "idle", {"blue": 0}, blue="4")
    endpoint(there, "empty", {})
    broken = endpoint(there, "broken", {"blue": 100}, blue="4")
    broken.deployments["blue"].provisioning_state = "Failed"
    looked(workspace)
    assert seen("tide-prod") == [("serving", [("5", 90), ("4", 10)])]
    assert (seen("idle"), seen("empty")) == ([("idle", [])], [("idle", [])])
    assert (now_at("broken").state, now_at("broken").sentence) == (
        "idle",
        "blue has the traffic of broken, but it is failed.",
    )


def test_a_look_that_sees_the_same_writes_no_row_but_the_run(there: RegistryServer, workspace: Workspace) -> None:
    compute(there, "prod-aks")
    endpoint(there, "prod-webservice", {"blue": 100}, blue="7")
    looked(workspace)
    before = [list(model.objects.values()) for model in (Cluster, Endpoint, EndpointDeployment, EndpointCheck)]
    events = AuditEvent.objects.filter(type="sync.run")
    assert events.count() == 1
    again = looked(workspace)
    assert (again.changed, again.rows_written, again.manifest.count()) == (0, 0, 0)
    assert before == [list(model.objects.values()) for model in (Cluster, Endpoint, EndpointDeployment, EndpointCheck)]
    assert events.count() == 1


def test_a_change_between_two_looks_is_dated_by_azures_own_time(there: RegistryServer, workspace: Workspace) -> None:
    made = endpoint(there, "eta-prod", {"blue": 0, "green": 100}, blue="11", green="12")
    looked(workspace)
    first = now_at("eta-prod")
    assert first.since == NOON, "nothing changed since, says Azure, however late the first look is"
    made.traffic, made.modified_on = {"blue": 100, "green": 0}, datetime.now(UTC)
    run = looked(workspace)
    assert seen("eta-prod") == [("serving", [("12", 100)]), ("serving", [("11", 100)])]
    check = now_at("eta-prod")
    assert (check.since, check.seen_from > check.since) == (made.modified_on, True)
    first.refresh_from_db()
    assert first.seen_until is not None
    assert first.seen_from <= first.seen_until <= check.since, "it ends with the last look that saw it"
    assert set(run.manifest.values_list("key", flat=True)) == {"endpoint:eta-prod", "endpoint-check:eta-prod"}


def test_a_change_that_azure_dates_before_the_last_look_is_dated_by_the_look(
    there: RegistryServer, workspace: Workspace
) -> None:
    made = endpoint(there, "eta-prod", {"blue": 100}, blue="11")
    looked(workspace)
    made.deployments["blue"].model_version = "12"
    looked(workspace)
    check = now_at("eta-prod")
    assert (check.since, check.served[0]["version"]) == (check.seen_from, "12")


def test_a_model_swapped_within_a_deployment_is_dated_by_the_deployment(
    there: RegistryServer, workspace: Workspace
) -> None:
    made = endpoint(there, "eta-prod", {"blue": 100}, blue="11")
    looked(workspace)
    blue = made.deployments["blue"]
    blue.model_version, blue.modified_on = "12", datetime.now(UTC)
    looked(workspace)
    assert now_at("eta-prod").since == blue.modified_on


def test_what_is_removed_is_kept_and_marked_and_may_come_back(there: RegistryServer, workspace: Workspace) -> None:
    compute(there, "old-aks", "AKS")
    made = endpoint(there, "eta-prod", {"green": 100}, blue="11", green="12")
    looked(workspace)
    there.holder.registry.computes.clear()
    there.holder.registry.endpoints.clear()
    looked(workspace)
    assert Endpoint.objects.get().gone_at is not None
    assert Cluster.objects.get().gone_at is not None
    assert now_at("eta-prod").state == "gone"
    assert looked(workspace).changed == 0
    del made.deployments["blue"]
    there.holder.registry.endpoints["eta-prod"] = made
    looked(workspace)
    assert Endpoint.objects.get().gone_at is None
    assert [state for state, _ in seen("eta-prod")] == ["serving", "gone", "serving"]
    assert EndpointDeployment.objects.get(name="blue").gone_at is not None


def test_a_look_that_runs_out_of_time_goes_on_where_it_was(there: RegistryServer, workspace: Workspace) -> None:
    for number in range(9):
        endpoint(there, f"endpoint-{number}", {"blue": 100}, blue="7")
    mark = Watermark.objects.filter(workspace=workspace, feed="serving", checked_at=None)
    for turn in (1, 2):
        assert sync_workspace(workspace, seconds=0.0).state == "stopped"
        assert (EndpointCheck.objects.count(), mark.exists()) == (4 * turn, True)
    before = there.asked()
    assert sync_workspace(workspace, seconds=0.0).state == "succeeded"
    assert (EndpointCheck.objects.count(), mark.exists()) == (9, False)
    assert there.asked() - before == 3, "one of nine was left"


def test_old_looks_that_saw_nothing_new_are_forgotten(there: RegistryServer, workspace: Workspace) -> None:
    endpoint(there, "eta-prod", {"blue": 100}, blue="11")
    first, quiet = looked(workspace), looked(workspace)
    other = SyncRun.objects.create(
        workspace=workspace, kind="registry", state="succeeded", started_at=NOON, heartbeat_at=NOON, finished_at=NOON
    )
    SyncRun.objects.filter(pk=quiet.pk).update(finished_at=quiet.started_at - timedelta(days=3))
    looked(workspace)
    left = set(SyncRun.objects.values_list("pk", flat=True))
    assert quiet.pk not in left
    assert {first.pk, other.pk} <= left
