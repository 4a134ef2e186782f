"""The audit tables refuse change in the database itself, also after a test that lifted the triggers."""

import pytest
from django.db import DatabaseError, connection, transaction

from releases.models import AuditCheckpoint
from tests import audit_triggers, factories

CHANGES = [
    "UPDATE releases_auditevent SET type = 'x'",
    "DELETE FROM releases_auditevent",
    "UPDATE releases_auditprivate SET value = 'x'",
    "UPDATE releases_auditcheckpoint SET note = 'x'",
    "DELETE FROM releases_auditcheckpoint WHERE size > 9",
    "UPDATE releases_auditcheckpointcopy SET place = 'x'",
    "DELETE FROM releases_auditcheckpointcopy",
]


def row() -> None:
    """One of each row, written past the chain: only the triggers are looked at."""
    checkpoint = AuditCheckpoint.objects.create(size=10, root=b"r" * 32, made_at=factories.NOON)
    checkpoint.copies.create(place="elsewhere", written_at=factories.NOON)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO releases_auditevent (seq, body, leaf, prev, link, ts, type, outcome, object_kind, object_id,"
            " actor_ref) VALUES (1, '{}', %s, %s, %s, '2026-03-02 12:00:00+00', 'test', 'ok', '', '', '')",
            [b"a" * 32, b"b" * 32, b"c" * 32],
        )
        cursor.execute(
            "INSERT INTO releases_auditprivate (seq, field, salt, value) VALUES (1, 'name', %s, 'Ada')", [b"s" * 16]
        )


def refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as error:
        return "append-only" in str(error)
    return False


@pytest.mark.django_db
@pytest.mark.parametrize("statement", CHANGES)
def test_audit_rows_refuse_change(statement):
    row()
    assert refused(statement)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("statement", CHANGES)
def test_audit_rows_refuse_change_again_after_a_flush(statement):
    with audit_triggers.lifted(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM releases_auditevent")
    row()
    assert refused(statement)
