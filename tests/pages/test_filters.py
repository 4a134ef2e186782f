"""The filters of the releases list: in the URL, as links, with suggestions, in the reader's zone, whatever is typed."""

from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from django.utils import timezone

from releases.models import Release
from releases.queries.words import kept
from releases.states import Role
from releases.sync.store.texts import Text, write
from tests import factories
from tests.factories import NOON
from tests.pages.company import carrying, company
from tests.pages.reading import HTMX, queries, words

pytestmark = pytest.mark.django_db

HOSTILE = ["\0", "a\0b", '"', "'", "\\", "%", "%00", "\ud800", "🚀", "a" * 5000, "( OR *", "<b>", "-", ":", "::7", "x:"]
NAMES = [
    "pipeline",
    "state",
    "trigger",
    "model",
    "scaler",
    "commit",
    "person",
    "text",
    "since",
    "until",
    "before",
    "after",
]


@pytest.mark.on_postgresql  # the stricter one
@pytest.mark.parametrize("name", NAMES)
def test_nothing_in_the_address_breaks_the_page(signed_in, name):
    company()
    for value in HOSTILE:
        address = f"/releases/?{name}={quote(value.encode('utf-8', 'surrogatepass'))}"
        assert signed_in.get(address).status_code in {200, 400, 404}, address
    assert signed_in.get(address, headers=HTMX).status_code in {200, 400, 404}, address


DAYS = ["2026-02-30", "0001-01-01", "9999-12-31", "1d7", "30", "2026-W10-1", "20260302", "x", "-1d"]


@pytest.mark.parametrize("day", DAYS)
def test_a_day_that_is_none_narrows_nothing_or_little(signed_in, day):
    company()
    for name in ("since", "until"):
        assert signed_in.get(f"/releases/?{name}={day}").status_code == 200


def rows(page) -> set[str]:
    text = page.content.decode()
    return {name for name in ("Release-1", "Release-2") if f">{name}</a>" in text}


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("scaler=scaler:1", {"Release-1", "Release-2"}),
        ("scaler=scaler:2", set()),
        ("person=ayla", {"Release-2"}),
        ("person=ayla@port.example&model=support-vector-classifier:8", {"Release-2"}),
        ("commit=e04d5aa", {"Release-1"}),
        ("commit=E04D5AA9", {"Release-1"}),
        ("commit=e04", set()),
        ("text=regatta", {"Release-2"}),
        ("text=release-1", {"Release-1"}),
        ("text=regatta&state=waiting", {"Release-2"}),
        ("text=regatta&state=failed", set()),
        ("since=2026-03-03", {"Release-2"}),
        ("until=2026-03-02", {"Release-1"}),
        ("since=2026-03-02&until=2026-03-03", {"Release-1", "Release-2"}),
        ("since=2026-03-03&until=2026-03-02", set()),
        ("state=succeeded", {"Release-1", "Release-2"}),
        ("state=queued", set()),
    ],
)
def test_every_filter_and_some_together(signed_in, query, shown):
    made = company()
    ayla = factories.identity(name="Ayla", email="ayla@port.example")
    Release.objects.filter(pk=made.waiting.pk).update(created_for=ayla)
    sha = "e04d5aa9f0" + "0" * 30
    factories.artifact(release=made.live, role="code", alias="repo", name="repo", version=sha[:7], version_id=sha)
    told = {made.live: "Release-1", made.waiting: "Release-2 for the Regatta"}
    write([Text(release.pk, release.created_on, kept([text])) for release, text in told.items()])
    assert rows(signed_in.get(f"/releases/?{query}")) == shown


def test_a_day_begins_where_the_reader_is():
    factories.release(name="Release-1", created_on=datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    person = factories.user(role=Role.QA, time_zone="Europe/Helsinki")
    there = factories.browser_of(person)
    assert rows(there.get("/releases/?since=2026-03-02")) == {"Release-1"}
    assert rows(there.get("/releases/?until=2026-03-01")) == set()
    elsewhere = factories.browser_of(factories.user(role=Role.QA, time_zone="UTC"))
    assert rows(elsewhere.get("/releases/?since=2026-03-02")) == set()
    assert rows(elsewhere.get("/releases/?until=2026-03-01")) == {"Release-1"}


def test_the_last_days_are_counted_from_today(signed_in):
    factories.release(name="Release-1", created_on=timezone.now())
    factories.release(name="Release-2", created_on=NOON)
    page = signed_in.get("/releases/?since=30d")
    assert rows(page) == {"Release-1"}
    assert "Created: last 30 days" in words(page)


def test_a_set_filter_is_a_link_that_clears_it_and_keeps_the_others(signed_in):
    company()
    page = signed_in.get("/releases/?state=failed&since=2026-03-01&until=2026-03-05&text=rain&before=1.1")
    text = page.content.decode()
    assert "Created: 1 March to 5 March 2026" in words(page)
    assert 'class="facet on" href="?state=failed&amp;text=rain"' in text
    assert 'class="facet on" href="?since=2026-03-01&amp;until=2026-03-05&amp;text=rain"' in text
    assert '<input type="hidden" name="state" value="failed">' in text


def test_suggestions_are_what_the_newest_releases_carry(signed_in):
    company()
    text = words(signed_in.get("/releases/choices/model/?state=live"))
    assert text == "support-vector-classifier v8 support-vector-classifier v7"
    page = signed_in.get("/releases/choices/model/?state=live&model=x&before=1.1").content.decode()
    assert 'href="?state=live&amp;model=support-vector-classifier%3A8"' in page
    assert "scaler v1" in words(signed_in.get("/releases/choices/scaler/"))
    assert "Nothing to suggest yet" in words(signed_in.get("/releases/choices/person/"))
    assert signed_in.get("/releases/choices/pipeline/").status_code == 404


def test_suggestions_name_nobody_from_other_projects():
    mine, other = factories.release(), factories.release()
    for release, name in ((mine, "Aino"), (other, "Åsa")):
        Release.objects.filter(pk=release.pk).update(created_by=factories.identity(name=name))
        carrying(release, model=release.pk)
    client = factories.browser_of(factories.user(role=Role.QA, project=mine.project))
    assert words(client.get("/releases/choices/person/")) == "Aino"
    assert f"v{other.pk}" not in words(client.get("/releases/choices/model/"))


ASKED = """text=release model=support-vector-classifier:7 commit=e04d5aa person=ayla state=failed state=live
text=release&state=waiting model=support-vector-classifier&scaler=scaler:1 since=2026-03-01"""


@pytest.mark.parametrize("query", ["", *ASKED.split()])
def test_no_filter_asks_more_for_more_releases(signed_in, query):
    made = company()
    Release.objects.filter(pk=made.live.pk).update(created_for=factories.identity(name="Ayla"))
    write([Text(made.live.pk, made.live.created_on, "release 1")])
    before = queries(signed_in, f"/releases/?{query}")
    for day in range(12):
        release = factories.release(pipeline=made.pipeline, created_by=factories.identity(name="Ayla"))
        carrying(release, model=7)
        write([Text(release.pk, release.created_on, f"release {day}")])
    assert queries(signed_in, f"/releases/?{query}") == before
    assert before <= 28
