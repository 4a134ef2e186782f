"""What the API tells of endpoints, looks, computes and drifts, and what it keeps to itself in a shared workspace."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from releases.models import Endpoint, Project
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
