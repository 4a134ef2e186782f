"""The page of a new release: what is on offer, the difference to what is live, what starts by itself, nothing lost."""

import re
from typing import Any

import pytest
from django.test import Client

from releases.models import Command, Inquiry, Pipeline, Stage
from releases.states import Role
from tests import factories
from tests.pages.company import Company
from tests.pages.offering import answered, artifact, commits, made_company, version
from tests.pages.reading import HTMX, queries, words

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]


@pytest.fixture
def operator() -> Client:
    return factories.browser_of(factories.user(role=Role.OPERATOR))


def address(pipeline: Pipeline) -> str:
    return f"/p/{pipeline.project.slug}/pipelines/{pipeline.azure_id}/new-release/"


def filled(client: Client, made: Company, **changed: Any) -> dict[str, Any]:
    """The form as the page fills it in, with what somebody changed."""
    html = client.get(address(made.pipeline)).content.decode()
    form: dict[str, Any] = dict(re.findall(r'<input type="hidden" name="(\w+)" id="[\w-]+" value="([^"]*)"', html))
    for name, options in re.findall(r'<select[^>]* name="([^"]*)"[^>]*>(.*?)</select>', html):
        chosen = re.search(r'value="([^"]*)" selected', options)
        form[name] = chosen[1] if chosen else ""
    form["stage"] = re.findall(r'name="stage" value="([^"]*)"', html)
    form["start"] = re.findall(r'name="start" value="([^"]*)" checked', html)
    return {**form, "do": "create", **changed}


def test_while_azure_is_asked_the_page_asks_for_itself_and_says_so(operator):
    made = made_company()
    response = operator.get(address(made.pipeline))
    html = response.content.decode()
    inquiry = Inquiry.objects.get()
    assert f'hx-post="{address(made.pipeline)}" hx-trigger="poll"' in html
    assert f'name="asked" id="making-asked" value="{inquiry.pk}"' in html
    assert "Azure DevOps is asked which versions it offers" in words(response)
    assert re.search(r'value="create" disabled', html)
    operator.get(address(made.pipeline), headers=HTMX)
    assert Inquiry.objects.count() == 1


def test_it_is_filled_in_with_the_newest_and_says_what_changes(operator):
    made = made_company()
    answered(made.pipeline)
    text = words(operator.get(address(made.pipeline)))
    assert "Will change in PROD" in text
    assert "model from v7 to v8 scaler v1" in text
    assert "support-vector-classifier: 1 version newer than Release-1." in text
    assert "e04d5aa, main" in text
    assert "Change 03" in text
    form = filled(operator, made)
    assert (form["version:model"], form["start"]) == ("8", ["DEV TEST", "PROD"])


def test_stages_say_how_they_start_and_whom_azure_asks(operator):
    made = made_company()
    answered(made.pipeline)
    text = words(operator.get(address(made.pipeline)))
    assert "DEV TEST By itself, when a release is created" in text
    assert "PROD After DEV TEST succeeded; asks Ayla Demir first" in text


def test_the_registry_says_of_a_model_what_it_knows(operator):
    made = made_company()
    answered(made.pipeline)
    workspace = factories.workspace()
    made.project.workspaces.add(workspace)
    known = {"workspace": workspace, "metrics": {"accuracy": 0.9561}}
    factories.model_version(version="8", tags={"validated": "true", "metric.accuracy": "0.9561"}, **known)
    text = words(operator.get(address(made.pipeline)))
    assert "validated=true, Accuracy 0.9561" in text
    assert re.search(r"v8, registered \d+ \w{3} \d{4}", text)


@pytest.mark.parametrize(
    ("of_model", "of_scaler", "told"),
    [
        ({"tags": {"scaler": "scaler:4"}}, {}, "Scaler v1 was not fitted for model v8. Model v8 names scaler v4"),
        ({}, {"tags": {"model": "support-vector-classifier:7"}}, "Scaler v1 was fitted for model v7."),
        ({"tags": {"scaler": "scaler:1"}}, {"tags": {"model": "7"}}, ""),
        ({"job_name": "a"}, {"job_name": "b"}, ""),
    ],
)
def test_it_warns_when_scaler_and_model_do_not_fit(operator, of_model, of_scaler, told):
    made = made_company()
    answered(made.pipeline)
    workspace = factories.workspace()
    made.project.workspaces.add(workspace)
    factories.model_version(workspace=workspace, version="8", **of_model)
    factories.model_version(workspace=workspace, name="scaler", version="1", **of_scaler)
    text = words(operator.get(address(made.pipeline)))
    assert (told in text) if told else ("was fitted for" not in text and "was not fitted" not in text)


def test_choosing_another_version_changes_the_difference_and_asks_for_nothing(operator):
    made = made_company()
    answered(made.pipeline)
    form = filled(operator, made, do="", **{"version:model": "6"})
    response = operator.post(address(made.pipeline), form, headers=HTMX)
    assert "model from v7 to v6" in words(response)
    assert "1 version older" in words(response)
    assert not Command.objects.exists()


def test_a_long_list_is_searched_on_the_server_and_says_that_azure_offers_no_more(operator):
    made = made_company()
    answered(made.pipeline, artifact("_code", *commits(100)))
    form = filled(operator, made, do="look", **{"find:_code": "Change 42"})
    html = operator.post(address(made.pipeline), form).content.decode()
    listed = re.search(r'<select[^>]* name="version:_code".*?</select>', html, re.S)
    assert listed
    assert listed[0].count("<option") == 2
    assert "Azure DevOps offers the newest 100 only." in html


def test_one_failed_question_does_not_block_the_others(operator):
    made = made_company()
    answered(
        made.pipeline,
        artifact("model", version("8")),
        artifact("scaler", version("1")),
        artifact("_code", error="no permission to read Learn_MLOps."),
    )
    text = words(operator.get(address(made.pipeline)))
    assert "Azure says: no permission to read Learn_MLOps. Type the ID of the version, or ask again." in text
    form = filled(operator, made, **{"version:_code": "abc1234"})
    assert operator.post(address(made.pipeline), form).status_code == 302
    assert "abc1234" in [one["version_id"] for one in Command.objects.get().payload["artifacts"]]


def test_an_artifact_without_any_version_says_what_to_do(operator):
    made = made_company()
    answered(made.pipeline, artifact("model", version("8")), artifact("scaler"), artifact("_code", *commits()))
    response = operator.get(address(made.pipeline))
    assert "No version at all. scaler has no version to choose." in words(response)
    assert "Waits for a version of scaler." in words(response)
    assert re.search(r'value="create" disabled', response.content.decode())


def test_an_artifact_without_a_default_must_be_chosen(operator):
    made = made_company(defaultVersionType={"id": "selectDuringReleaseCreationType"})
    answered(made.pipeline)
    form = filled(operator, made)
    assert form["version:model"] == ""
    response = operator.post(address(made.pipeline), {**form, "description": "To be kept"})
    assert response.status_code == 422
    assert "Choose a version of model." in words(response)
    assert "To be kept" in words(response)


def test_azure_that_cannot_be_asked_is_told_with_a_way_to_ask_again(operator):
    made = made_company()
    answered(made.pipeline, sentence="Azure DevOps did not answer.")
    assert "Azure DevOps could not be asked. Azure DevOps did not answer." in words(
        operator.get(address(made.pipeline))
    )
    operator.post(address(made.pipeline), {"do": "anew", "description": "Kept"})
    assert Inquiry.objects.count() == 2


def test_nothing_typed_is_lost_while_azure_is_asked_again(operator):
    made = made_company()
    answered(made.pipeline)
    form = filled(operator, made, do="anew", description="To be kept", **{"version:model": "7"})
    html = operator.post(address(made.pipeline), form).content.decode()
    inquiry = Inquiry.objects.get(state=Inquiry.State.ASKED)
    assert 'name="version:model" value="7"' in html
    inquiry.delete()
    again = answered(made.pipeline)
    form |= {"do": "", "asked": str(again.pk)}
    html = operator.post(address(made.pipeline), form, headers=HTMX).content.decode()
    assert '<option value="7" selected>' in html
    assert "To be kept</textarea>" in html


def test_it_is_asked_for_once_and_leads_to_its_command(operator):
    made = made_company()
    answered(made.pipeline)
    form = filled(operator, made, description="November's model", is_draft="on", start=["DEV TEST"])
    response = operator.post(address(made.pipeline), form)
    command = Command.objects.get()
    assert response["Location"] == f"/commands/{command.pk}/"
    assert command.payload["manual_stages"] == ["PROD"]
    assert (command.payload["description"], command.payload["is_draft"]) == ("November's model", True)
    assert operator.post(address(made.pipeline), form)["Location"] == f"/commands/{command.pk}/"
    assert Command.objects.count() == 1


def test_a_pipeline_that_changed_keeps_what_was_typed_and_says_what_changed(operator):
    made = made_company()
    answered(made.pipeline)
    form = filled(operator, made, description="To be kept", **{"version:model": "7"})
    Stage.objects.filter(pk=made.prod.pk).update(conditions=[{"name": "ReleaseStarted", "conditionType": "event"}])
    response = operator.post(address(made.pipeline), form)
    assert response.status_code == 409
    text = words(response)
    assert "Nothing was asked of Azure DevOps." in text
    assert "PROD starts otherwise: By itself, when a release is created" in text
    assert "To be kept" in text


@pytest.mark.parametrize("role", [Role.QA, Role.MANAGER, Role.AUDITOR])
def test_others_are_told_who_can(role):
    made = made_company()
    client = factories.browser_of(factories.user(role=role))
    assert "operators and administrators can" in words(client.get(address(made.pipeline)))
    assert not Inquiry.objects.exists()
    assert client.post(address(made.pipeline), {"do": "create"}).status_code == 403


def test_the_list_of_pipelines_leads_to_it(operator):
    made = made_company()
    factories.pipeline(project=made.project, name="Gone", gone_at=factories.NOON)
    response = operator.get("/releases/new/")
    assert address(made.pipeline) in response.content.decode()
    assert "Gone" not in words(response)


def test_the_number_of_queries_is_that_of_the_page_not_of_what_is_on_offer(operator):
    made = made_company()
    answered(made.pipeline)
    few = queries(operator, address(made.pipeline))
    Inquiry.objects.all().delete()
    answered(made.pipeline, *(artifact(alias, *commits(100)) for alias in ("model", "scaler", "_code")))
    assert queries(operator, address(made.pipeline)) == few


def test_the_mark_in_a_description_is_not_shown(operator):
    made = made_company()
    made.live.description = f"For November\n\nAda Berg in Slipway [slipway cmd=01234567 audit=12:{'a' * 16}]"
    made.live.save()
    text = words(operator.get(f"/p/{made.project.slug}/releases/{made.live.azure_id}/"))
    assert "For November Ada Berg in Slipway" in text
    assert "[slipway" not in text
