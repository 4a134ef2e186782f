"""Makes the audit tables append-only in the database itself. The SQL is frozen: later changes go into later migrations.

A migration that alters one of these tables must run `install` again: SQLite rebuilds a table to alter it and drops its
triggers without a word. Erasing a person deletes rows of releases_auditprivate, so that table allows DELETE.
"""

from django.db import migrations

POSTGRESQL = [
    """
    CREATE FUNCTION releases_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'audit rows are append-only: % on % is refused', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    """
    CREATE TRIGGER releases_auditevent_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON releases_auditevent
        FOR EACH STATEMENT EXECUTE FUNCTION releases_audit_refuse()
    """,
    """
    CREATE TRIGGER releases_auditprivate_no_change BEFORE UPDATE OR TRUNCATE ON releases_auditprivate
        FOR EACH STATEMENT EXECUTE FUNCTION releases_audit_refuse()
    """,
    # ALWAYS: they fire under session_replication_role = replica too, which is otherwise a silent way round.
    "ALTER TABLE releases_auditevent ENABLE ALWAYS TRIGGER releases_auditevent_no_change",
    "ALTER TABLE releases_auditprivate ENABLE ALWAYS TRIGGER releases_auditprivate_no_change",
    "REVOKE ALL ON releases_auditevent, releases_auditprivate FROM PUBLIC",
]
POSTGRESQL_REVERSE = [
    "DROP TRIGGER releases_auditevent_no_change ON releases_auditevent",
    "DROP TRIGGER releases_auditprivate_no_change ON releases_auditprivate",
    "DROP FUNCTION releases_audit_refuse()",
]
# REPLACE removes the old row without firing DELETE triggers, so an insert that would meet an old row is refused.
SQLITE = [
    """
    CREATE TRIGGER releases_auditevent_no_update BEFORE UPDATE ON releases_auditevent
    BEGIN SELECT RAISE(ABORT, 'audit rows are append-only: UPDATE is refused'); END
    """,
    """
    CREATE TRIGGER releases_auditevent_no_delete BEFORE DELETE ON releases_auditevent
    BEGIN SELECT RAISE(ABORT, 'audit rows are append-only: DELETE is refused'); END
    """,
    """
    CREATE TRIGGER releases_auditevent_no_replace BEFORE INSERT ON releases_auditevent
    WHEN EXISTS (
        SELECT 1 FROM releases_auditevent
        WHERE seq = NEW.seq OR prev = NEW.prev OR link = NEW.link OR rowid = NEW.rowid
    )
    BEGIN SELECT RAISE(ABORT, 'audit rows are append-only: REPLACE is refused'); END
    """,
    """
    CREATE TRIGGER releases_auditprivate_no_update BEFORE UPDATE ON releases_auditprivate
    BEGIN SELECT RAISE(ABORT, 'audit rows are append-only: UPDATE is refused'); END
    """,
    """
    CREATE TRIGGER releases_auditprivate_no_replace BEFORE INSERT ON releases_auditprivate
    WHEN EXISTS (
        SELECT 1 FROM releases_auditprivate WHERE (seq = NEW.seq AND field = NEW.field) OR id = NEW.id
    )
    BEGIN SELECT RAISE(ABORT, 'audit rows are append-only: REPLACE is refused'); END
    """,
]
SQLITE_REVERSE = [
    "DROP TRIGGER releases_auditevent_no_update",
    "DROP TRIGGER releases_auditevent_no_delete",
    "DROP TRIGGER releases_auditevent_no_replace",
    "DROP TRIGGER releases_auditprivate_no_update",
    "DROP TRIGGER releases_auditprivate_no_replace",
]
STATEMENTS = {"postgresql": (POSTGRESQL, POSTGRESQL_REVERSE), "sqlite": (SQLITE, SQLITE_REVERSE)}


def install(apps, schema_editor):
    for statement in STATEMENTS[schema_editor.connection.vendor][0]:
        schema_editor.execute(statement, params=None)


def remove(apps, schema_editor):
    for statement in STATEMENTS[schema_editor.connection.vendor][1]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("releases", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
