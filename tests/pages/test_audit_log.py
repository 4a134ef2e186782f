"""The log of the trail: what an entry says, who sees it, every filter, pages, and one entry with all its facts."""

from urllib.parse import urlencode

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from releases import audit
from releases.actions.users import create_user, grant_role
from releases.audit import System
from releases.models import AuditEvent, AuditPrivate
from releases.queries.audit_log import LogFilters, listing_of, scope_of
from releases.states import Role
from tests import audit_triggers, factories
from tests.pages.reading import queries, words

pytestmark = pytest.mark.django_db
SHELL = System("shell")


def append(type="sync.requested", *, by=SHELL, **more):
    with transaction.atomic():
        return audit.append(type, by=by, **more)


def run_event(project, *, lines=2, outcome="ok", at="2026-03-02T12:00:00.000000Z"):
    return append(
        "sync.run",
        by=System("sync"),
        project=project,
        outcome=outcome,
        object=("sync_run", f"{project.azure_id}/incremental/{at}"),
        evidence=[("manifest", "ab" * 32)],
        more={"figures": {"lines": lines, "read": 9, "rows_written": 20}},
    )


def log(client, **query):
    return client.get("/audit/log/?" + urlencode(query))


def numbers(client, **query):
    return [entry.seq for entry in log(client, **query).context["page"].entries]


@pytest.fixture
def auditor():
    return factories.user(role=Role.AUDITOR, name="Aino Salmi")


@pytest.fixture
def client_of_auditor(auditor):
    return factories.browser_of(auditor)


def test_entries_are_told_in_sentences_with_who_when_and_through_which_door(client_of_auditor, administrator):
    project = factories.project(name="Learn_MLOps")
    run_event(project)
    run_event(project, lines=1, outcome="error")
    made = create_user("sofia@harbour.example", name="Sofia Keller", by=administrator)
    grant_role(made, role=Role.QA, by=administrator, project=project)
    append("signin.succeeded", by=made, object=("user", made.subject))
    text = words(log(client_of_auditor))
    assert "Read changes of Learn_MLOps: 2 changes noted Learn_MLOps Slipway" in text
    assert "Failed" in log(client_of_auditor).content.decode()
    assert "Read changes of Learn_MLOps: 1 change noted, then broke off" in text
    assert f"{administrator.name} Made an account for Sofia Keller Page" in text
    assert "Gave Sofia Keller the role QA specialist in Learn_MLOps" in text
    assert "Sofia Keller Signed in Page" in text
    assert "sofia@harbour.example" not in text
    assert "UTC" in text


def test_an_erased_person_is_said_to_be_erased(client_of_auditor):
    person = factories.user(name="Gone Tomorrow")
    event = append("signin.succeeded", by=person, object=("user", person.subject))
    assert "Gone Tomorrow" in words(log(client_of_auditor))
    AuditPrivate.objects.filter(seq=event.seq).delete()
    person.delete()
    for page in (log(client_of_auditor), client_of_auditor.get(f"/audit/log/{event.seq}/")):
        assert "erased person" in words(page)
        assert "Gone Tomorrow" not in words(page)


def test_whoever_holds_a_project_sees_its_entries_and_their_own_account_alone():
    mine, theirs = factories.project(), factories.project()
    person = factories.user(role=Role.OPERATOR, project=mine)
    client = factories.browser_of(person)
    seen = [
        append(project=mine),
        append("signin.succeeded", by=person, object=("user", person.subject)),
        append("user.reactivated", object=("user", person.subject)),
    ]
    hidden = [append(project=theirs), append("signin.failed", outcome="denied"), AuditEvent.objects.get(seq=1)]
    assert numbers(client) == [event.seq for event in reversed(seen)]
    for event in seen:
        assert client.get(f"/audit/log/{event.seq}/").status_code == 200
    for event in hidden:
        assert client.get(f"/audit/log/{event.seq}/").status_code == 404
        assert numbers(client, number=event.seq) == []
    assert log(client, project=theirs.slug).status_code == 404
    assert numbers(client, project=mine.slug) == [seen[0].seq]


@pytest.mark.parametrize(("role", "sees_rest"), [(Role.AUDITOR, True), (Role.ADMINISTRATOR, True), (Role.QA, False)])
def test_what_is_of_no_project_is_for_auditors_and_administrators_of_everything(role, sees_rest):
    client = factories.browser_of(factories.user(role=role))
    event, of_project = append("signin.failed", outcome="denied"), append(project=factories.project())
    assert (event.seq in numbers(client)) is sees_rest
    assert of_project.seq in numbers(client)


def test_without_a_role_the_log_says_so():
    assert "no role" in words(log(factories.browser_of(factories.user()))).lower()


def test_every_filter_narrows_alone_and_together(client_of_auditor, auditor):
    one, two = factories.project(), factories.project()
    first, second = run_event(one), run_event(two, outcome="error", at="2026-03-02T12:00:01.000000Z")
    asked = append(by=auditor, project=one)
    genesis = 1
    every = [asked.seq, second.seq, first.seq, genesis]
    assert numbers(client_of_auditor) == every
    assert numbers(client_of_auditor, type="sync.run") == [second.seq, first.seq]
    assert numbers(client_of_auditor, type="sync") == [asked.seq, second.seq, first.seq]
    assert numbers(client_of_auditor, type="trail") == [genesis]
    assert numbers(client_of_auditor, type="no such type") == every
    assert numbers(client_of_auditor, outcome="error") == [second.seq]
    assert numbers(client_of_auditor, outcome="ok") == [asked.seq, first.seq, genesis]
    assert numbers(client_of_auditor, actor="sync") == [second.seq, first.seq]
    assert numbers(client_of_auditor, actor=auditor.subject) == [asked.seq]
    assert numbers(client_of_auditor, actor="sync", type="sync") == [second.seq, first.seq]
    assert numbers(client_of_auditor, actor="sync", type="trail") == []
    assert numbers(client_of_auditor, actor=auditor.subject, type="sync") == [asked.seq]
    assert numbers(client_of_auditor, actor=auditor.subject, type="people") == []
    assert numbers(client_of_auditor, project=one.slug, type="sync") == [asked.seq, first.seq]
    assert numbers(client_of_auditor, object=f"sync_run:{second.object_id}") == [second.seq]
    assert numbers(client_of_auditor, number="#2") == [2]
    assert numbers(client_of_auditor, number="1,234,567") == []
    assert numbers(client_of_auditor, since="30d") == every
    assert numbers(client_of_auditor, until="2020-01-01") == []
    assert "Entries are found by their number" in words(log(client_of_auditor, number="abc"))
    assert "No entry matches" in words(log(client_of_auditor, type="rules"))
    assert log(client_of_auditor, project="nowhere").status_code == 404


@pytest.mark.parametrize(
    "query", ["object=%00:x", "actor=%00", "number=" + "9" * 30, "before=x", "after=-1", "since=9"]
)
def test_whatever_an_address_says_there_is_an_answer(client_of_auditor, query):
    append()
    assert client_of_auditor.get(f"/audit/log/?{query}").status_code == 200


def test_pages_go_on_by_number_and_cost_the_same_however_many_entries_there_are(client_of_auditor):
    project = factories.project()
    person = factories.browser_of(factories.user(role=Role.QA, project=project))
    append(project=project)
    few = queries(client_of_auditor, "/audit/log/"), queries(person, "/audit/log/?type=sync")
    for _ in range(120):
        append(project=project)
    assert (queries(client_of_auditor, "/audit/log/"), queries(person, "/audit/log/?type=sync")) == few
    assert max(few) <= 26
    shown, before = [], ""
    for _ in range(3):
        page = log(client_of_auditor, before=before).context["page"]
        shown += [entry.seq for entry in page.entries]
        before = page.older
    assert shown == list(range(122, 0, -1))
    back = log(client_of_auditor, after=50).context["page"]
    assert [entry.seq for entry in back.entries] == list(range(100, 50, -1))
    assert (back.newer, back.older) == (100, 51)


def test_an_entry_shows_everything_it_holds(client_of_auditor, auditor):
    project = factories.project(name="Learn_MLOps")
    event = run_event(project, lines=3)
    text = words(client_of_auditor.get(f"/audit/log/{event.seq}/"))
    for said in (
        f"Entry {event.seq}",
        "Read changes of Learn_MLOps: 3 changes noted",
        "Sync run",
        event.object_id,
        "lines 3, read 9, rows written 20",
        "manifest " + "ab" * 32,
        bytes(event.leaf).hex(),
        bytes(event.prev).hex(),
        bytes(event.link).hex(),
        event.body,
    ):
        assert said in text
    page = client_of_auditor.get(f"/audit/log/{event.seq}/").context["whole"]
    assert (page.older, page.newer) == (event.seq - 1, None)


def test_addresses_kept_apart_are_read_by_who_sees_the_whole_trail_only(client_of_auditor, auditor):
    project = factories.project()
    event = append("identity.placed", project=project, private={"identity": "git|1|Ada <ada@lovelace.example>"})
    address = f"/audit/log/{event.seq}/"
    assert "ada@lovelace.example" in words(client_of_auditor.get(address))
    text = words(factories.browser_of(factories.user(role=Role.QA, project=project)).get(address))
    assert "ada@lovelace.example" not in text
    assert "only auditors and administrators of all projects read it" in text
    assert "Said that the identity Ada is nobody with an account" in text


def test_an_entry_whose_body_somebody_changed_is_shown_all_the_same(client_of_auditor):
    event = append()
    with audit_triggers.lifted():
        AuditEvent.objects.filter(seq=event.seq).update(body="[no json")
    assert log(client_of_auditor).status_code == 200
    assert "[no json" in words(client_of_auditor.get(f"/audit/log/{event.seq}/"))


TYPES = {0: "sync.run", 1: "signin.succeeded", 2: "user.created"}


def many_entries(*, of: int) -> None:
    """So many, of several types, people and projects, that PostgreSQL knows which index is the narrowest."""
    first = append()
    AuditEvent.objects.bulk_create(
        AuditEvent(
            seq=first.seq + number,
            ts=first.ts,
            type=TYPES.get(number % 100, f"other.{number % 50}"),
            outcome="denied" if number % 100 == 3 else "ok",
            project_id=of + number % 20 if number % 2 else None,
            object_kind="sync_run",
            object_id=str(number),
            actor_ref=f"somebody-{number % 40}",
            body=first.body,
            leaf=first.leaf,
            prev=number.to_bytes(32, "big"),
            link=number.to_bytes(32, "big"),
        )
        for number in range(1, 3000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE releases_auditevent")


def test_each_stream_of_the_list_is_read_from_an_index_in_its_order(auditor):
    """Among a million entries nothing is sorted and nothing read that is not shown."""
    project = factories.project()
    member = factories.user(role=Role.QA, project=project)
    many_entries(of=project.pk)
    for user, filters, index in (
        (auditor, LogFilters(type="sync.run"), "audit_by_type"),
        (auditor, LogFilters(type="sign-ins"), "audit_by_type"),
        (auditor, LogFilters(actor="sync"), "audit_by_actor"),
        (auditor, LogFilters(outcome="denied"), "audit_by_outcome"),
        (auditor, LogFilters(object=("sync_run", "x")), "audit_by_object"),
        (auditor, LogFilters(actor="sync", type="people"), "audit_by_type"),
        (auditor, LogFilters(actor="somebody", type="sync"), "audit_by_actor"),
        (member, LogFilters(type="sync.run"), "audit_by_project_type"),
        (member, LogFilters(type="sync"), "audit_by_project_type"),
    ):
        listing = listing_of(scope_of(user), filters)
        with CaptureQueriesContext(connection) as asked:
            listing.numbers(before=10**6, size=51)
        found = plan(asked.captured_queries[0]["sql"])
        assert index in found and found.count("audit_by_") == len(listing.streams), found
        if connection.vendor == "postgresql":
            assert found.count("Backward using") == len(listing.streams), found
            assert found.count("Limit") == len(listing.streams) + (len(listing.streams) > 1), found
        else:
            assert "TEMP B-TREE" not in found and "SCAN releases_auditevent" not in found, found


def plan(sql):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"{'EXPLAIN' if connection.vendor == 'postgresql' else 'EXPLAIN QUERY PLAN'} {sql}")
        return "\n".join(str(row[-1]) for row in cursor.fetchall())
