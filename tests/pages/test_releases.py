"""The list of releases: filters in the URL, keyset pages, versions that changed, and a fixed cost."""

from datetime import timedelta
from urllib.parse import unquote

import pytest

from releases.models import Release
from releases.queries import releases as query
from releases.states import Role, TriggerKind
from tests import factories
from tests.factories import NOON
from tests.pages.company import carrying, company
from tests.pages.reading import HTMX, queries, words

pytestmark = pytest.mark.django_db


def test_each_row_tells_trigger_stages_and_what_changed(signed_in):
    company()
    text = words(signed_in.get("/releases/"))
    assert "2 releases" in text
    assert "Release-2 Port Weather ML Pipeline Model v8" in text
    assert "PROD 1 of 2" in text
    assert "model from v7 to v8" in text
    assert "PROD live" in text


@pytest.mark.parametrize(
    ("query_string", "shown"),
    [
        ("trigger=model", {"Release-2"}),
        ("trigger=manual", {"Release-1"}),
        ("model=support-vector-classifier:7", {"Release-1"}),
        ("model=support-vector-classifier", {"Release-1", "Release-2"}),
        ("model=scaler:1", set()),
        ("scaler=scaler:1", {"Release-1", "Release-2"}),
        ("model=scaler:2", set()),
        ("model=another", set()),
        ("state=waiting", {"Release-2"}),
        ("state=live", {"Release-1", "Release-2"}),
        ("state=failed", set()),
        ("trigger=manual&state=waiting", set()),
        ("trigger=nonsense", {"Release-1", "Release-2"}),
    ],
)
def test_filters_stand_in_the_url(signed_in, query_string, shown):
    company()
    page = signed_in.get(f"/releases/?{query_string}").content.decode()
    assert {name for name in ("Release-1", "Release-2") if f">{name}</a>" in page} == shown


def test_a_pipeline_is_a_filter_and_an_unknown_one_is_not_found(signed_in):
    made, other = company(), company(factories.project())
    page = signed_in.get(f"/releases/?pipeline={made.pipeline.pk}")
    assert "2 releases" in words(page)
    assert f"/p/{other.project.slug}/releases/" not in page.content.decode()
    for number in ("999999", "x", "9" * 40, "-1"):
        assert signed_in.get(f"/releases/?pipeline={number}").status_code == 404


def test_nothing_waits_in_a_release_that_azure_has_no_longer(signed_in):
    made = company()
    assert "1 waiting for approval" in unquote(signed_in.get("/", headers=HTMX)["X-News"])
    Release.objects.filter(pk=made.waiting.pk).update(gone_at=NOON)
    assert "0 waiting for approval" in unquote(signed_in.get("/", headers=HTMX)["X-News"])
    assert "0 releases" in unquote(signed_in.get("/releases/?state=waiting", headers=HTMX)["X-News"])


def test_another_projects_pipeline_is_not_found():
    mine, other = company(), company(factories.project())
    client = factories.browser_of(factories.user(role=Role.MANAGER, project=mine.project))
    assert client.get(f"/releases/?pipeline={mine.pipeline.pk}").status_code == 200
    assert client.get(f"/releases/?pipeline={other.pipeline.pk}").status_code == 404
    assert "2 releases" in words(client.get("/releases/"))


def names(page: str) -> list[str]:
    return [part.partition("<")[0] for part in page.split("data-row")[1:] for part in [part.partition(">")[2]]]


def test_pages_go_older_and_back_without_losing_or_doubling_a_row(signed_in, monkeypatch):
    pipeline = factories.pipeline()
    for number in range(7):  # three of them made at the very same moment
        factories.release(pipeline=pipeline, name=f"R-{number}", created_on=NOON + timedelta(hours=max(0, number - 3)))
    monkeypatch.setattr(query, "PAGE_SIZE", 3)
    newest = signed_in.get("/releases/")
    found = [names(newest.content.decode())]
    page = newest.context["page"]
    while page.older:
        response = signed_in.get(f"/releases/?before={page.older}")
        page = response.context["page"]
        found.append(names(response.content.decode()))
    assert [name for one in found for name in one] == ["R-6", "R-5", "R-4", "R-3", "R-2", "R-1", "R-0"]
    back = signed_in.get(f"/releases/?after={page.newer}")
    assert names(back.content.decode()) == found[-2]


@pytest.mark.parametrize("cursor", ["x", "1.y", "99999999999999999999999.1", "."])
def test_a_broken_cursor_is_told_kindly(signed_in, cursor):
    response = signed_in.get(f"/releases/?before={cursor}")
    assert response.status_code == 400
    assert "Start again from the newest releases" in words(response)


def test_the_count_is_exact_up_to_its_limit(signed_in, monkeypatch):
    monkeypatch.setattr(query, "COUNTED_TO", 2)
    monkeypatch.setattr("dashboard.views.releases.COUNTED_TO", 2)
    company()
    assert "2 releases" in words(signed_in.get("/releases/"))
    factories.release()
    assert "2+ releases" in words(signed_in.get("/releases/"))


def test_nothing_read_and_nothing_found_are_told_apart(signed_in):
    assert "No releases yet" in words(signed_in.get("/releases/"))
    assert "No release matches" in words(signed_in.get("/releases/?trigger=push"))


def test_the_cost_does_not_grow_with_the_rows(signed_in):
    made = company()
    before = queries(signed_in, "/releases/")
    for day in range(20):
        late = {"created_on": NOON + timedelta(days=day + 2), "trigger_kind": TriggerKind.MODEL}
        carrying(factories.release(pipeline=made.pipeline, **late), model=day)
    assert queries(signed_in, "/releases/") == before
    assert before <= 22  # one for the commands that need somebody, in the navigation


def test_a_scheduled_release_says_its_time(signed_in):
    pipeline = factories.pipeline()
    settings = {"schedule": {"daysToRelease": 1, "startHours": 12, "startMinutes": 0, "timeZoneId": "UTC"}}
    pipeline.triggers.create(kind=TriggerKind.SCHEDULE, ordinal=0, settings=settings)
    factories.release(pipeline=pipeline, trigger_kind=TriggerKind.SCHEDULE)
    assert "Mondays 12:00" in words(signed_in.get("/releases/"))
