"""The overview: what is live where, what waits, what failed, and that its cost does not grow with history."""

from datetime import timedelta

import pytest
from django.utils import timezone

from releases.models import Watermark
from releases.states import DeploymentStatus, Role, StageStatus
from tests import factories
from tests.factories import NOON
from tests.pages.company import carrying, company, deployed, pipeline_with_stages
from tests.pages.reading import HTMX, queries, words

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]


def test_each_stage_says_what_is_live_and_what_waits_for_it(signed_in):
    company()
    text = words(signed_in.get("/"))
    assert "1 approval waits" in text
    assert "DEV TEST Live Release-2" in text
    assert "PROD Live Release-1" in text
    assert "Release-2 waits to replace Release-1 in PROD: model from v7 → v8" in text
    assert "1 of 2 approved" in text


def test_a_failed_stage_shows_the_failure_and_what_was_live(signed_in):
    made = company()
    broken = factories.release(pipeline=made.pipeline, name="Release-3", created_on=NOON + timedelta(days=2))
    row = factories.release_stage(release=broken, stage=made.dev, status=StageStatus.REJECTED)
    failed = factories.deployment(release_stage=row, status=DeploymentStatus.FAILED)
    factories.step(deployment=failed, name="Install packages", rank=1, task_id=1)
    factories.step(deployment=failed, name="Test ACI endpoint", rank=2, task_id=2, status="failed")
    made.dev.live_spans.filter(live_until=None).update(uncertain_since=failed.finished_on)
    text = words(signed_in.get("/"))
    assert "1 stage failed" in text
    assert "Failed at Test ACI endpoint, step 2 of 2. Release-2 was live" in text
    assert "DEV TEST Failed Release-3" in text
    assert "Release-2 was live; whether it still is, is not certain" in text


def test_a_running_stage_shows_the_change_and_what_stays_live_until_then(signed_in):
    made = company()
    release = factories.release(pipeline=made.pipeline, name="Release-3", created_on=NOON + timedelta(days=2))
    carrying(release, model=9)
    row = factories.release_stage(release=release, stage=made.dev, status=StageStatus.IN_PROGRESS)
    running = factories.deployment(release_stage=row, status=DeploymentStatus.IN_PROGRESS, finished_on=None)
    factories.step(deployment=running, name="Deploy to ACI", status="inProgress")
    text = words(signed_in.get("/"))
    assert "DEV TEST Running Release-3" in text
    assert "from v8 → v9" in text
    assert "At Deploy to ACI, step 1 of 1. Release-2 stays live until then" in text
    assert "Needs DEV TEST" not in text  # the approval that waits for PROD is what stands between them


def test_a_stage_without_a_release_says_so(signed_in):
    pipeline_with_stages(factories.project())
    assert "No release of this pipeline has reached PROD yet." in words(signed_in.get("/"))


def test_nothing_connected_leads_to_connecting(signed_in):
    text = words(signed_in.get("/"))
    assert "What is live where Nothing is connected yet" in text


def test_connected_and_nothing_read_yet(signed_in):
    factories.project()
    assert "No pipeline was read yet" in words(signed_in.get("/"))


def test_while_the_history_is_read_a_banner_says_how_far_back(signed_in):
    made = company()
    cursor = {"recent_since": "2026-03-03T00:00:00+00:00", "read": 212, "expected": 600}
    Watermark.objects.create(project=made.project, feed="history", checked_at=timezone.now(), cursor=cursor)
    text = words(signed_in.get("/"))
    assert "history read back to 3 March 2026. 212 of about 600 releases" in text


def test_on_a_fresh_installation_the_steps_say_what_is_right_and_what_comes_next(signed_in):
    made = company()
    mark = Watermark.objects.create(project=made.project, feed="history", checked_at=timezone.now(), cursor={})
    text = words(signed_in.get("/"))
    assert "Next steps 1 of 5 done" in text
    assert "Azure ML is not connected" in text
    assert "The newest deployments are read first." in text
    made.project.workspaces.add(factories.workspace(name="mlops_ws"))
    mark.cursor = {"recent_since": "2026-03-03T00:00:00+00:00", "read": 212, "expected": 600}
    mark.save()
    text = words(signed_in.get("/"))
    assert "Next steps 3 of 5 done" in text
    assert "2 stages run a release." in text
    assert "212 of about 600 releases." in text
    assert "2 of 2 artifacts recognised" in text
    assert "0 of 2 live stages bound to an endpoint." in text
    mark.completed_at = timezone.now()
    mark.save()
    assert "Next steps" not in words(signed_in.get("/"))


def test_a_stage_of_which_nothing_was_read_yet_is_not_called_empty(signed_in):
    made = company()
    pipeline_with_stages(made.project)
    assert "Nothing deployed" in words(signed_in.get("/"))
    Watermark.objects.create(project=made.project, feed="history", checked_at=timezone.now(), cursor={})
    assert "Nothing deployed" not in words(signed_in.get("/"))


def test_more_than_eight_pipelines_are_one_line_each_and_trouble_comes_first(signed_in):
    project = factories.project()
    for _ in range(8):
        pipeline, dev, _prod = pipeline_with_stages(project)
        deployed(factories.release(pipeline=pipeline), dev)
    made = company(project)
    page = signed_in.get("/").content.decode()
    assert page.count('class="prow"') == 9
    assert page.index(f'id="row-{made.pipeline.pk}"') < page.index("In order, 8")
    assert signed_in.get("/?view=lanes").content.decode().count('class="prow"') == 0


def test_another_projects_pipelines_are_not_there():
    mine, other = company(), company(factories.project(name="Secret project"))
    client = factories.browser_of(factories.user(role=Role.QA, project=mine.project))
    page = client.get("/").content.decode()
    assert f"pipeline={mine.pipeline.pk}" in page
    assert f"pipeline={other.pipeline.pk}" not in page
    assert "Secret project" not in page


def test_the_cost_grows_neither_with_history_nor_with_pipelines(signed_in):
    made = company()
    before = queries(signed_in, "/")
    for day in range(10):
        old = factories.release(pipeline=made.pipeline, created_on=NOON - timedelta(days=day + 1))
        carrying(old, model=day)
        row = factories.release_stage(release=old, stage=made.prod, status=StageStatus.SUCCEEDED)
        factories.deployment(release_stage=row, azure_id=-day)
    company(made.project)
    assert queries(signed_in, "/") == before
    assert before <= 30


def test_a_fragment_asks_less_than_the_page(signed_in):
    company()
    fragment = signed_in.get("/", headers=HTMX)
    assert fragment.content.decode().strip().startswith('<div class="stack wide" id="_overview"')
    assert fragment["Vary"] and "HX-Request" in fragment["Vary"]
    assert "<html" not in fragment.content.decode()
