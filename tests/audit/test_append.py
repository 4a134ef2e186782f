"""Appending: what an event holds, what is refused, and that nothing happens without its event."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from releases import audit
from releases.actions.users import grant_role
from releases.audit import head
from releases.audit.chain import commitment
from releases.models import AuditEvent, AuditPrivate, User
from releases.states import Role
from tests import factories

SHELL = audit.System("shell")


def body_of(event: AuditEvent) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(event.body)
    return body


@pytest.mark.django_db
def test_the_first_event_is_preceded_by_one_that_names_the_installation() -> None:
    event = audit.append("sync.requested", by=SHELL)
    genesis = body_of(AuditEvent.objects.get(seq=1))
    assert (event.seq, genesis["type"], len(genesis["installation"])) == (2, "audit.genesis", 32)
    assert audit.append("sync.requested", by=SHELL).seq == 3
    assert list(audit.findings()) == []


@pytest.mark.django_db
def test_an_event_holds_who_what_where_and_how() -> None:
    person, project = factories.user(name="Åsa"), factories.project(name="Harbour")
    event = audit.append(
        "connection.saved",
        by=person,
        project=project,
        object=("organization", "https://dev.azure.com/harbour"),
        change={"credential": (None, "pat:AZURE_DEVOPS_EXT_PAT")},
        evidence=[("manifest", "ab" * 32)],
        via=audit.Via.API,
        more={"figures": {"read": 3}},
    )
    body = body_of(event)
    assert body["actor"]["ref"] == event.actor_ref == person.subject
    assert body["project"] == {"id": project.pk, "key": project.azure_id, "name": "Harbour"}
    assert (event.object_kind, event.object_id) == ("organization", "https://dev.azure.com/harbour")
    assert body["change"] == {"credential": [None, "pat:AZURE_DEVOPS_EXT_PAT"]}
    assert body["evidence"] == [{"name": "manifest", "sha256": "ab" * 32}]
    assert (body["via"], body["outcome"], body["figures"]) == ("api", "ok", {"read": 3})


@pytest.mark.django_db
def test_personal_values_stand_apart_and_the_body_holds_commitments_only() -> None:
    person = factories.user(name="Åsa Öberg", email="asa@harbour.example")
    event = audit.append("signin.failed", by=person, outcome="denied", private={"address": "192.0.2.7", "reason": "x"})
    assert not any(word in event.body for word in ("Åsa", "asa@", "192.0.2.7"))
    kept = {row.field: row for row in AuditPrivate.objects.filter(seq=event.seq)}
    assert set(kept) == {"actor", "address", "reason"}
    assert body_of(event)["address_c"] == commitment(bytes(kept["address"].salt), "192.0.2.7")
    assert "Åsa Öberg" in kept["actor"].value


@pytest.mark.django_db
def test_a_nul_in_a_personal_value_is_kept_as_its_picture_on_both_databases() -> None:
    event = audit.append("signin.failed", by=SHELL, private={"address": "a\0b"})
    assert AuditPrivate.objects.get(seq=event.seq).value == "a\u2400b"
    assert list(audit.findings()) == []


@pytest.mark.django_db(transaction=True)
def test_without_a_transaction_nothing_is_written() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        audit.append("sync.requested", by=SHELL)
    assert not AuditEvent.objects.exists()


BAD: list[dict[str, Any]] = [
    {"type": "no.such_event"},
    {"more": {"colour": "blue"}},
    {"outcome": "perhaps"},
    {"via": "pigeon"},
    {"change": {"ratio": (None, 0.5)}},
    {"object": ("release", "\ud800")},
]


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: next(iter(bad)))
@pytest.mark.django_db(transaction=True)
def test_a_refused_event_takes_the_change_back_even_when_the_caller_hides_the_error(bad: dict[str, Any]) -> None:
    with transaction.atomic():
        User.objects.create_user("new@harbour.example", name="New")
        with pytest.raises(ValueError):  # noqa: PT011
            audit.append(bad.pop("type", "user.created"), by=SHELL, **bad)
    assert not User.objects.exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_leaves_no_event_and_no_hole() -> None:
    with transaction.atomic():
        audit.append("sync.requested", by=SHELL)
    with transaction.atomic():
        audit.append("sync.requested", by=SHELL)
        transaction.set_rollback(True)
    with transaction.atomic():
        assert audit.append("sync.requested", by=SHELL).seq == 3
    assert list(audit.findings()) == []


@contextmanager
def weaker_isolation() -> Iterator[str]:
    """A transaction that could read a stale head; yields the word the refusal must say."""
    if connection.vendor == "postgresql":
        with transaction.atomic():
            connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield "READ COMMITTED"
        return
    connection.ensure_connection()
    connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            yield "IMMEDIATE"
    finally:
        connection.transaction_mode = "IMMEDIATE"  # type: ignore[attr-defined]


@pytest.mark.django_db(transaction=True)
def test_an_isolation_that_reads_a_stale_head_is_refused() -> None:
    with weaker_isolation() as word, pytest.raises(RuntimeError, match=word):
        audit.append("sync.requested", by=SHELL)
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_act_whose_event_the_database_does_not_take_did_not_happen(administrator: User) -> None:
    """Fault 28: another event already follows the last one, so the next would be a fork, which the database refuses."""
    somebody = factories.user()
    for seq, prev, link in ((7, b"p" * 32, b"end" * 10), (6, b"end" * 10, b"l" * 32)):
        row = AuditEvent(seq=seq, prev=prev, link=link, body="{}", leaf=b"", type="x", outcome="ok")
        row.ts = factories.NOON
        row.save(force_insert=True)
    with pytest.raises(DatabaseError):
        grant_role(somebody, role=Role.QA, by=administrator)
    assert not somebody.memberships.exists()
    assert AuditEvent.objects.count() == 2


@pytest.mark.django_db
def test_a_clock_that_was_put_back_is_told_before_what_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fault 59: numbers keep the order, and the event that says so explains the times."""
    clock = f"_lock_{connection.vendor}"
    usual = getattr(head, clock)
    with monkeypatch.context() as ahead, transaction.atomic():
        ahead.setattr(head, clock, lambda *given: usual(*given) + timedelta(hours=1))
        audit.append("signin.ended", by=SHELL)
    with transaction.atomic():
        last = audit.append("signin.ended", by=SHELL)
    told = AuditEvent.objects.get(seq=last.seq - 1)
    assert (told.type, told.outcome) == ("audit.clock_anomaly", "error")
    assert 3_500_000 < body_of(told)["figures"]["behind_ms"] <= 3_600_000
    assert list(audit.findings()) == []
