"""Checkpoints of the trail, their copies, verifications and legal holds; makes the first two append-only.

The SQL is frozen, as in 0002. PostgreSQL uses the function of that migration.
"""

import django.db.models.deletion
from django.db import migrations, models

TABLES = ["releases_auditcheckpoint", "releases_auditcheckpointcopy"]
POSTGRESQL = [
    """
    CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION releases_audit_refuse()
    """,
    "ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change",
    "REVOKE ALL ON {table} FROM PUBLIC",
]
POSTGRESQL_REVERSE = ["DROP TRIGGER {table}_no_change ON {table}"]
SQLITE = [
    """
    CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
    BEGIN SELECT RAISE(ABORT, 'audit rows are append-only: UPDATE is refused'); END
    """,
    """
    CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
    BEGIN SELECT RAISE(ABORT, 'audit rows are append-only: DELETE is refused'); END
    """,
    """
    CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
    WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'audit rows are append-only: REPLACE is refused'); END
    """,
]
SQLITE_REVERSE = [
    "DROP TRIGGER {table}_no_update",
    "DROP TRIGGER {table}_no_delete",
    "DROP TRIGGER {table}_no_replace",
]
STATEMENTS = {"postgresql": (POSTGRESQL, POSTGRESQL_REVERSE), "sqlite": (SQLITE, SQLITE_REVERSE)}


def install(apps, schema_editor):
    _execute(schema_editor, STATEMENTS[schema_editor.connection.vendor][0])


def remove(apps, schema_editor):
    _execute(schema_editor, STATEMENTS[schema_editor.connection.vendor][1])


def _execute(schema_editor, statements):
    for table in TABLES:
        for statement in statements:
            schema_editor.execute(statement.format(table=table), params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("releases", "0003_release_text"),
    ]

    operations = [
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(max_length=64, unique=True)),
                ("reason", models.TextField()),
                ("placed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="AuditCheckpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("size", models.BigIntegerField()),
                ("root", models.BinaryField(max_length=32)),
                ("note", models.TextField()),
                ("key_name", models.CharField(max_length=100)),
                ("key_id", models.CharField(max_length=8)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["size"], name="checkpoint_by_size")],
            },
        ),
        migrations.CreateModel(
            name="AuditCheckpointCopy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.CharField(max_length=500)),
                ("written_at", models.DateTimeField()),
                (
                    "checkpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="copies",
                        to="releases.auditcheckpoint",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "audit checkpoint copies",
            },
        ),
        migrations.CreateModel(
            name="AuditVerification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("by", models.CharField(max_length=64)),
                ("asked_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("is_open", models.BooleanField(default=True)),
                ("is_whole", models.BooleanField(null=True)),
                ("size", models.BigIntegerField(default=0)),
                ("head", models.CharField(blank=True, max_length=64)),
                ("checkpoint_size", models.BigIntegerField(null=True)),
                ("events_after_checkpoint", models.BigIntegerField(default=0)),
                ("findings", models.JSONField(default=list)),
                ("found", models.PositiveIntegerField(default=0)),
                ("cursor", models.JSONField(default=dict)),
                ("steps", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_open", True)), fields=("is_open",), name="one_open_verification"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at__isnull", True), ("is_open", True), ("is_whole__isnull", True)),
                            models.Q(("finished_at__isnull", False), ("is_open", False), ("is_whole__isnull", False)),
                            _connector="OR",
                        ),
                        name="verification_finished_or_open",
                    ),
                ],
            },
        ),
        migrations.RunPython(install, remove),
    ]
