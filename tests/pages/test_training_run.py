"""One training run: what it made, from which commit and data, its figures, what became of its versions."""

from datetime import timedelta

import pytest
from django.urls import reverse

from releases.models import TrainingRun
from releases.states import Role
from tests import factories
from tests.factories import NOON
from tests.pages.company import Company, carrying, company, deployed
from tests.pages.reading import queries, words

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]


def address(run: TrainingRun) -> str:
    return reverse("training_run", args=[run.workspace_id, run.name])


def trained(made: Company, **fields) -> TrainingRun:
    """The run that registered the model version that waits for PROD."""
    workspace = factories.workspace(name="mlops_ws", resource_group=f"rg-{made.project.slug}", read_at=NOON)
    made.project.workspaces.add(workspace)
    times = {"started_on": NOON - timedelta(hours=2), "finished_on": NOON - timedelta(minutes=48)}
    told = {"name": "port-weather-train-118", "owner": factories.identity(name="Priya Raman"), **times, **fields}
    run = factories.training_run(workspace=workspace, **told)
    version = factories.model_version(workspace=workspace, version="8", training_run=run)
    made.waiting.artifacts.filter(alias="model").update(model_version=version)
    return run


def test_the_page_opens_with_what_the_run_made_where_that_is_live_and_how_long_it_took(signed_in):
    text = words(signed_in.get(address(trained(company()))))
    assert "Made support-vector-classifier v8. Live in DEV TEST." in text
    assert "It ended Mon 2 Mar at 11:12 after 1 h 12 min." in text
    assert "Owner Priya Raman" in text
    assert "Succeeded" in text
    assert "Releases that carried it, 1 Releases, newest first Release Stages With Created Release-2" in text


def test_commit_branch_and_whether_all_was_committed_are_told(signed_in):
    run = trained(company(), commit="90ad4f7" + "0" * 33, branch="refs/heads/main", repository="https://x.example/r")
    assert "Whether everything was committed is not told." in words(signed_in.get(address(run)))
    TrainingRun.objects.update(is_dirty=True)
    page = signed_in.get(address(run))
    assert "Commit 90ad4f7 main, https://x.example/r With changes that were not committed" in words(page)
    assert 'href="https://x.example' not in page.content.decode()


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        (
            [{"name": "training_data", "uri": "azureml:port-weather:12", "kind": "uri_folder"}],
            "azureml:port-weather:12",
        ),
        ([{"asset": "port-weather", "version": "12"}], "port-weather v12"),
        (["azureml://weather/3"], "azureml://weather/3"),
        ([], "The run recorded no input data."),
        ({"odd": 1}, "The run recorded no input data."),
    ],
)
def test_inputs_are_told_in_whatever_form_they_were_noted(signed_in, inputs, said):
    assert said in words(signed_in.get(address(trained(company(), inputs=inputs))))


def test_missing_links_and_a_run_that_azure_has_no_longer_are_said(signed_in):
    sentence = "Azure ML has no training run of this name any more."
    run = trained(company(), missing_sentence=sentence, gone_at=NOON, status="")
    text = words(signed_in.get(address(run)))
    assert f"Not everything of this run is known. {sentence} mlops_ws was asked" in text
    assert "The run recorded no git commit." in text
    assert "The run noted no figures." in text


@pytest.mark.parametrize(
    ("status", "said"), [("Failed", "Failed"), ("NotResponding", "Failed"), ("Sleeping", "Sleeping")]
)
def test_a_status_is_a_word_and_an_unknown_one_is_shown_as_it_came(signed_in, status, said):
    run = trained(company(), status=status)
    assert f"{run.name} {said}" in words(signed_in.get(address(run)))


def test_figures_and_tags_are_listed(signed_in):
    run = trained(
        company(), metrics={"accuracy": 0.9561}, properties={"tags": {"ordered by": "harbour"}, "properties": {}}
    )
    text = words(signed_in.get(address(run)))
    assert "Accuracy 0.9561" in text and "ordered by harbour" in text


def test_another_projects_run_is_not_found_and_a_shared_one_hides_releases_of_others():
    here, there = company(), company(factories.project(name="Secret project"))
    run, theirs = trained(here), trained(there)
    mine = factories.browser_of(factories.user(role=Role.QA, project=here.project))
    assert mine.get(address(theirs)).status_code == 404
    there.project.workspaces.add(run.workspace)
    there.waiting.artifacts.filter(alias="model").update(model_version=run.model_versions.get())
    assert "Releases that carried it, 1" in words(mine.get(address(run)))
    everywhere = factories.browser_of(factories.user(role=Role.QA))
    assert "Releases that carried it, 2" in words(everywhere.get(address(run)))


def test_the_cost_does_not_grow_with_versions_and_releases(signed_in):
    made = company()
    run = trained(made)
    before = queries(signed_in, address(run))
    for number in range(5):
        version = factories.model_version(workspace=run.workspace, name="scaler", version=f"{number}", training_run=run)
        one = factories.release(pipeline=made.pipeline, created_on=NOON + timedelta(days=5 + number))
        carrying(one, model=8, model_version=version)
        deployed(one, made.dev)
    assert queries(signed_in, address(run)) == before
    assert before <= 32
