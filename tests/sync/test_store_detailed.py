"""Storing releases themselves: steps and history, which no list page may take away again."""

import pytest

from releases.models import Approval, Deployment, Project, Release, SourceDocument, Step
from releases.sync.store import store_detailed, store_listed
from tests.sync import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(db: None) -> Project:
    return told.project()


def detailed() -> told.Json:
    """The release of `two_stages(1)` with what only the release itself tells."""
    one = told.two_stages(1)
    step = one["environments"][1]["deploySteps"][0]
    issue = {"issueType": "Warning", "message": "slow disk"}
    tasks = told.task(1, "Initialize job"), told.task(2, "Deploy", issues=[issue], agentName="agent-3")
    step["releaseDeployPhases"] = [told.phase(12, *tasks, at=77)]
    turns = [{"revision": 1, "comments": "looking", "changedBy": told.person("veikko"), "createdOn": told.moment(71)}]
    one["environments"][1]["preDeployApprovals"][0]["history"] = turns
    return one


def rows() -> list[object]:
    """What only the detail tells."""
    steps = Step.objects.order_by("rank").values_list("phase_id", "task_id", "name", "agent", "issues", "status")
    started = Deployment.objects.order_by("id").values_list("started_on", "finished_on")
    return [*steps, *started, *Approval.objects.values_list("history", flat=True)]


def test_a_release_read_itself_has_steps_and_history(project: Project) -> None:
    store_listed(project, told.items(told.two_stages(1)), now=told.NOW)
    assert Step.objects.count() == 0
    stored = store_detailed(project, told.items(detailed()), now=told.NOW)
    assert stored.changed == 1
    release = Release.objects.get()
    assert (release.depth, release.detailed_at) == ("detailed", told.NOW)
    assert list(Step.objects.order_by("rank").values_list("name", "agent")) == [
        ("Initialize job", ""),
        ("Deploy", "agent-3"),
    ]
    assert Step.objects.get(name="Deploy").issues == [{"type": "Warning", "message": "slow disk"}]
    assert Approval.objects.get().history[0]["changedBy"] == "veikko"
    assert set(SourceDocument.objects.values_list("key", "depth")) == {
        ("release:1", "listed"),
        ("release:1", "detailed"),
    }


def test_a_list_page_after_it_erases_nothing(project: Project) -> None:
    store_detailed(project, told.items(detailed()), now=told.NOW)
    before = rows()
    listed = told.two_stages(1, description="touched")
    assert store_listed(project, told.items(listed), now=told.NOW).changed == 1
    assert rows() == before
    release = Release.objects.get()
    assert (release.depth, release.description) == ("detailed", "touched")
    assert release.detailed_sha256 and release.listed_sha256


def test_reading_it_again_unchanged_writes_nothing(project: Project) -> None:
    store_detailed(project, told.items(detailed()), now=told.NOW)
    again = store_detailed(project, told.items(detailed()), now=told.NOW)
    assert (again.changed, again.rows_written) == (0, 0)


def test_steps_follow_the_attempt_that_came_with_others(project: Project) -> None:
    store_detailed(project, told.items(detailed()), now=told.NOW)
    changed = detailed()
    phase = changed["environments"][1]["deploySteps"][0]["releaseDeployPhases"][0]
    phase["deploymentJobs"][0]["tasks"] = [told.task(2, "Deploy", status="failed"), told.task(3, "Clean up")]
    store_detailed(project, told.items(changed), now=told.NOW)
    assert list(Step.objects.order_by("rank").values_list("name", "status")) == [
        ("Deploy", "failed"),
        ("Clean up", "succeeded"),
    ]
    without = told.two_stages(1, description="Azure forgot the phases")
    store_detailed(project, told.items(without), now=told.NOW)
    assert Step.objects.count() == 2


def test_stages_attempts_and_approvals_azure_forgot_are_kept(project: Project) -> None:
    store_detailed(project, told.items(detailed()), now=told.NOW)
    shrunk = detailed()
    del shrunk["environments"][1]
    shrunk["environments"][0]["deploySteps"] = []
    store_detailed(project, told.items(shrunk), now=told.NOW)
    assert (Deployment.objects.count(), Approval.objects.count(), Step.objects.count()) == (2, 1, 2)
