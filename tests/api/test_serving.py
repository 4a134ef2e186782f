"""What the API tells of endpoints, looks, computes and drifts, and what it keeps to itself in a shared workspace."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from releases.models import Endpoint, EndpointRule, Project, Watermark
from releases.states import BindingOrigin, Role
from tests import factories
from tests.api.conftest import V1, Harbour
from tests.factories import NOON


def reader(project: Project) -> Client:
    return factories.browser_of(factories.user(role=Role.QA, project=project))


@pytest.mark.django_db
def test_an_endpoint_tells_what_stands_behind_it_what_it_serves_and_for_whom(port: Harbour) -> None:
    endpoint = Endpoint.objects.get(pk=port.ids["endpoints"])
    settings = {"min_instances": 2, "request_timeout_ms": 60_000}
    factories.endpoint_deployment(endpoint=endpoint, name="blue", settings=settings)
    factories.endpoint_deployment(endpoint=endpoint, name="old", gone_at=NOON)
    told = reader(port.project).get(f"{V1}/endpoints/{endpoint.pk}/").json()
    assert [(one["name"], one["settings"]) for one in told["deployments"]] == [("blue", settings)]
    assert (told["check"]["state"], told["check"]["served"][0]["version"]) == ("serving", "7")
    assert [(one["project"], one["origin"]) for one in told["stages"]] == [(port.project.slug, "name")]
    assert told["azure_id"] == told["name"] == endpoint.name


@pytest.mark.django_db
def test_who_shares_a_workspace_hears_nothing_of_the_others_stages_releases_and_tags(port: Harbour) -> None:
    endpoint = Endpoint.objects.get(pk=port.ids["endpoints"])
    endpoint.tags = {"release": "Secret-Release", "pipeline": "Secret Pipeline"}
    endpoint.save()
    factories.endpoint_deployment(endpoint=endpoint, tags={"releaseId": "4711", "release": "Secret-Release"})
    other = factories.project()
    other.workspaces.add(endpoint.workspace)
    theirs = factories.stage(pipeline=factories.pipeline(project=other, name="Secret Pipeline"), name="SECRET")
    factories.stage_binding(
        stage=theirs, endpoint=endpoint, origin=BindingOrigin.NAME, sentence="Secret-Release says so."
    )
    ours = reader(port.project)
    for noun in ("endpoints", "endpoint-checks", "clusters", "drifts"):
        for path in (f"{noun}/", f"{noun}/{port.ids[noun]}/"):
            answer = ours.get(f"{V1}/{path}")
            assert answer.status_code == 200, path
            assert "secret" not in answer.content.decode().lower(), path
    them = reader(other)
    assert them.get(f"{V1}/endpoints/{endpoint.pk}/").json()["stages"][0]["stage"]["name"] == "SECRET"
    assert them.get(f"{V1}/drifts/{port.ids['drifts']}/").status_code == 404
    assert them.get(f"{V1}/drifts/").json()["results"] == []


@pytest.mark.django_db
def test_drifts_and_looks_are_found_by_moment_and_by_whether_they_last(port: Harbour) -> None:
    ours = reader(port.project)
    hour = timedelta(hours=1)
    for noun, start in (("drifts", "drift_from"), ("endpoint-checks", "seen_from")):
        told = ours.get(f"{V1}/{noun}/{port.ids[noun]}/").json()
        assert told[start].startswith("2026-03-02T12:00")
        for question, count in (
            ("is_open=true", 1),
            ("is_open=false", 0),
            (f"at={(NOON + hour).strftime('%Y-%m-%dT%H:%MZ')}", 1),
            (f"at={(NOON - hour).strftime('%Y-%m-%dT%H:%MZ')}", 0),
        ):
            answer = ours.get(f"{V1}/{noun}/?{question}").json()
            assert len(answer["results"]) == count, (noun, question)


@pytest.mark.django_db
def test_what_is_gone_can_be_left_out(port: Harbour) -> None:
    ours = reader(port.project)
    Endpoint.objects.update(gone_at=NOON)
    counts = [
        len(ours.get(f"{V1}/endpoints/{question}").json()["results"])
        for question in ("", "?is_gone=true", "?is_gone=false")
    ]
    assert counts == [1, 1, 0]
    assert ours.get(f"{V1}/endpoints/?is_gone=").status_code == 400


@pytest.mark.django_db
def test_many_endpoints_cost_as_many_queries_as_one(port: Harbour) -> None:
    ours = reader(port.project)
    ours.get(f"{V1}/endpoints/")
    asked = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert ours.get(f"{V1}/endpoints/").status_code == 200
        asked.append(len(queries))
        workspace = Endpoint.objects.get(pk=port.ids["endpoints"]).workspace
        for _ in range(4):
            place = factories.endpoint(workspace=workspace)
            factories.endpoint_deployment(endpoint=place)
            factories.endpoint_check(endpoint=place)
            factories.stage_binding(
                stage=factories.stage(pipeline=factories.pipeline(project=port.project)), endpoint=place
            )
    assert asked[0] == asked[1]


@pytest.mark.django_db
def test_the_health_of_an_endpoint_is_its_last_day_on_its_list_and_its_detail(port: Harbour) -> None:
    endpoint = Endpoint.objects.get(pk=port.ids["endpoints"])
    for hours, share in ((1, 0.5), (23, 0.0), (25, 1.0)):
        factories.health_sample(
            endpoint=endpoint,
            at=timezone.now() - timedelta(hours=hours),
            requests_per_minute=2.0,
            latency_p95=40.0,
            error_share=share,
        )
    ours = reader(port.project)
    told = ours.get(f"{V1}/endpoints/{endpoint.pk}/").json()
    figures = {name: told["health"][name] for name in ("requests", "requests_per_minute", "latency_p95", "error_share")}
    assert figures == {"requests": 60.0, "requests_per_minute": 2.0, "latency_p95": 40.0, "error_share": 0.25}
    assert (told["health"]["no_data"], told["provisioning_state"]) == ("", "Succeeded")
    listed = ours.get(f"{V1}/endpoints/").json()["results"][0]["health"]
    assert {name: listed[name] for name in figures} == figures


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cursor", "kind", "no_data", "azure_said"),
    [
        (None, "Managed", "no data: not read yet", ""),
        ({}, "Managed", "no data: not read yet", ""),
        (
            {"refused": {"X": "Forbidden: Monitoring Reader."}},
            "Managed",
            "no data: Azure Monitor is not allowed",
            "Forb",
        ),
        ({"until": {"X": "2026-03-02T12:00Z"}}, "Managed", "no requests", ""),
        ({"until": {"X": "2026"}}, "Kubernetes", "no data: Azure Monitor has none of this Kubernetes endpoint", ""),
    ],
)
def test_where_there_is_no_figure_the_reason_is_told(port: Harbour, cursor, kind, no_data, azure_said) -> None:
    Endpoint.objects.update(name="X", kind=kind)
    workspace = Endpoint.objects.get().workspace
    if cursor is not None:
        Watermark.objects.create(workspace=workspace, feed="health", cursor=cursor, checked_at=NOON)
    told = reader(port.project).get(f"{V1}/endpoints/{port.ids['endpoints']}/").json()["health"]
    assert (told["requests"], told["latency_p95"], told["no_data"]) == (None, None, no_data)
    assert told["azure_said"].startswith(azure_said) and bool(told["azure_said"]) == bool(azure_said)
    assert (told["read_at"] is None) is (cursor is None)


@pytest.mark.django_db
def test_samples_are_paged_newest_first_and_found_by_endpoint_deployment_and_time(port: Harbour) -> None:
    endpoint = Endpoint.objects.get(pk=port.ids["endpoints"])
    quarter = timedelta(minutes=15)
    for number in range(1, 8):
        for deployment in ("blue", "green"):
            factories.health_sample(endpoint=endpoint, deployment=deployment, at=NOON + number * quarter)
    ours, walked, address = reader(port.project), list[str](), f"{V1}/health-samples/?limit=4"
    while address:
        told = ours.get(address).json()
        walked += [one["at"] for one in told["results"]]
        address = told["next"]
    assert len(walked) == 15 and walked == sorted(walked, reverse=True)
    for question, count in (
        (f"endpoint={endpoint.pk}", 15),
        ("deployment=green", 7),
        (f"workspace={endpoint.workspace.name}&deployment=blue", 8),
        ("at_after=2026-03-02T12:15Z&at_before=2026-03-02T12:45Z", 4),
        ("workspace=elsewhere", 0),
    ):
        assert len(ours.get(f"{V1}/health-samples/?{question}").json()["results"]) == count, question
    assert ours.get(f"{V1}/health-samples/?minutes=15").status_code == 400
    told = ours.get(f"{V1}/health-samples/{port.ids['health-samples']}/").json()
    assert (told["endpoint"]["id"], told["requests_per_minute"], told["latency_p95"]) == (endpoint.pk, 4.0, None)


@pytest.mark.django_db
def test_a_legacy_cluster_tells_which_visible_stages_are_bound_to_it(port: Harbour) -> None:
    workspace = port.project.workspaces.get()
    cluster = factories.cluster(workspace=workspace, kind="AKS")
    stage = factories.stage(pipeline=factories.pipeline(project=port.project))
    factories.stage_binding(stage=stage, cluster=cluster)
    other = factories.project()
    other.workspaces.add(workspace)
    factories.stage_binding(stage=factories.stage(pipeline=factories.pipeline(project=other)), cluster=cluster)
    told = reader(port.project).get(f"{V1}/clusters/{cluster.pk}/").json()["stages"]
    assert [(one["stage"]["id"], one["bound_at"]) for one in told] == [(stage.pk, "2026-03-02T12:00:00Z")]


@pytest.mark.django_db
def test_endpoint_rules_are_those_of_the_project_and_of_every_one(port: Harbour) -> None:
    general = EndpointRule.objects.create(endpoint_pattern="^general$", priority=7)
    EndpointRule.objects.create(project=factories.project(), endpoint_pattern="^theirs$")
    ours = reader(port.project)
    told = ours.get(f"{V1}/endpoint-rules/").json()["results"]
    assert [(one["id"], one["project"]) for one in told] == [
        (general.pk, None),
        (port.ids["endpoint-rules"], port.project.slug),
    ]
    own = ours.get(f"{V1}/endpoint-rules/?project={port.project.slug}").json()["results"]
    assert [one["endpoint_pattern"] for one in own] == ["^{pipeline}$"]
    assert ours.get(f"{V1}/endpoint-rules/{general.pk}/").json()["priority"] == 7
