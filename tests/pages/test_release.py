"""One release: why it exists, how far it got, what it carries against what is live, who approved, what happened."""

from datetime import timedelta

import pytest

from releases.models import Commit, Release, ReleaseCommit, SetAside
from releases.states import ArtifactRole, DeploymentStatus, Depth, ReleaseStatus, Role, StageStatus, TriggerKind
from tests import factories
from tests.factories import NOON
from tests.pages.company import carrying, company
from tests.pages.reading import queries, words

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]


def address(release) -> str:
    return f"/p/{release.project.slug}/releases/{release.azure_id}/"


def test_the_page_says_why_the_release_exists(signed_in):
    made = company()
    run = factories.training_run(name="port-weather-train-118", commit="90ad4f7" + "0" * 33)
    version = factories.model_version(version="8", training_run=run, job_name=run.name)
    made.waiting.artifacts.filter(alias="model").update(model_version=version)
    text = words(signed_in.get(address(made.waiting)))
    why = "Created because model support-vector-classifier v8 was registered by training run port-weather-train-118."
    assert why in text
    assert "90ad4f7 commit" in text
    assert "The run recorded no input data." in text


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (TriggerKind.UNKNOWN, "Azure DevOps does not say why this release was created."),
        (TriggerKind.MANUAL, "Started by Priya Raman."),
        (TriggerKind.SCHEDULE, "Created on schedule."),
        (TriggerKind.PUSH, "Push to main, commit e04d5aa."),
        (TriggerKind.PULL_REQUEST, "Pull request 118 of Learn_MLOps."),
    ],
)
def test_every_kind_of_trigger_has_its_sentence(signed_in, kind, said):
    person = factories.identity(name="Priya Raman")
    release = factories.release(trigger_kind=kind, created_by=person, trigger_alias="code")
    branch = "refs/pull/118/merge" if kind is TriggerKind.PULL_REQUEST else "refs/heads/main"
    code = {"role": ArtifactRole.CODE, "source_version": "e04d5aa" + "1" * 33, "repository": "Learn_MLOps"}
    factories.artifact(release=release, alias="code", branch=branch, **code)
    assert said in words(signed_in.get(address(release)))


def test_stages_show_attempts_steps_and_what_is_live_instead(signed_in):
    made = company()
    row = made.waiting.stages.get(stage=made.dev)
    failed = factories.deployment(release_stage=row, attempt=2, status=DeploymentStatus.FAILED)
    factories.step(deployment=failed, name="Test endpoint", status="failed", issues=[{"message": "error 0.41 m"}])
    made.waiting.stages.filter(stage=made.dev).update(status=StageStatus.REJECTED)
    made.waiting.depth = Depth.DETAILED
    made.waiting.save()
    text = words(signed_in.get(address(made.waiting)))
    assert "Failed at Test endpoint" in text
    assert "Attempt 2" in text
    assert "error 0.41 m" in text
    assert "Deploy model to endpoint" in text
    assert "Runs Release-1 since" in text


def test_an_attempt_that_broke_before_it_deployed_anything_is_a_failed_one(signed_in):
    made = company()
    row = made.waiting.stages.get(stage=made.dev)
    broken = {"status": DeploymentStatus.NOT_DEPLOYED, "operation_status": "PhaseFailed"}
    factories.step(
        deployment=factories.deployment(release_stage=row, attempt=2, **broken), name="Wait", status="failed"
    )
    Release.objects.update(depth=Depth.DETAILED)
    text = words(signed_in.get(address(made.waiting)))
    assert "DEV TEST, attempt 2 failed at Wait" in text
    assert "DEV TEST failed at Wait, attempt 2" in text


def test_steps_that_were_not_read_are_said_to_be_missing(signed_in):
    made = company()
    assert "Those of this release were not read yet." in words(signed_in.get(address(made.live)))
    aside = {"key": f"release:{made.live.azure_id}", "first_seen_at": NOON, "last_seen_at": NOON}
    SetAside.objects.create(project=made.project, reason="A list was expected.", **aside)
    text = words(signed_in.get(address(made.live)))
    assert "Azure's answer with the steps could not be read. A list was expected." in text


def test_versions_stand_against_what_is_live_and_missing_links_are_said(signed_in):
    made = company()
    text = words(signed_in.get(address(made.waiting)))
    assert "Against PROD" in text
    assert "v8 from v7 → to v8" in text
    assert "No Azure ML workspace is connected." in text
    made.project.workspaces.add(factories.workspace())
    assert "Not found in the registry." in words(signed_in.get(address(made.waiting)))


def test_automated_approvals_are_not_shown(signed_in):
    made = company()
    row = made.waiting.stages.get(stage=made.dev)
    robot = factories.identity(name="Azure Pipelines robot")
    factories.approval(release_stage=row, approver=robot, status="approved", is_automated=True, modified_on=NOON)
    text = words(signed_in.get(address(made.waiting)))
    assert "Azure Pipelines robot" not in text
    assert "Jonas Lindqvist" in text
    assert "Accuracy gain holds." in text
    assert "PROD waits for approval, 1 of 2" in text


def test_an_abandoned_and_a_deleted_release_say_so(signed_in):
    made = company()
    made.live.status, made.live.gone_at = ReleaseStatus.ABANDONED, NOON
    made.live.save()
    text = words(signed_in.get(address(made.live)))
    assert "Abandoned" in text
    assert "Deleted in Azure DevOps." in text


def test_commits_are_listed(signed_in):
    made = company()
    commit = Commit.objects.create(project=made.project, sha="0c9d1ab" + "0" * 33, message="Retrain with October data")
    ReleaseCommit.objects.create(release=made.waiting, commit=commit)
    assert "0c9d1ab Retrain with October data" in words(signed_in.get(address(made.waiting)))


def test_another_projects_release_is_not_found_and_not_named():
    mine, other = company(), company(factories.project(name="Secret project"))
    client = factories.browser_of(factories.user(role=Role.QA, project=mine.project))
    assert client.get(address(mine.live)).status_code == 200
    hidden = client.get(address(other.live))
    assert hidden.status_code == 404
    assert "Secret project" not in words(hidden)
    assert f"There is no release {other.live.azure_id} here" in words(hidden)


def test_the_cost_does_not_grow_with_stages_attempts_steps_and_history(signed_in):
    made = company()
    before = queries(signed_in, address(made.waiting))
    for number in range(4):
        stage = factories.stage(pipeline=made.pipeline)
        row = factories.release_stage(release=made.waiting, stage=stage, status=StageStatus.SUCCEEDED)
        for attempt in (1, 2):
            done = factories.deployment(release_stage=row, attempt=attempt)
            factories.step(deployment=done)
        carrying(factories.release(pipeline=made.pipeline, created_on=NOON - timedelta(days=number)), model=number)
        factories.artifact(release=made.waiting)
    assert queries(signed_in, address(made.waiting)) == before
    assert before <= 46  # nine of what lies around it and is served, seven of commands and acts, two of the frame
