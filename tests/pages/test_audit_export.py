"""What can be taken along of the trail, by whom, and that nothing leaves without an event that holds its hash."""

import csv
from hashlib import sha256
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from releases import audit
from releases.actions import exports
from releases.models import AuditEvent
from releases.queries.audit_log import LogFilters, entries_of, last_number, listing_of, scope_of
from releases.queries.audit_log import export as audit_export
from releases.queries.cells import told
from releases.states import Role
from tests import factories
from tests.pages.company import company
from tests.pages.reading import words
from tests.pages.test_audit_log import append, run_event

pytestmark = pytest.mark.django_db
LOG = "/audit/log/export.csv"


def content(response):
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def rows(response):
    text = content(response).decode("utf-8-sig")
    return [{name: told(cell) for name, cell in row.items()} for row in csv.DictReader(StringIO(text, newline=""))]


@pytest.fixture
def auditor():
    return factories.user(role=Role.AUDITOR, name="Aino Salmi")


@pytest.fixture
def browser(auditor):
    return factories.browser_of(auditor)


def test_the_file_has_the_entries_of_the_log_with_their_hashes_in_utc(browser):
    project = factories.project(name="=Learn")
    event = run_event(project)
    append("signin.failed", outcome="denied")
    found = rows(browser.get(LOG))
    assert [row["number"] for row in found] == ["3", "2", "1"]
    run = found[1]
    assert run["what"] == "Read changes of =Learn: 2 changes noted"
    assert run["project"] == "=Learn"
    assert run["time_utc"].endswith("Z")
    assert (run["leaf"], run["link"]) == (bytes(event.leaf).hex(), bytes(event.link).hex())
    assert found[0]["outcome"] == "Refused"
    assert [row["number"] for row in rows(browser.get(f"{LOG}?type=sync"))] == ["2"]
    assert b'"\'=Learn"' in content(browser.get(LOG))


def test_the_export_is_an_event_that_holds_filter_count_and_hash_of_the_very_file(browser, auditor):
    project = factories.project(slug="learn")
    run_event(project)
    response = browser.get(f"{LOG}?type=sync&project=learn")
    name = response["Content-Disposition"].partition("filename=")[2].strip('"')
    assert name.startswith("slipway-audit-to-2-") and name.endswith(".csv")
    [entry] = entries_of([last_number()])
    assert entry.event.type == "audit.exported" and entry.who == "Aino Salmi"
    assert entry.body["evidence"] == [{"name": name, "sha256": sha256(content(response)).hexdigest()}]
    assert entry.body["subject"] == {"filters": {"project": "learn", "type": "sync"}}
    assert entry.body["figures"]["rows"] == 1
    assert f"Exported 1 entries of the trail as {name}" in words(browser.get("/audit/log/"))


def test_the_releases_list_leaves_an_event_too_and_what_was_typed_is_kept_apart(browser):
    made = company()
    content(browser.get(f"/releases/export.csv?person=Ada&pipeline={made.pipeline.pk}"))
    [entry] = entries_of([last_number()])
    assert entry.event.type == "releases.exported" and entry.event.project_id == made.project.pk
    assert "Ada" not in entry.event.body
    assert entry.private["filters"] == f"person=Ada&pipeline={made.pipeline.pk}"


@pytest.mark.parametrize("role", [Role.QA, Role.OPERATOR, Role.MANAGER])
def test_others_are_refused_with_a_sentence_and_nothing_is_recorded_as_exported(role):
    browser = factories.browser_of(factories.user(role=role))
    assert browser.get(LOG).status_code == 403
    assert not AuditEvent.objects.filter(type="audit.exported").exists()
    text = words(browser.get("/audit/log/"))
    assert "You cannot export the whole trail: auditors and administrators can." in text


def test_an_auditor_of_one_project_takes_its_entries_and_no_others():
    mine, theirs = factories.project(slug="mine"), factories.project(slug="theirs")
    event = run_event(mine)
    run_event(theirs)
    browser = factories.browser_of(factories.user(role=Role.AUDITOR, project=mine))
    assert browser.get(LOG).status_code == 403
    assert browser.get(f"{LOG}?project=theirs").status_code == 404
    assert [row["number"] for row in rows(browser.get(f"{LOG}?project=mine"))] == [str(event.seq)]


def test_without_its_event_no_file_leaves(browser, monkeypatch):
    append()

    def fails(*_args, **_more):
        raise RuntimeError("no event")

    monkeypatch.setattr(audit, "append", fails)
    with pytest.raises(RuntimeError):
        browser.get(LOG)


def test_the_file_is_saved_and_never_shown(browser):
    append()
    response = browser.get(f"{LOG}?type=sync%0d%0aX-Evil:1")
    content(response)
    assert response["Content-Disposition"].startswith('attachment; filename="slipway-audit-to-')
    assert response["X-Content-Type-Options"] == "nosniff" and "no-store" in response["Cache-Control"]
    assert response["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"


def test_a_batch_costs_the_same_however_many_entries_match(auditor, monkeypatch):
    monkeypatch.setattr(audit_export, "BATCH", 5)
    for _ in range(20):
        append()
    lines = audit_export.csv_lines(listing_of(scope_of(auditor), LogFilters()), to=last_number())
    next(lines)
    costs = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as asked:
            for _ in range(5):
                next(lines)
        costs.append(len(asked))
    assert costs == [costs[0]] * 3 and costs[0] <= 4


def test_rows_are_counted_without_the_heading_and_a_file_that_fails_is_closed():
    made = exports.written(iter(["head\n", "one\n", "two\n"]))
    with made.file:
        assert (made.rows, made.size, made.file.read()) == (2, 13, b"head\none\ntwo\n")
    left = []

    def fails(file):
        left.append(file)
        raise RuntimeError("no room")

    with pytest.raises(RuntimeError):
        exports.made(fails)
    assert left[0].closed
