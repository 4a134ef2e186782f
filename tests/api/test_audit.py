"""The trail through the API: what an entry tells, every filter, pages, and what somebody does not see."""

import pytest

from releases.models import AuditPrivate
from releases.states import Role
from tests import factories
from tests.api.conftest import program_of
from tests.pages.test_audit_log import append, run_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor():
    return factories.user(role=Role.AUDITOR, name="Aino Salmi")


def test_an_entry_tells_who_what_and_where_and_its_detail_the_body_byte_for_byte(auditor):
    project = factories.project(name="Learn_MLOps")
    event = run_event(project)
    program = program_of(auditor)
    [told] = program.get("audit/", type="sync.run").json()["results"]
    assert told == {
        "id": event.seq,
        "seq": event.seq,
        "at": event.ts.isoformat().replace("+00:00", "Z"),
        "type": "sync.run",
        "outcome": "ok",
        "actor": {"kind": "system", "ref": "sync", "name": "Slipway (sync)"},
        "what": "Read changes of Learn_MLOps: 2 changes noted",
        "project": {"key": project.azure_id, "name": "Learn_MLOps"},
        "object": {"kind": "sync_run", "id": event.object_id},
        "link": bytes(event.link).hex(),
    }
    whole = program.get(f"audit/{event.seq}/").json()
    assert {name: whole[name] for name in told} == told
    assert whole["body"] == event.body and whole["leaf"] == bytes(event.leaf).hex()
    assert whole["prev"] == bytes(event.prev).hex() and whole["checkpoint"] is None


def test_the_name_of_somebody_erased_is_null(auditor):
    event = append("signin.succeeded", by=auditor, object=("user", auditor.subject))
    AuditPrivate.objects.filter(seq=event.seq).delete()
    assert program_of(auditor).get(f"audit/{event.seq}/").json()["actor"]["name"] is None


def test_every_filter_narrows_and_pages_lead_on_and_back(auditor):
    project = factories.project(slug="learn")
    runs = [run_event(project, at=f"2026-03-02T12:00:0{second}.000000Z").seq for second in range(5)]
    refused = append("signin.failed", outcome="denied").seq
    program = program_of(auditor)

    def numbers(**given):
        return [row["seq"] for row in program.get("audit/", **given).json()["results"]]

    newest = list(reversed(runs))
    assert numbers(project="learn") == numbers(type="sync") == numbers(actor="sync") == newest
    assert numbers(outcome="denied") == [refused]
    assert numbers(object=f"sync_run:{project.azure_id}/incremental/2026-03-02T12:00:03.000000Z") == [runs[3]]
    assert numbers(until="2020-01-01T00:00Z") == numbers(project="nowhere") == []
    assert numbers(since="2020-01-01T00:00Z", type="sync") == newest
    first = program.get("audit/", type="sync", limit=2).json()
    second = program._client.get(first["next"]).json()
    assert [row["seq"] for row in second["results"]] == newest[2:4]
    assert [row["seq"] for row in program._client.get(second["previous"]).json()["results"]] == newest[:2]
    assert program.get("audit/", type="no.such").status_code == 400
    assert program.get("audit/", cursor="none").status_code == 400


def test_others_see_the_entries_of_their_projects_alone():
    mine, theirs = factories.project(), factories.project()
    seen, hidden, nobody = run_event(mine), run_event(theirs), append("signin.failed", outcome="denied")
    program = program_of(factories.user(role=Role.QA, project=mine), "read:audit")
    assert [row["seq"] for row in program.get("audit/").json()["results"] if row["project"]] == [seen.seq]
    assert program.get(f"audit/{seen.seq}/").status_code == 200
    for event in (hidden, nobody):
        assert program.get(f"audit/{event.seq}/").status_code == 404
    assert program_of(factories.user(role=Role.QA, project=mine), "read:releases").get("audit/").status_code == 403
