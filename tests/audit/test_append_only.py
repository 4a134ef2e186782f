"""The migrated database itself refuses to change or remove what was written."""

import pytest
from django.db import DatabaseError, connection, transaction

from releases import audit
from releases.models import AuditEvent, AuditPrivate
from tests import audit_triggers

EVENT_COLUMNS = "seq, body, leaf, prev, link, ts, type, outcome, project_id, object_kind, object_id, actor_ref"
ON_BOTH = {
    "update": "UPDATE releases_auditevent SET body = '{}' WHERE seq = 1",
    "update of a derived column": "UPDATE releases_auditevent SET outcome = 'denied'",
    "delete": "DELETE FROM releases_auditevent WHERE seq = 2",
    "upsert": f"""INSERT INTO releases_auditevent ({EVENT_COLUMNS}) SELECT {EVENT_COLUMNS} FROM releases_auditevent
        WHERE seq = 1 ON CONFLICT (seq) DO UPDATE SET body = '{{}}'""",
    "update of a personal value": "UPDATE releases_auditprivate SET value = 'somebody else'",
}
ON_SQLITE = {
    "replace": f"""INSERT OR REPLACE INTO releases_auditevent ({EVENT_COLUMNS})
        SELECT seq, '{{}}', leaf, prev, link, ts, type, outcome, project_id, object_kind, object_id, actor_ref
        FROM releases_auditevent WHERE seq = 1""",
    "replace by row id": f"""INSERT OR REPLACE INTO releases_auditevent (rowid, {EVENT_COLUMNS})
        SELECT rowid, 99, '{{}}', leaf, x'01', x'02', ts, type, outcome, project_id, object_kind, object_id, actor_ref
        FROM releases_auditevent WHERE seq = 1""",
    "replace by link": f"""INSERT OR REPLACE INTO releases_auditevent ({EVENT_COLUMNS})
        SELECT 99, '{{}}', leaf, x'01', link, ts, type, outcome, project_id, object_kind, object_id, actor_ref
        FROM releases_auditevent WHERE seq = 1""",
    "replace of a personal value": """INSERT OR REPLACE INTO releases_auditprivate (seq, field, salt, value)
        SELECT seq, field, salt, 'somebody else' FROM releases_auditprivate""",
    "update or replace": "UPDATE OR REPLACE releases_auditevent SET seq = 2 WHERE seq = 1",
}
ON_POSTGRESQL = {
    "truncate": "TRUNCATE releases_auditevent",
    "truncate of personal values": "TRUNCATE releases_auditprivate",
    "delete as a replica": "SET LOCAL session_replication_role = replica; DELETE FROM releases_auditevent",
}


@pytest.fixture
def _some_events(db: None) -> None:
    for _ in range(2):
        audit.append("signin.failed", by=audit.System("shell"), private={"address": "192.0.2.7"})


def contents() -> tuple[list[object], list[object]]:
    return list(AuditEvent.objects.order_by("seq").values()), list(AuditPrivate.objects.order_by("pk").values())


def ways() -> dict[str, str]:
    """Every way to change the trail in the database under test."""
    return {**ON_BOTH, **(ON_POSTGRESQL if connection.vendor == "postgresql" else ON_SQLITE)}


@pytest.mark.usefixtures("_some_events")
def test_every_way_to_change_the_trail_is_refused() -> None:
    before = contents()
    for way, statement in ways().items():
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert contents() == before, way


@pytest.mark.usefixtures("_some_events")
def test_the_refused_statements_would_otherwise_work() -> None:
    """Guards the test above: a statement that fails for a slip of the pen would prove nothing."""
    before = contents()
    for way, statement in ways().items():
        with audit_triggers.lifted(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            assert contents() != before, way
            transaction.set_rollback(True)
