"""A living sandbox, read by the real clients: stages are bound, a drift comes with the first look after it and goes."""

from collections.abc import Iterator

import pytest

from releases.models import Drift, Project, Stage, StageBinding, SyncRun, Workspace
from releases.queries.serving import ServedNow, Truth, served_now
from tests.agreement.rounds import sync
from tests.company import Company, living_company
from tests.sync.serving.looking_at import REAL_CLIENT, looked

pytestmark = [*REAL_CLIENT, pytest.mark.on_sqlite]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with living_company(tmp_path_factory.mktemp("company"), releases=90) as running:
        yield running


@pytest.fixture
def project(company: Company) -> Project:
    project = company.project()
    sync(project)
    return project


@pytest.fixture
def workspace(company: Company, project: Project) -> Workspace:
    return company.workspace(project)


def at(pipeline: str, stage: str) -> ServedNow:
    row = Stage.objects.get(pipeline__name__startswith=pipeline, name=stage)
    return served_now([row.pk])[row.pk]


def test_a_drift_comes_with_the_first_look_after_it_and_goes_likewise(company: Company, workspace: Workspace) -> None:
    looked(workspace)
    before = at("Port Weather", "PROD")
    assert (before.state, before.endpoint and before.endpoint.name) == (Truth.AS_DEPLOYED, "prod-webservice")
    company.serve("prod-webservice", "other")
    run = looked(workspace)
    now = at("Port Weather", "PROD")
    assert now.state is Truth.DRIFT
    assert now.served != before.served
    drift = Drift.objects.get(stage=now.stage_id, drift_until=None)
    assert drift.drift_from == now.since
    assert now.since and now.since <= run.started_at, "dated by Azure, before the look that saw it"
    assert any(key.startswith("drift:") for key in run.manifest.values_list("key", flat=True))
    company.serve("prod-webservice", "deployed")
    looked(workspace)
    assert at("Port Weather", "PROD").state is Truth.AS_DEPLOYED
    drift.refresh_from_db()
    assert drift.drift_until is not None
    assert (drift.drift_from < drift.drift_until, drift.ended_by) == (True, "Azure, nobody asked here")


def test_stages_are_bound_by_what_their_tasks_name_and_the_legacy_one_is_unknown(workspace: Workspace) -> None:
    looked(workspace)
    bound = {
        (row.stage.pipeline.name.split()[0], row.stage.name): str(row.endpoint or row.cluster)
        for row in StageBinding.objects.select_related("stage__pipeline", "endpoint", "cluster")
    }
    assert bound["Port", "DEV TEST"] == "aci-webservice"
    assert bound["Berth", "STAGING"] == "eta-staging"
    assert bound["Swell", "PROD"] == "old-aks"
    legacy = at("Swell", "PROD")
    assert (legacy.state, legacy.bound_by) == (Truth.UNKNOWN, "Its settings name the legacy AKS cluster old-aks.")
    assert "cannot be seen" in legacy.sentence


def test_the_drift_of_this_morning_is_found_with_the_time_azure_tells(company: Company, workspace: Workspace) -> None:
    looked(workspace)
    drifting = at("Berth", "PROD")
    assert drifting.state is Truth.DRIFT
    newest = company.books()["serving"]["eta-prod"][-1]
    assert drifting.since
    assert newest["since"][:19] == drifting.since.isoformat()[:19]
    assert list(newest["serves"]) == [one.version for one in drifting.served]


def test_a_second_look_writes_nothing_and_asks_once_for_each_endpoint(company: Company, workspace: Workspace) -> None:
    looked(workspace)
    endpoints = len(company.books()["serving"])
    rows = [list(model.objects.values()) for model in (StageBinding, Drift)]
    again = looked(workspace)
    assert (again.changed, again.rows_written, again.requests) == (0, 0, 2 + endpoints)
    assert rows == [list(model.objects.values()) for model in (StageBinding, Drift)]
    assert not SyncRun.objects.filter(workspace=workspace, kind="serving").exclude(state="succeeded").exists()
