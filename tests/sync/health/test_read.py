"""Health is followed: each quarter of an hour once, what is refused with its sentence, the rest goes on."""

from datetime import datetime, timedelta

import pytest

from releases.models import HealthSample, SyncRun, Watermark, Workspace
from releases.queries import health
from releases.states import SyncRunState
from releases.sync.health import sync_workspace
from releases.sync.serving import sync_workspace as look
from tests import factories
from tests.sync.registry_server import NOON, RegistryServer
from tests.sync.serving.looking_at import REAL_CLIENT, endpoint

pytestmark = REAL_CLIENT
ROUTE = "ml.metrics.list"
DAYS_LATER = NOON + timedelta(days=5)


@pytest.fixture(autouse=True)
def two(there: RegistryServer, workspace: Workspace) -> None:
    """Two endpoints that serve, and are known to us."""
    for name in ("eta-prod", "swell-prod"):
        endpoint(there, name, {"blue": 100}, blue="11")
    for row in there.holder.registry.endpoints.values():
        row.created_on = row.modified_on = NOON
    look(workspace)


def read(workspace: Workspace, now: datetime, **more: float) -> SyncRun | None:
    return sync_workspace(workspace, now=now, **more)


def mark() -> Watermark:
    return Watermark.objects.get(feed="health")


def test_the_first_read_brings_two_days_and_the_next_only_what_is_new(there, workspace):
    run = read(workspace, DAYS_LATER)
    assert run and (run.state, run.read) == (SyncRunState.SUCCEEDED, 2 * 191)
    assert run.requests == 4
    before = there.asked()
    assert read(workspace, DAYS_LATER + timedelta(minutes=3)) is None
    assert there.asked() == before and SyncRun.objects.filter(kind="health").count() == 1
    again = read(workspace, DAYS_LATER + timedelta(minutes=30))
    assert again and again.read == 2 * 2
    assert HealthSample.objects.count() == 2 * (191 + 2)
    sample = HealthSample.objects.latest("at")
    assert sample.minutes == 15 and sample.deployment == "blue"
    assert sample.requests_per_minute and sample.latency_p95 and sample.error_share


def test_the_last_day_is_told_from_the_samples(workspace):
    read(workspace, DAYS_LATER)
    found = health.last_day([s.endpoint_id for s in HealthSample.objects.all()], now=DAYS_LATER)
    assert len(found) == 2
    for one in found.values():
        assert one.per_minute and 1 < one.per_minute < 60
        assert one.p95 and 20 < one.p95 < 90
        assert one.error_share is not None and 0 < one.error_share < 0.02


def test_reading_a_stretch_again_changes_nothing(workspace):
    read(workspace, DAYS_LATER)
    rows = list(HealthSample.objects.order_by("pk").values())
    Watermark.objects.filter(feed="health").update(cursor={})
    read(workspace, DAYS_LATER)
    again = list(HealthSample.objects.order_by("pk").values())
    assert [{**row, "id": 0} for row in again] == [{**row, "id": 0} for row in rows]


def test_an_endpoint_that_azure_refuses_hides_no_other_and_rests_for_an_hour(there, workspace):
    there.fault(ROUTE, "forbidden", times=0, when={"endpoint": "eta-prod"}, permission="Monitoring Reader")
    run = read(workspace, DAYS_LATER)
    assert run and run.state == SyncRunState.SUCCEEDED
    assert {one.endpoint.name for one in HealthSample.objects.all()} == {"swell-prod"}
    refused = HealthSample.objects.latest("at").endpoint.workspace.endpoints.get(name="eta-prod")
    assert health.why_none(refused, mark()) == "no data: Azure Monitor is not allowed"
    assert "Monitoring Reader" in health.why_in_full(refused, mark())
    asked = there.asked()
    read(workspace, DAYS_LATER + timedelta(minutes=20))
    assert there.asked() == asked + 2
    there.heal()
    read(workspace, DAYS_LATER + timedelta(minutes=70))
    assert {one.endpoint.name for one in HealthSample.objects.all()} == {"eta-prod", "swell-prod"}
    assert mark().cursor["refused"] == {}


@pytest.mark.parametrize(("kind", "state"), [("unauthorized", "paused"), ("error", "failed"), ("throttle", "failed")])
def test_when_azure_does_not_answer_the_reason_is_kept_and_it_rests(there, workspace, kind, state):
    there.fault(ROUTE, kind, times=0)
    run = read(workspace, DAYS_LATER)
    assert run and run.state == state
    assert mark().hindered_by == run.sentence and "Azure Monitor" in run.sentence
    asked = there.asked()
    read(workspace, DAYS_LATER)
    assert there.asked() == asked
    there.heal()
    read(workspace, DAYS_LATER + timedelta(hours=1))
    assert mark().hindered_by == "" and HealthSample.objects.exists()


def test_a_turn_that_is_out_of_time_goes_on_where_it_stopped(workspace):
    run = read(workspace, DAYS_LATER, seconds=0)
    assert run and run.state == SyncRunState.STOPPED
    assert {one.endpoint.name for one in HealthSample.objects.all()} == {"eta-prod"}
    read(workspace, DAYS_LATER, seconds=0)
    assert {one.endpoint.name for one in HealthSample.objects.all()} == {"eta-prod", "swell-prod"}


def test_samples_are_kept_for_thirty_days(workspace):
    row = workspace.endpoints.get(name="eta-prod")
    for days in (29, 31):
        HealthSample.objects.create(endpoint=row, deployment="old", at=DAYS_LATER - timedelta(days=days), minutes=15)
    foreign = factories.endpoint()
    HealthSample.objects.create(endpoint=foreign, deployment="old", at=NOON - timedelta(days=99), minutes=15)
    read(workspace, DAYS_LATER)
    kept = HealthSample.objects.filter(deployment="old").order_by("at")
    assert [one.endpoint_id for one in kept] == [foreign.pk, row.pk]


def test_an_endpoint_that_is_gone_is_not_asked_for(there, workspace):
    workspace.endpoints.update(gone_at=NOON)
    assert read(workspace, DAYS_LATER) is None


def test_a_quiet_kubernetes_endpoint_says_why_it_has_no_figures(there, workspace):
    there.holder.registry.endpoints["swell-prod"].traffic = {"blue": 0}
    read(workspace, DAYS_LATER)
    row = workspace.endpoints.get(name="swell-prod")
    row.kind = "Kubernetes"
    assert health.why_none(row, mark()) == "no data: Azure Monitor has none of this Kubernetes endpoint"
    row.kind = "Managed"
    assert health.why_none(row, mark()) == "no requests"
