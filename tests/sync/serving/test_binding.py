"""Which endpoint serves which stage: settings before tags before names, and nothing where more than one fits."""

from typing import Any

import pytest
from django.utils import timezone

from releases.models import Endpoint, EndpointRule, Stage, StageBinding, Workspace
from releases.states import BindingOrigin
from releases.sync.serving import binds
from releases.sync.serving.binding import EndpointFact, Rule, StageFact, by_names, tagged
from releases.sync.serving.facts import Facts
from releases.sync.serving.settings_named import Named, names_in
from tests import factories


def document(*inputs: dict[str, Any], stage: dict[str, Any] | None = None, **variables: str) -> dict[str, Any]:
    """A definition with one stage of id 4 whose tasks have these inputs."""
    tasks = [{"name": "task", "enabled": one.pop("enabled", True), "inputs": one} for one in inputs]
    told = {name: {"value": value} for name, value in variables.items()}
    own = {name: {"value": value} for name, value in (stage or {}).items()}
    environment = {"id": 4, "variables": own, "deployPhases": [{"workflowTasks": tasks}]}
    return {"variables": told, "environments": [{"id": 3, "variables": {"endpoint": {"value": "no"}}}, environment]}


@pytest.mark.parametrize(
    ("told", "explicit"),
    [
        (document({"deploymentName": "prod-webservice"}), {"prod-webservice"}),
        (document({"endpointName": "$(endpoint)"}, endpoint="Eta-Prod"), {"eta-prod"}),
        (document({"endpointName": "$(a)"}, a="$(b)", b="$(c)", c="eta-prod"), {"eta-prod"}),
        (document({}, stage={"ENDPOINT_NAME": "eta-prod"}, ENDPOINT_NAME="eta-dev"), {"eta-prod", "eta-dev"}),
        (document({"aksCluster": "old-aks", "azureSubscription": "x"}), {"old-aks"}),
        (document({"endpointName": "off", "enabled": False}), set()),
        (document({"script": "az ml online-endpoint show -n eta-prod"}), set()),
        ({}, set()),
        ({"environments": [7, {"id": 4, "deployPhases": "x", "variables": []}], "variables": None}, set()),
    ],
)
def test_settings_that_say_a_place_are_found(told: dict[str, Any], explicit: set[str]) -> None:
    assert set(names_in(told, 4).explicit) == explicit


def test_words_of_scripts_are_mentions_and_secrets_are_not_looked_at() -> None:
    told = document({"script": "az ml online-deployment create -e eta-prod -f https://eta-dev.westeurope.x/score"})
    told["variables"]["key"] = {"value": "hidden-word", "isSecret": True}
    assert {"eta-prod", "eta-dev"} <= set(names_in(told, 4).mentioned)
    assert "hidden-word" not in names_in(told, 4).mentioned


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"releaseId": "178"}, ("", "", 178, "")),
        ({"release_id": 178, "Release": "Release-12"}, ("", "", 178, "Release-12")),
        ({"releaseId": "later", "Pipeline": "Port", "STAGE": "PROD"}, ("Port", "PROD", None, "")),
        ({"releaseId": "9" * 40}, ("", "", None, "")),
        ({}, ("", "", None, "")),
    ],
)
def test_tags_are_read_whatever_their_spelling(tags: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert tuple(tagged(tags)) == expected


class Site:
    """A project with a workspace, one pipeline with a PROD stage, and what is done to it."""

    def __init__(self) -> None:
        self.workspace = factories.workspace()
        self.project = factories.project()
        self.project.workspaces.add(self.workspace)
        self.pipeline = factories.pipeline(project=self.project, name="Port Weather ML Pipeline")
        self.prod = self.stage("PROD")

    def stage(self, name: str) -> Stage:
        return factories.stage(pipeline=self.pipeline, name=name)

    def endpoint(self, name: str, **more: Any) -> Endpoint:
        return factories.endpoint(workspace=more.pop("workspace", self.workspace), name=name, **more)

    def settings(self, stage: Stage, **inputs: str) -> None:
        told = document(dict(inputs))
        told["environments"][1]["id"] = stage.definition_environment_id
        stage.pipeline.revisions.update_or_create(revision=1, defaults={"document": told})

    def bound(self, stage: Stage | None = None, *, workspace: Workspace | None = None) -> StageBinding | None:
        binds.bind(Facts(workspace or self.workspace), now=timezone.now())
        return StageBinding.objects.filter(stage=stage or self.prod).select_related("endpoint", "cluster").first()


@pytest.fixture
def site(db: None) -> Site:
    return Site()


def said(row: StageBinding | None) -> tuple[str, str, str]:
    assert row is not None
    return row.origin, str(row.endpoint or row.cluster or ""), row.sentence


def test_the_stages_own_settings_go_before_tags_and_names(site: Site) -> None:
    site.endpoint("port-weather-prod", tags={"pipeline": "Port Weather ML Pipeline", "stage": "prod"})
    site.endpoint("prod-webservice")
    assert said(site.bound())[:2] == (BindingOrigin.TAG, "port-weather-prod")
    site.settings(site.prod, deploymentName="prod-webservice")
    assert said(site.bound()) == (BindingOrigin.SETTINGS, "prod-webservice", "Its settings name prod-webservice.")


def test_settings_that_name_two_endpoints_bind_none_and_say_which(site: Site) -> None:
    site.endpoint("eta-a"), site.endpoint("eta-b")
    site.settings(site.prod, endpointName="eta-a", serviceName="eta-b")
    assert said(site.bound()) == (
        BindingOrigin.SETTINGS,
        "",
        "Its settings name more than one endpoint: eta-a, eta-b. An administrator can say which.",
    )


def test_a_mention_counts_where_nothing_is_said_for_sure(site: Site) -> None:
    site.endpoint("eta-prod")
    site.settings(site.prod, script="az ml online-deployment create -e eta-prod")
    assert said(site.bound())[:2] == (BindingOrigin.SETTINGS, "eta-prod")


def test_a_legacy_cluster_that_is_named_is_the_place(site: Site) -> None:
    old = factories.cluster(workspace=site.workspace, name="old-aks", kind="AKS")
    factories.cluster(workspace=site.workspace, name="prod-aks", kind="Kubernetes")
    site.settings(site.prod, aksCluster="old-aks", deploymentName="surge-svc")
    row = site.bound()
    assert (row and row.cluster, said(row)[2]) == (old, "Its settings name the legacy AKS cluster old-aks.")
    site.settings(site.prod, aksCluster="prod-aks", deploymentName="surge-svc")
    assert site.bound() is None, "a cluster that can be seen is not where a service cannot be seen"


def test_a_person_is_never_overruled(site: Site) -> None:
    site.endpoint("prod-webservice")
    site.settings(site.prod, deploymentName="prod-webservice")
    own = site.endpoint("own")
    factories.stage_binding(
        stage=site.prod, endpoint=own, origin=BindingOrigin.PERSON, bound_by=factories.user(), sentence="Ann."
    )
    assert said(site.bound()) == (BindingOrigin.PERSON, "own", "Ann.")


def test_a_release_that_a_tag_names_leads_to_the_one_stage_where_it_was_live(site: Site) -> None:
    test = site.stage("TEST")
    release = factories.release(pipeline=site.pipeline, azure_id=178)
    row = factories.release_stage(release=release, stage=site.prod)
    factories.live_span(opened_by=factories.deployment(release_stage=row))
    endpoint = site.endpoint("weather")
    factories.endpoint_deployment(endpoint=endpoint, tags={"releaseId": "178"})
    assert said(site.bound())[:2] == (BindingOrigin.TAG, "weather")
    factories.live_span(
        opened_by=factories.deployment(release_stage=factories.release_stage(release=release, stage=test))
    )
    assert site.bound() is None, "which of two stages it is, the tag does not say"
    endpoint.tags = {"stage": "Test", "releaseId": "178"}
    endpoint.save()
    factories.endpoint_deployment(endpoint=site.endpoint("other"), tags={"releaseId": "999"})
    endpoint.deployments.update(tags={})
    assert said(site.bound(test))[:2] == (BindingOrigin.TAG, "weather")


@pytest.mark.parametrize("name", ["port-weather-ml-prod", "PortWeatherML-Prod", "prod-port-weather-ml-pipeline"])
def test_without_any_rule_the_names_of_pipeline_and_stage_decide(site: Site, name: str) -> None:
    site.endpoint(name)
    site.endpoint("prod"), site.endpoint("port-weather-ml-prod-2")
    assert said(site.bound())[:2] == (BindingOrigin.NAME, name)


def test_a_projects_rule_goes_before_a_general_one_and_both_before_the_default(site: Site) -> None:
    for name in ("port-weather-ml-prod", "general-prod", "own-prod"):
        site.endpoint(name)
    EndpointRule.objects.create(priority=1, stage_pattern="^prod$", endpoint_pattern="^general-{stage}$")
    assert said(site.bound())[1] == "general-prod"
    EndpointRule.objects.create(project=site.project, priority=50, endpoint_pattern="^own-")
    assert said(site.bound())[1] == "own-prod"
    EndpointRule.objects.create(project=factories.project(), priority=0, endpoint_pattern="^general")
    assert said(site.bound())[1] == "own-prod"


def test_a_rule_that_fits_several_endpoints_or_several_stages_binds_none(site: Site) -> None:
    EndpointRule.objects.create(project=site.project, endpoint_pattern="^eta-")
    site.endpoint("eta-a")
    assert said(site.bound())[1] == "eta-a"
    test = site.stage("TEST")
    sentence = "The name eta-a fits more than one stage. An administrator can say which."
    assert [said(site.bound(one))[1:] for one in (site.prod, test)] == [("", sentence), ("", sentence)]
    site.endpoint("eta-b")
    assert "More than one name fits the rule ^eta-: eta-a, eta-b." in said(site.bound())[2]


def test_a_rule_that_is_no_regular_expression_fits_nothing(site: Site) -> None:
    EndpointRule.objects.create(project=site.project, endpoint_pattern="(")
    site.endpoint("port-weather-ml-prod")
    assert said(site.bound())[1] == "port-weather-ml-prod"


def test_a_binding_goes_when_nothing_names_the_place_any_more_but_not_with_the_endpoint(site: Site) -> None:
    endpoint = site.endpoint("prod-webservice")
    site.settings(site.prod, deploymentName="prod-webservice")
    assert site.bound()
    endpoint.gone_at = timezone.now()
    endpoint.save()
    site.settings(site.prod, deploymentName="nothing")
    assert site.bound(), "what is gone is unknown, not unbound"
    endpoint.gone_at = None
    endpoint.save()
    assert site.bound() is None


def test_nothing_is_written_where_nothing_differs(site: Site) -> None:
    site.endpoint("prod-webservice")
    site.settings(site.prod, deploymentName="prod-webservice")
    assert [binds.bind(Facts(site.workspace), now=timezone.now()) for _ in range(2)] == [1, 0]


def test_what_decides_changes_the_fingerprint_and_nothing_else_does(site: Site) -> None:
    endpoint = site.endpoint("prod-webservice")
    first = Facts(site.workspace).fingerprint
    site.settings(site.prod, deploymentName="prod-webservice")
    site.bound()
    endpoint.traffic = {"blue": 7}
    endpoint.save()
    assert Facts(site.workspace).fingerprint == first
    endpoint.tags = {"stage": "PROD"}
    endpoint.save()
    second = Facts(site.workspace).fingerprint
    EndpointRule.objects.create(endpoint_pattern="x")
    third = Facts(site.workspace).fingerprint
    StageBinding.objects.update(origin=BindingOrigin.PERSON, bound_by=factories.user())
    assert len({first, second, third, Facts(site.workspace).fingerprint}) == 4


def test_two_projects_that_share_a_workspace_do_not_hear_of_each_other(site: Site) -> None:
    other = factories.project()
    other.workspaces.add(site.workspace)
    theirs = factories.stage(pipeline=factories.pipeline(project=other, name="Secret Pipeline"), name="PROD")
    EndpointRule.objects.create(endpoint_pattern="^shared$")
    site.endpoint("shared")
    row = site.bound()
    assert said(row)[1] == ""
    assert not {"Secret", other.name} & set(said(row)[2].split())
    assert said(site.bound(theirs))[1] == ""


def test_an_endpoint_of_a_workspace_that_the_project_does_not_use_is_not_its(site: Site) -> None:
    elsewhere = factories.workspace()
    factories.project().workspaces.add(elsewhere)
    site.endpoint("port-weather-ml-prod", workspace=elsewhere)
    assert site.bound() is None


def test_the_same_name_in_two_workspaces_is_told_apart(site: Site) -> None:
    second = factories.workspace(name="second_ws")
    site.project.workspaces.add(second)
    site.endpoint("eta-prod"), site.endpoint("eta-prod", workspace=second)
    site.settings(site.prod, endpointName="eta-prod")
    assert "eta-prod in second_ws" in said(site.bound())[2]


def test_names_of_signs_only_fit_nothing() -> None:
    stage = StageFact(1, 1, "///", "***", Named())
    fact = EndpointFact(1, "-", "ws", frozenset({1}))
    assert by_names([stage], [fact], [Rule(None, "", "", "^{pipeline}-{stage}$")]) == {}
