"""An endpoint's page: what it serves and should, its settings, health and drifts, and who may bind a stage to it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from releases.models import AuditEvent, PipelineRevision, StageBinding
from releases.states import BindingOrigin, Role, ServingState
from tests import factories
from tests.factories import NOON
from tests.pages.reading import queries, words
from tests.pages.test_clusters import served

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]
HOSTILE = ["<script>alert(1)</script>", "{{7*7}}", "a/b/../c", 'x"onload="y', "long" * 60, "name with\nnewline"]


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON + timedelta(hours=2), tick=False):
        yield


@pytest.fixture
def project():
    project = factories.project(name="Learn_MLOps")
    project.workspaces.add(factories.workspace(name="mlops_ws"))
    return project


def page_of(endpoint):
    return f"/clusters/{endpoint.workspace_id}/{endpoint.name}/"


def asking(endpoint, *, variables, arguments=""):
    """The release of the stage bound here asks this of its endpoint."""
    stage = endpoint.bindings.get().stage
    row = stage.release_stages.get()
    row.variables = {name: {"value": value} for name, value in variables.items()}
    row.save()
    row.release.definition_revision = 3
    row.release.save()
    task = {"name": "Deploy to AKS", "inputs": {"additionalArguments": arguments}}
    document = {
        "environments": [
            {"id": stage.definition_environment_id, "deployPhases": [{"workflowTasks": [task]}]},
            {"id": -1, "deployPhases": [{"workflowTasks": [{"name": "Other", "inputs": {"cpu": "64"}}]}]},
        ]
    }
    PipelineRevision.objects.create(pipeline=stage.pipeline, revision=3, document=document)


def test_the_sentence_says_what_is_served_and_what_was_deployed(signed_in, project):
    endpoint = served(project, version="11", deployed="12")
    text = words(signed_in.get(page_of(endpoint)))
    assert "eta-prod Drift eta-prod serves v11. Release-39 deployed v12. Since today at 12:40." in text
    assert "v11 v12 by Release-39 Today, 12:40 goes on 1 h 20 min" in text


def test_settings_stand_beside_what_the_release_asks_and_differences_are_violet(signed_in, project):
    endpoint = served(project, auth_mode="Key")
    has = {"min_instances": 2, "max_instances": 6, "cpu_cores": 1.0, "memory_gb": 2.0, "request_timeout_ms": 60_000}
    endpoint.deployments.filter(name="blue").update(settings=has)
    asking(
        endpoint,
        variables={"MIN_REPLICAS": "2", "MEMORY_GB": "4", "AUTH": "key", "SCORING_TIMEOUT": "60"},
        arguments="--cpu 1 --max-concurrent-requests 4",
    )
    page = signed_in.get(page_of(endpoint))
    text = words(page)
    assert "Settings, Berth ETA PROD 1 differs" in text
    assert "Autoscale, fewest 2 2 same variable MIN_REPLICAS of the stage" in text
    assert "Autoscale, most 6 –" in text
    assert "CPU 1 core 1 core same task Deploy to AKS, --cpu" in text
    assert "Memory 2 GB 4 GB differs variable MEMORY_GB of the stage" in text
    assert "Concurrent requests not reported 4" in text
    assert "Scoring time-out 60 s 60 cannot be compared" in text
    assert "Authentication Key Key same" in text
    assert '<b class="drift">2 GB</b>' in page.content.decode()


def test_a_release_that_asks_nothing_and_a_stage_without_one_say_so(signed_in, project):
    endpoint = served(project)
    assert "Release-39 asks for no setting that Slipway knows" in words(signed_in.get(page_of(endpoint)))
    endpoint.bindings.get().stage.live_spans.all().delete()
    assert "No release is live in this stage, so nothing was asked for." in words(signed_in.get(page_of(endpoint)))


def test_a_document_of_any_shape_breaks_nothing(signed_in, project):
    endpoint = served(project)
    asking(endpoint, variables={"MIN_REPLICAS": "2"})
    documents: tuple[Any, ...] = ([], "x", {"environments": 7}, {"environments": [{"id": 1, "deployPhases": {"a": 1}}]})
    for document in documents:
        PipelineRevision.objects.update(document=document)
        assert "variable MIN_REPLICAS of the stage" in words(signed_in.get(page_of(endpoint)))


def test_the_studio_is_one_step_away_where_there_is_one(signed_in, project):
    endpoint = served(project)
    assert "https://ml.azure.com/endpoints/realtime/eta-prod/detail?wsid=" in (
        signed_in.get(page_of(endpoint)).content.decode()
    )
    project.workspaces.update(resource_manager_url="https://127.0.0.1:9999")
    assert "ml.azure.com" not in signed_in.get(page_of(endpoint)).content.decode()


def test_drifts_are_bars_and_the_same_rows_as_a_table(signed_in, project):
    endpoint = served(project, version="11", deployed="12")
    drift = endpoint.drifts.get()
    drift.drift_from, drift.drift_until = NOON - timedelta(days=9), NOON - timedelta(days=6)
    drift.ended_by = "Redeploy of Release-39"
    drift.save()
    page = signed_in.get(page_of(endpoint)).content.decode()
    assert page.count('class="seg-b drift"') == 1
    assert 'width="10.00%"' in page
    assert "Sat 21 Feb, 12:00 Tue 24 Feb, 12:00 3 d Redeploy of Release-39" in words(page)


def test_an_endpoint_without_drift_or_stage_says_so(signed_in, project):
    endpoint = served(project)
    assert "It was never seen to serve anything else than was deployed." in words(signed_in.get(page_of(endpoint)))
    endpoint.bindings.all().delete()
    text = words(signed_in.get(page_of(endpoint)))
    assert "Drift is known once a stage is bound to it." in text
    assert "No stage is bound to it, so there is nothing to compare with." in text


def test_an_administrator_binds_a_stage_and_takes_it_back(project):
    endpoint, other = served(project), factories.endpoint(workspace=project.workspaces.get(), name="other")
    browser = factories.browser_of(factories.user(role=Role.ADMINISTRATOR))
    stage = endpoint.bindings.get().stage
    page = browser.get(page_of(other)).content.decode()
    choice = f"{stage.pk}:name.{endpoint.pk}.0"
    assert f'<option value="{choice}">Berth ETA, PROD (now eta-prod)</option>' in page
    given = {"stage": choice, "to": f"endpoint:{other.pk}", "next": page_of(other)}
    answer = browser.post("/clusters/bind/", given, follow=True)
    assert answer.redirect_chain == [(page_of(other), 302)]
    assert "Berth ETA PROD is bound to other." in words(answer)
    assert StageBinding.objects.get(stage=stage).origin == BindingOrigin.PERSON
    assert "Bound by" in words(answer) and "Back to the rules" in words(answer)
    late = browser.post("/clusters/bind/", {**given, "to": f"endpoint:{endpoint.pk}"})
    assert late.status_code == 409 and "was bound to other meanwhile" in words(late)
    back = browser.post(
        "/clusters/bind/", {"stage": f"{stage.pk}:person.{other.pk}.0", "next": "https://evil.example/"}
    )
    assert back.headers["Location"] == "/clusters/"
    assert not StageBinding.objects.filter(stage=stage).exists()


@pytest.mark.parametrize("role", set(Role) - {Role.ADMINISTRATOR})
def test_other_roles_read_why_not_and_a_forged_post_is_refused_and_told(project, role):
    endpoint = served(project)
    browser, stage = factories.browser_of(factories.user(role=role)), endpoint.bindings.get().stage
    sentence = "You cannot bind a stage to an endpoint: administrators can."
    page = browser.get(page_of(endpoint))
    assert sentence in words(page)
    assert "<select" not in page.content.decode()
    forged = browser.post(
        "/clusters/bind/", {"stage": f"{stage.pk}:name.{endpoint.pk}.0", "to": f"endpoint:{endpoint.pk}"}
    )
    assert forged.status_code == 403 and sentence in words(forged)
    assert StageBinding.objects.get(stage=stage).origin == BindingOrigin.NAME
    assert AuditEvent.objects.get(type="action.refused").object_id == "bind_stage"


def test_another_projects_stage_or_place_is_not_there_to_bind(project):
    endpoint, hidden = served(project), factories.endpoint()
    foreign = factories.stage()
    browser = factories.browser_of(factories.user(role=Role.ADMINISTRATOR, project=project))
    stage = endpoint.bindings.get().stage
    for given in (
        {"stage": f"{foreign.pk}:nothing", "to": f"endpoint:{endpoint.pk}"},
        {"stage": f"{stage.pk}:name.{endpoint.pk}.0", "to": f"endpoint:{hidden.pk}"},
        {"stage": f"{stage.pk}:name.{endpoint.pk}.0", "to": f"cluster:{2**50}"},
    ):
        assert browser.post("/clusters/bind/", given).status_code == 404
    for given in ({}, {"stage": "x"}, {"stage": f"{stage.pk}:nothing", "to": "workspace:1"}):
        assert browser.post("/clusters/bind/", given).status_code == 400
    assert StageBinding.objects.get().origin == BindingOrigin.NAME


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_and_its_page_is_found(signed_in, project, name):
    endpoint = served(project, name=name, version="11", deployed="12")
    factories.cluster(workspace=endpoint.workspace, name=name, kind=name[:60], resource_id=name)
    endpoint.deployments.filter(name="blue").update(name=name, model_name=name, model_number=name[:60])
    for path in ("/clusters/", f"/clusters/{endpoint.workspace_id}/{name.replace(chr(10), '%0A')}/"):
        page = signed_in.get(path)
        assert page.status_code == (404 if "\n" in name and path != "/clusters/" else 200)
        assert "<script>alert" not in page.content.decode() and 'x"onload' not in page.content.decode()


@pytest.mark.parametrize("address", ["1/none", "99999/eta-prod", "1/%00", "1/.."])
def test_what_is_not_there_is_404(signed_in, project, address):
    served(project)
    assert signed_in.get(f"/clusters/{address}/").status_code == 404


def test_the_cost_does_not_grow_with_the_history(signed_in, project):
    endpoint = served(project, version="11", deployed="12")
    queries(signed_in, page_of(endpoint))
    before = queries(signed_in, page_of(endpoint))
    stage = endpoint.bindings.get().stage
    for day in range(2, 12):
        start, until = NOON - timedelta(days=day), NOON - timedelta(days=day, hours=-5)
        span = factories.live_span(
            opened_by=factories.deployment(
                release_stage=factories.release_stage(release=factories.release(pipeline=stage.pipeline), stage=stage),
                finished_on=start,
            ),
            live_until=until,
        )
        factories.endpoint_check(endpoint=endpoint, seen_from=start, seen_until=until, state=ServingState.IDLE)
        factories.drift(stage=stage, endpoint=endpoint, span=span, drift_from=start, drift_until=until)
        factories.endpoint_deployment(endpoint=endpoint)
    assert queries(signed_in, page_of(endpoint)) == before
    assert before <= 45
