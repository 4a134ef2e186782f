"""The Clusters page: computes, endpoints beside what was deployed, what cannot be seen, and what there is to do."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from releases.models import Drift, HealthSample, StageBinding, SyncRun, Watermark
from releases.states import BindingOrigin, Role, ServingState, SyncRunState
from tests import factories
from tests.factories import NOON
from tests.pages.reading import HTMX, queries, words

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]
PAGE = "/clusters/"


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON + timedelta(hours=2), tick=False):
        yield


@pytest.fixture
def project():
    project = factories.project(name="Learn_MLOps")
    project.workspaces.add(factories.workspace(name="mlops_ws", read_at=NOON))
    return project


def served(project, *, name="eta-prod", version="7", deployed="7", **fields):
    """An endpoint that serves this version, bound to a stage whose release deployed the other."""
    workspace = project.workspaces.get()
    endpoint = factories.endpoint(workspace=workspace, name=name, traffic={"blue": 100, "green": 0}, **fields)
    factories.endpoint_deployment(endpoint=endpoint, name="blue", model_number=version)
    factories.endpoint_deployment(endpoint=endpoint, name="green", model_number="99")
    row = [{"deployment": "blue", "model": "support-vector-classifier", "version": version, "percent": 100}]
    factories.endpoint_check(endpoint=endpoint, served=row)
    stage = factories.stage(pipeline=factories.pipeline(project=project, name="Berth ETA"), name="PROD")
    release = factories.release(pipeline=stage.pipeline, name="Release-39")
    factories.artifact(release=release, version=deployed, version_id=deployed)
    opened_by = factories.deployment(release_stage=factories.release_stage(release=release, stage=stage))
    span = factories.live_span(opened_by=opened_by)
    factories.stage_binding(stage=stage, endpoint=endpoint)
    if version != deployed:
        Drift.objects.create(
            stage=stage,
            endpoint=endpoint,
            span=span,
            drift_from=NOON + timedelta(minutes=40),
            served=[{"deployment": "blue", "model": "support-vector-classifier", "version": version, "percent": 100}],
            deployed=[{"model": "support-vector-classifier", "version": deployed}],
        )
    return endpoint


def read(project, endpoint, **cursor):
    return Watermark.objects.create(
        workspace=endpoint.workspace,
        feed="health",
        checked_at=NOON,
        cursor={"until": {endpoint.name: NOON.isoformat()}, **cursor},
    )


def test_the_answer_comes_first(signed_in, project):
    served(project, name="eta-prod", version="11", deployed="12")
    served(project, name="tide-prod")
    factories.cluster(workspace=project.workspaces.get(), name="old-aks", kind="AKS")
    text = words(signed_in.get(PAGE))
    assert "1 compute, 2 endpoints in mlops_ws" in text
    assert "1 endpoint serves something else than was deployed. What the legacy cluster serves is unknown." in text


def test_a_drift_says_since_when_and_is_violet_before_what_is_as_deployed(signed_in, project):
    served(project, name="a-first-by-name")
    served(project, name="eta-prod", version="11", deployed="12")
    page = signed_in.get(PAGE)
    text = words(page)
    assert text.index("Drift since today at 12:40") < text.index("a-first-by-name")
    assert "Berth ETA, PROD v11, blue 100 100 % v99, green 0 0 % v12 by Release-39 Drift since" in text
    assert "v7 by Release-39 As deployed" in text
    html = page.content.decode()
    assert 'data-variant="drift" max="100" value="100"' in html
    assert 'data-variant="ok" max="100" value="100"' in html


@pytest.mark.parametrize(
    ("state", "said"),
    [(ServingState.IDLE, "No traffic"), (ServingState.UNREADABLE, "Traffic not visible"), (None, "Unknown")],
)
def test_what_cannot_be_judged_is_said(signed_in, project, state, said):
    endpoint = served(project)
    endpoint.checks.all().delete()
    if state:
        factories.endpoint_check(endpoint=endpoint, state=state, served=[], sentence="Azure ML refuses it.")
    text = words(signed_in.get(PAGE))
    assert said in text and "As deployed" not in text


def test_an_endpoint_that_no_stage_is_bound_to_and_one_that_is_gone_say_so(signed_in, project):
    loose = served(project, name="loose")
    loose.bindings.all().delete()
    served(project, name="bound-and-gone", gone_at=NOON)
    factories.endpoint(workspace=project.workspaces.get(), name="quietly-gone", gone_at=NOON)
    text = words(signed_in.get(PAGE))
    assert "Bound to no stage" in text
    assert "1 of them can be compared with a stage, and none serves anything else" in text
    assert "bound-and-gone" in text and "Gone" in text
    assert "quietly-gone" not in text


def test_a_computes_type_state_nodes_and_endpoints_are_told(signed_in, project):
    workspace = project.workspaces.get()
    aks = factories.cluster(
        workspace=workspace,
        name="prod-aks",
        is_attached=True,
        resource_id="/subscriptions/s/resourceGroups/mlops/providers/x/managedClusters/prod-aks",
        namespace="ml",
    )
    served(project, name="eta-prod", cluster=aks, compute_name="prod-aks")
    factories.cluster(
        workspace=workspace, name="cpu", kind="AmlCompute", nodes=0, fewest_nodes=0, most_nodes=4, size="Standard_DS3"
    )
    factories.cluster(workspace=workspace, name="sick", kind="Kubernetes", provisioning_state="Failed")
    factories.cluster(workspace=workspace, name="odd", kind="QuantumCompute", provisioning_state="")
    text = words(signed_in.get(PAGE))
    assert "prod-aks /resourceGroups/mlops/…/prod-aks, namespace ml Kubernetes, attached Succeeded" in text
    assert "Succeeded eta-prod not reported" in text
    assert "cpu Standard_DS3 Compute cluster (AmlCompute) Succeeded Training runs only 0 of 0 to 4" in text
    assert "sick Kubernetes Failed No endpoint" in text
    assert "odd QuantumCompute Unknown" in text


def test_a_legacy_cluster_says_what_it_is_and_leads_to_the_way_out(signed_in, project):
    cluster = factories.cluster(workspace=project.workspaces.get(), name="old-aks", kind="AKS", nodes=3)
    stage = factories.stage(pipeline=factories.pipeline(project=project, name="Storm Surge"), name="PROD")
    factories.stage_binding(stage=stage, cluster=cluster)
    page = signed_in.get(PAGE)
    text = words(page)
    assert "old-aks AKS, legacy (v1) Unknown Cannot be seen. Bound: Storm Surge PROD" in text
    assert "old-aks is a legacy v1 cluster." in text and "“nothing found” would prove nothing" in text
    assert '<a href="/clusters/moving/">' in page.content.decode()
    way = words(signed_in.get("/clusters/moving/"))
    assert "autoscale_min_replicas scale_settings.min_instances" in way


def old_cluster(project):
    """A legacy cluster, and a stage that an administrator may bind to it."""
    cluster = factories.cluster(workspace=project.workspaces.get(), name="old-aks", kind="AKS")
    return cluster, factories.stage(pipeline=factories.pipeline(project=project, name="Storm Surge"), name="PROD")


def test_an_administrator_binds_a_stage_to_a_legacy_cluster_and_takes_it_back(project):
    cluster, stage = old_cluster(project)
    browser = factories.browser_of(factories.user(role=Role.ADMINISTRATOR, project=project, name="Ada"))
    page = browser.get(PAGE)
    assert "Stages served on old-aks" in words(page) and "No stage is known to be served here." in words(page)
    assert f'<option value="{stage.pk}:nothing">Storm Surge, PROD</option>' in page.content.decode()
    given = {"stage": f"{stage.pk}:nothing", "to": f"cluster:{cluster.pk}", "next": f"{PAGE}?name=e"}
    answer = browser.post("/clusters/bind/", given, follow=True)
    assert answer.redirect_chain == [(f"{PAGE}?name=e", 302)]
    text = words(answer)
    assert "Storm Surge PROD is bound to old-aks." in text
    assert "Storm Surge, PROD Bound by Ada today at 14:00 Back to the rules" in text
    assert browser.post("/clusters/bind/", given).status_code == 409
    back = {"stage": f"{stage.pk}:person.0.{cluster.pk}", "next": PAGE}
    assert "goes by rule again" in words(browser.post("/clusters/bind/", back, follow=True))
    assert not StageBinding.objects.exists()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_others_see_who_bound_a_stage_to_a_legacy_cluster_and_why_they_cannot(project, role):
    cluster, stage = old_cluster(project)
    ada = factories.user(name="Ada")
    factories.stage_binding(stage=stage, cluster=cluster, origin=BindingOrigin.PERSON, bound_by=ada, sentence="Ada.")
    page = factories.browser_of(factories.user(role=role, project=project)).get(PAGE)
    text = words(page)
    assert "Storm Surge, PROD Bound by Ada" in text
    assert "You cannot bind a stage to an endpoint: administrators can." in text
    assert "Back to the rules" not in text and "<select" not in page.content.decode()


def test_only_stages_of_projects_that_use_the_clusters_workspace_are_offered(project):
    old_cluster(project)
    elsewhere = factories.project(name="Elsewhere")
    elsewhere.workspaces.add(factories.workspace())
    factories.stage(pipeline=factories.pipeline(project=elsewhere, name="Another Port"))
    text = words(factories.browser_of(factories.user(role=Role.ADMINISTRATOR)).get(PAGE))
    assert "Storm Surge, PROD" in text and "Another Port, " not in text


def test_health_is_told_and_its_absence_comes_with_a_reason(signed_in, project):
    endpoint = served(project)
    HealthSample.objects.create(
        endpoint=endpoint,
        deployment="blue",
        at=timezone.now() - timedelta(hours=1),
        minutes=15,
        requests_per_minute=20,
        latency_p95=61,
        error_share=0.004,
    )
    assert "0.4 % errors, p95 61 ms" in words(signed_in.get(PAGE))
    HealthSample.objects.all().delete()
    assert "no data: not read yet" in words(signed_in.get(PAGE))
    mark = read(project, endpoint)
    assert "no requests" in words(signed_in.get(PAGE))
    mark.cursor["refused"] = {endpoint.name: "Azure refuses this."}
    mark.save()
    assert "no data: Azure Monitor is not allowed" in words(signed_in.get(PAGE))
    mark.cursor, endpoint.kind = {"until": {endpoint.name: "x"}}, "Kubernetes"
    mark.save()
    endpoint.save()
    assert "no data: Azure Monitor has none of this Kubernetes endpoint" in words(signed_in.get(PAGE))


def test_empty_states_name_the_next_step(signed_in, project):
    text = words(signed_in.get(PAGE))
    assert "No endpoint was found" in text and "See the sync" in text
    assert "No endpoint has that in its name" in words(signed_in.get(PAGE, {"name": "nothing"}))
    project.workspaces.clear()
    project.workspaces.model.objects.all().delete()
    assert "No Azure ML workspace is connected" in words(signed_in.get(PAGE))


def test_a_workspace_that_refuses_says_so_above_what_was_read(signed_in, project):
    served(project)
    stopped = {"state": SyncRunState.PAUSED, "code": "permission_missing", "sentence": "Azure ML refuses this."}
    SyncRun.objects.create(
        workspace=project.workspaces.get(), kind="serving", started_at=NOON, heartbeat_at=NOON, **stopped
    )
    text = words(signed_in.get(PAGE))
    assert text.index(
        "mlops_ws cannot be read. Azure ML refuses this. Give the identity the permission named"
    ) < text.index("eta-prod")


def test_another_projects_endpoints_and_stages_are_not_there(project):
    other = factories.project(name="Secret project")
    other.workspaces.add(factories.workspace(name="secret_ws"))
    hidden = served(other, name="secret-endpoint")
    factories.cluster(workspace=other.workspaces.get(), name="secret-aks", kind="AKS")
    shared = served(project, name="shared-endpoint")
    stage = factories.stage(pipeline=factories.pipeline(project=other, name="Secret pipeline"), name="SECRET")
    factories.stage_binding(stage=stage, endpoint=shared)
    client = factories.browser_of(factories.user(role=Role.QA, project=project))
    text = words(client.get(PAGE))
    assert "shared-endpoint" in text and "ecret" not in text
    assert client.get(f"/clusters/{hidden.workspace_id}/{hidden.name}/").status_code == 404
    detail = words(client.get(f"/clusters/{shared.workspace_id}/{shared.name}/"))
    assert "ecret" not in detail


def test_a_thousand_endpoints_cost_no_more_than_one_and_come_by_the_page(signed_in, project):
    one = served(project)
    factories.cluster(workspace=one.workspace, name="aks")
    queries(signed_in, PAGE)
    before = queries(signed_in, PAGE)
    rows = [
        one.__class__(
            workspace=one.workspace, name=f"load-{n:04}", changed_at=NOON, cluster=one.workspace.clusters.get()
        )
        for n in range(999)
    ]
    one.__class__.objects.bulk_create(rows)
    for n in range(3):
        served(project, name=f"zz-{n}")
    assert queries(signed_in, PAGE) == before
    assert before <= 40
    text = words(signed_in.get(PAGE))
    assert "1 to 50 of 1,003" in text and "and 991 more" in text
    assert "load-0060" not in text
    assert "1,001 to 1,003 of 1,003" in words(signed_in.get(PAGE, {"page": "999999"}))
    assert "zz-1" in words(signed_in.get(PAGE, {"name": "zz-"}))
    assert len(signed_in.get(PAGE).content) < 100_000


@pytest.mark.parametrize("given", [{"page": "x"}, {"page": "-1"}, {"page": "9" * 40}, {"name": "\x00"}, {"name": "%"}])
def test_nonsense_in_the_address_is_no_error(signed_in, project, given):
    served(project)
    assert signed_in.get(PAGE, given).status_code == 200


def test_the_page_refreshes_itself_and_says_when_nothing_changed(signed_in, project):
    served(project)
    first = signed_in.get(PAGE, headers=HTMX)
    assert 'id="_clusters"' in first.content.decode() and "<html" not in first.content.decode()
    again = signed_in.get(PAGE, headers={**HTMX, "If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
