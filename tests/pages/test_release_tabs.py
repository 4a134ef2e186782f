"""What lies around a release: its neighbours, where it was live, its tabs, its variables, the way to Azure's pages."""

from datetime import timedelta

import pytest

from releases.models import LiveSpan, ReleaseStage, ReleaseWorkItem, WorkItem
from releases.queries.release_around import SPANS_SHOWN
from releases.queries.variables import variables_of
from releases.states import Role
from tests import factories
from tests.factories import NOON
from tests.pages.company import company
from tests.pages.reading import HTMX, queries, words

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]
TABS = ["", "timeline/", "variables/"]


def address(release, tab: str = "") -> str:
    return f"/p/{release.project.slug}/releases/{release.azure_id}/{tab}"


def test_the_releases_before_and_after_are_one_step_away(signed_in):
    made = company()
    last = factories.release(pipeline=made.pipeline, name="Release-3", created_on=NOON + timedelta(days=2))
    factories.release(name="Release of another pipeline", created_on=NOON + timedelta(hours=1))
    page = signed_in.get(address(made.waiting)).content.decode()
    assert f'<a href="{address(made.live)}" rel="prev" title="Release-1">' in page
    assert f'<a href="{address(last)}" rel="next" title="Release-3">' in page
    assert "Newer: none" in words(signed_in.get(address(last)))
    assert "Older: none" in words(signed_in.get(address(made.live)))


def test_two_releases_of_one_moment_follow_each_other_and_none_is_left_out(signed_in):
    pipeline = factories.pipeline()
    made = [factories.release(pipeline=pipeline, name=f"Release-{number}") for number in (1, 2, 3)]
    page = signed_in.get(address(made[1])).content.decode()
    assert 'rel="prev" title="Release-1"' in page and 'rel="next" title="Release-3"' in page


def test_the_page_says_where_it_was_live_from_when_until_when(signed_in):
    made = company()
    text = words(signed_in.get(address(made.live)))
    assert "Where it was live Stage From Until For" in text
    assert "PROD Mon 2 Mar, 12:30 Live now" in text
    assert "DEV TEST Mon 2 Mar, 12:10 Tue 3 Mar, 12:10 1 d" in text
    assert "Nowhere so far" in words(signed_in.get(address(factories.release())))


def test_a_release_that_was_live_a_thousand_times_shows_the_newest(signed_in):
    made = company()
    row = made.live.stages.get(stage=made.dev)
    for number in range(SPANS_SHOWN + 1):
        at = NOON - timedelta(days=number + 1)
        attempt = factories.deployment(release_stage=row, attempt=number + 2, finished_on=at)
        factories.live_span(opened_by=attempt, live_until=at + timedelta(hours=1))
    page = signed_in.get(address(made.live))
    assert f"The newest {SPANS_SHOWN} times." in words(page)
    assert LiveSpan.objects.filter(release=made.live).count() > SPANS_SHOWN


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_is_a_page_and_a_fragment_with_the_same_head(signed_in, tab):
    made = company()
    page, part = signed_in.get(address(made.waiting, tab)), signed_in.get(address(made.waiting, tab), headers=HTMX)
    assert "Release-2" in words(page) and "<html" in page.content.decode()
    assert "PROD waits for approval, 1 of 2" in words(part) and "<html" not in part.content.decode()
    assert page.content.decode().count('aria-current="page"') >= 2
    assert signed_in.get(address(made.waiting, tab), headers={**HTMX, "If-None-Match": part["ETag"]}).status_code == 304


@pytest.mark.parametrize("tab", TABS)
def test_no_tab_tells_of_another_projects_release(tab):
    mine, other = company(), company(factories.project(name="Secret project"))
    client = factories.browser_of(factories.user(role=Role.QA, project=mine.project))
    assert client.get(address(mine.live, tab)).status_code == 200
    assert client.get(address(other.live, tab)).status_code == 404


def test_the_timeline_is_short_on_the_summary_and_whole_on_its_own_page(signed_in):
    made = company()
    row = made.live.stages.get(stage=made.dev)
    for number in range(2, 8):
        factories.deployment(release_stage=row, attempt=number, queued_on=NOON + timedelta(hours=number))
    summary, whole = (words(signed_in.get(address(made.live, tab))) for tab in ("", "timeline/"))
    assert "Deployment to PROD started" not in summary and "earlier entries" in summary
    assert "Deployment to PROD started" in whole and "earlier entries" not in whole


def test_variables_are_listed_with_their_stage_and_secrets_are_not(signed_in):
    made = company()
    made.waiting.variables = {"SLA": {"value": "200 ms"}, "token": {"value": "hunter2", "isSecret": True}}
    made.waiting.save()
    ReleaseStage.objects.filter(release=made.waiting, stage=made.prod).update(
        variables={"replicas": {"value": "3"}, "url": {"value": "https://x?sig=[masked]"}}
    )
    page = signed_in.get(address(made.waiting, "variables/"))
    text = words(page)
    assert "Variables 4" in text
    assert "SLA 200 ms Every stage token secret, kept in Azure DevOps alone Every stage replicas 3 PROD" in text
    assert "hunter2" not in page.content.decode() and "sig=" not in page.content.decode()
    assert "This release has no variables" in words(signed_in.get(address(made.live, "variables/")))


@pytest.mark.parametrize(
    ("given", "value", "is_secret"),
    [
        ({"value": "a"}, "a", False),
        ({"value": "a", "isSecret": True}, "", True),
        ({"value": None, "isSecret": True}, "", True),
        ({"value": None}, "", False),
        ({"value": 3}, "3", False),
        ({}, "", False),
        ("bare", "bare", False),
        ("key=[masked]", "", True),
    ],
)
def test_a_variable_is_read_in_every_form_it_comes_in(given, value, is_secret):
    (one,) = variables_of(factories.release(variables={"name": given}), [])
    assert (one.value, one.is_secret) == (value, is_secret)


def test_every_azure_page_of_the_release_is_linked(signed_in):
    made = company()
    azure = f"{made.project.organization.url}/{made.project.name}"
    version = factories.model_version(version="8", workspace=factories.workspace(name="mlops_ws"))
    made.waiting.artifacts.filter(alias="model").update(model_version=version)
    item = WorkItem.objects.create(project=made.project, azure_id=77, title="Retrain", web_url=f"{azure}/_workitems/77")
    ReleaseWorkItem.objects.create(release=made.waiting, work_item=item)
    page = signed_in.get(address(made.waiting)).content.decode()
    row = made.waiting.stages.get(stage=made.dev)
    release = f"releaseId={made.waiting.azure_id}"
    for link in (
        f"{azure}/_release?{release}&amp;_a=release-summary",
        f"{azure}/_release?definitionId={made.pipeline.azure_id}&amp;_a=releases",
        f"{azure}/_releaseProgress?_a=release-environment-logs&amp;{release}&amp;environmentId={row.azure_id}",
        f"{azure}/_workitems/77",
        "https://ml.azure.com/model/support-vector-classifier:8/details?wsid=/subscriptions/sub",
    ):
        assert f'href="{link}' in page, link


@pytest.mark.parametrize("tab", TABS)
def test_a_tab_costs_the_same_whatever_the_history(signed_in, tab):
    made = company()
    before = queries(signed_in, address(made.waiting, tab))
    for number in range(5):
        factories.release(pipeline=made.pipeline, created_on=NOON + timedelta(hours=number))
    assert queries(signed_in, address(made.waiting, tab)) == before
