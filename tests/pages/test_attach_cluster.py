"""The form that finds or attaches a cluster: who may send it, what is told at once, what becomes a command."""

import pytest

from releases.models import Command
from releases.states import Role
from tests import factories
from tests.pages.reading import HTMX, queries, words

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]
PAGE, CLUSTERS = "/clusters/attach/", "/clusters/"
AKS = "/subscriptions/0a/resourceGroups/harbour/providers/Microsoft.ContainerService/managedClusters/k8s-harbour"


@pytest.fixture
def project():
    project = factories.project(name="Learn_MLOps")
    project.workspaces.add(factories.workspace(name="mlops_ws"))
    return project


def browser(role=Role.OPERATOR, **where):
    return factories.browser_of(factories.user(role=role, name="Ada Berg", **where))


def form(project, **typed):
    usual = {"name": "k8s", "resource_id": AKS, "reason": "the new harbour cluster", "namespace": "", "key": "form-1"}
    return {"workspace": project.workspaces.get().pk, **usual, **typed}


def test_an_unknown_cluster_becomes_a_command_that_the_clusters_page_shows_until_it_is_over(project):
    ada = browser()
    assert "Find or attach a cluster" in words(ada.get(CLUSTERS))
    answers = [ada.post(PAGE, form(project, namespace="ml")) for _ in range(2)]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, CLUSTERS)] * 2
    command = Command.objects.get()
    assert command.payload == {"name": "k8s", "resource_id": AKS, "namespace": "ml"}
    assert "Attach the cluster k8s to mlops_ws" in words(ada.get(f"/commands/{command.pk}/"))
    page = ada.get(CLUSTERS)
    assert "Attach the cluster k8s to mlops_ws" in words(page)
    assert "Sent as soon as a sender is free. You can still take it back." in words(page)
    assert b'data-poll="3"' in page.content and b'data-poll="60"' not in page.content
    assert ada.get(CLUSTERS, headers=HTMX).status_code == 200
    second = ada.post(PAGE, form(project, name="K8S", key="form-2"))
    assert second.status_code == 409
    assert "was asked for already" in words(second)


@pytest.mark.parametrize(
    ("row", "status", "told"),
    [
        ({"kind": "Kubernetes"}, 200, "Found. K8s is there already, attached as a Kubernetes compute."),
        ({"kind": "AKS"}, 409, "K8s is a legacy v1 cluster"),
        ({"kind": "AmlCompute"}, 409, "with another type: Compute cluster"),
        ({"kind": "Kubernetes", "resource_id": f"{AKS}2"}, 409, f"of another cluster: {AKS}2"),
        ({"kind": "Kubernetes", "namespace": "ml"}, 409, "in the namespace ml"),
    ],
)
def test_what_is_known_is_told_at_once_and_keeps_what_was_typed(project, row, status, told):
    factories.cluster(workspace=project.workspaces.get(), name="K8s", **{"resource_id": AKS.lower(), **row})
    answer = browser().post(PAGE, form(project, namespace="other"))
    assert answer.status_code == status
    assert told in words(answer)
    assert AKS in answer.content.decode() and "the new harbour cluster" in answer.content.decode()
    assert not Command.objects.exists()


def test_a_cluster_that_is_gone_or_failed_is_asked_for(project):
    workspace = project.workspaces.get()
    factories.cluster(workspace=workspace, name="k8s", resource_id=AKS, gone_at=factories.NOON)
    factories.cluster(workspace=workspace, name="bad", resource_id=AKS, provisioning_state="Failed")
    ada = browser()
    assert ada.post(PAGE, form(project)).status_code == 302
    assert ada.post(PAGE, form(project, name="bad", key="form-2")).status_code == 302


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": "-k8s"}, "A compute's name has 2 to 24 letters"),
        ({"name": ""}, "Give the name that the compute has"),
        ({"resource_id": "/subscriptions/0a"}, "Give the resource id of an AKS or Arc cluster"),
        ({"namespace": "Harbour"}, "A namespace has 1 to 63 lower-case letters"),
        ({"reason": "short"}, "Give a reason of at least 10 characters"),
        ({"workspace": 999999}, "Choose one of these workspaces"),
    ],
)
def test_what_cannot_be_asked_is_told_beside_its_field(project, wrong, told):
    project.workspaces.add(factories.workspace(name="second_ws"))
    typed = {**form_of(project), **wrong}
    answer = browser().post(PAGE, typed)
    assert answer.status_code == 422
    assert told in words(answer)
    assert "k8s-harbour" in answer.content.decode() or "resource_id" in wrong
    assert not Command.objects.exists()


def form_of(project):
    """For the first of several workspaces."""
    first = project.workspaces.order_by("pk").first()
    return {"workspace": first.pk, "name": "k8s", "resource_id": AKS, "reason": "the new cluster", "key": "1"}


@pytest.mark.parametrize("role", [Role.QA, Role.MANAGER, Role.AUDITOR])
def test_who_may_not_sees_why_and_is_refused(project, role):
    reader = browser(role)
    for page in (reader.get(CLUSTERS), reader.get(PAGE)):
        assert page.status_code == 200
        assert "perators and administrators" in words(page)
    assert b'name="resource_id"' not in reader.get(PAGE).content
    assert reader.post(PAGE, form(project)).status_code == 403
    assert not Command.objects.exists()


def test_the_workspace_of_a_project_one_may_not_act_in_is_not_offered(project):
    other = factories.project()
    other.workspaces.add(factories.workspace(name="other_ws"))
    ada = browser(project=project)
    page = ada.get(PAGE).content.decode()
    assert "other_ws" not in page
    assert ada.post(PAGE, {**form(project), "workspace": other.workspaces.get().pk}).status_code == 422
    stranger = browser(project=factories.project())
    assert "No project that you may act in uses" not in words(stranger.get(CLUSTERS))
    assert "No Azure ML workspace is connected" in words(stranger.get(PAGE))


def test_many_projects_and_workspaces_cost_no_more_queries(project):
    ada = browser()
    before = queries(ada, PAGE)
    for number in range(5):
        more = factories.project()
        more.workspaces.add(factories.workspace(name=f"ws_{number}"))
    assert queries(ada, PAGE) == before
