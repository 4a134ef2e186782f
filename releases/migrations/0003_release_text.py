"""The words by which releases are found: FTS5 on SQLite, a tsvector with a GIN index on PostgreSQL.

The table is not Django's: it is never altered by it, so nothing is rebuilt behind its back.
"""

from django.db import migrations

# Words come ready made and joined by blanks, so that both databases find the same: `ascii` leaves other letters alone.
SQLITE = ["CREATE VIRTUAL TABLE releases_releasetext USING fts5(words, tokenize = 'ascii', columnsize = 0)"]
POSTGRESQL = [
    "CREATE TABLE releases_releasetext (rowid bigint PRIMARY KEY, words tsvector NOT NULL)",
    """
    CREATE INDEX releasetext_words ON releases_releasetext USING gin (words)
        WITH (fastupdate = on, gin_pending_list_limit = 512)
    """,
]
STATEMENTS = {"postgresql": POSTGRESQL, "sqlite": SQLITE}


def make(apps, schema_editor):
    for statement in STATEMENTS[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def drop(apps, schema_editor):
    schema_editor.execute("DROP TABLE releases_releasetext", params=None)


class Migration(migrations.Migration):
    dependencies = [("releases", "0002_audit_triggers")]
    operations = [migrations.RunPython(make, drop)]
