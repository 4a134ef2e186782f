"""What the list of releases finds its rows by: flags, repeated times, indexes, and the words of each release.

Full text is FTS5 on SQLite, a tsvector with a GIN index on PostgreSQL. Neither table is Django's: it is never altered
by it, so nothing is rebuilt behind its back.
"""

import django.db.models.functions.comparison
import releases.states
from django.db import migrations, models

from releases.migrations._words_2026_11 import write

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
FLAGS = {
    "has_failed": "rejected",
    "has_partly_succeeded": "partiallySucceeded",
    "has_canceled": "canceled",
    "has_succeeded": "succeeded",
}


def make_text(apps, schema_editor):
    for statement in STATEMENTS[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


NAMES = ("alias", "name", "version_name", "source_version", "branch", "repository")


def tell_words(apps, schema_editor):
    """The words of releases that are stored already, made as the store then made them for new ones."""
    releases = apps.get_model("releases", "Release").objects.select_related("created_by", "created_for").order_by("id")
    artifacts = apps.get_model("releases", "Artifact").objects.order_by("id")
    last = 0
    while found := list(releases.filter(id__gt=last)[:1000]):
        last = found[-1].id
        carried = {}
        for row in artifacts.filter(release_id__in=[one.id for one in found]):
            carried.setdefault(row.release_id, []).extend(_names(row))
        rows = [(one.id, one.created_on, _texts(one, carried.get(one.id, ()))) for one in found]
        write(rows, schema_editor.connection)


def _names(artifact):
    is_registered = artifact.role in ("model", "scaler") and artifact.version[:1].isdigit()
    return [*(getattr(artifact, name) for name in NAMES), f"v{artifact.version}" if is_registered else artifact.version]


def _texts(release, carried):
    people = [text for one in (release.created_for, release.created_by) if one for text in (one.name, one.email)]
    return dict.fromkeys([release.name, *people, *carried, *map(str, release.tags), release.description])


def drop_text(apps, schema_editor):
    schema_editor.execute("DROP TABLE releases_releasetext", params=None)


def fill(apps, schema_editor):
    """What is stored already gets what new rows come with."""
    for flag, status in FLAGS.items():
        schema_editor.execute(
            f"UPDATE releases_release SET {flag} = true WHERE EXISTS"
            f" (SELECT 1 FROM releases_releasestage s WHERE s.release_id = releases_release.id AND s.status = '{status}')",
            params=None,
        )
    schema_editor.execute(
        "UPDATE releases_artifact SET release_created_on ="
        " (SELECT r.created_on FROM releases_release r WHERE r.id = releases_artifact.release_id)",
        params=None,
    )


class Migration(migrations.Migration):

    dependencies = [
        ('releases', '0003_live_truth'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReleaseText',
            fields=[
                ('place', models.BigIntegerField(db_column='rowid', primary_key=True, serialize=False)),
                ('words', models.TextField()),
            ],
            options={
                'db_table': 'releases_releasetext',
                'managed': False,
            },
        ),
        migrations.RunPython(make_text, drop_text),
        migrations.RemoveIndex(
            model_name='artifact',
            name='artifact_by_version',
        ),
        migrations.AddField(
            model_name='artifact',
            name='release_created_on',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='release',
            name='has_canceled',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='release',
            name='has_failed',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='release',
            name='has_partly_succeeded',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='release',
            name='has_succeeded',
            field=models.BooleanField(default=False),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(tell_words, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='artifact',
            index=models.Index(condition=models.Q(('role', releases.states.ArtifactRole['MODEL']), ('role', releases.states.ArtifactRole['SCALER']), _connector='OR'), fields=['role', 'name', 'version', '-release_created_on', '-release'], name='artifact_version_newest'),
        ),
        migrations.AddIndex(
            model_name='artifact',
            index=models.Index(condition=models.Q(('role', releases.states.ArtifactRole['MODEL']), ('role', releases.states.ArtifactRole['SCALER']), _connector='OR'), fields=['role', 'name', '-release_created_on', '-release'], name='artifact_name_newest'),
        ),
        migrations.AddIndex(
            model_name='artifact',
            index=models.Index(models.Func(django.db.models.functions.comparison.Coalesce(models.Func(models.F('source_version'), output_field=models.TextField(), template="NULLIF(%(expressions)s, '')"), models.F('version_id'), output_field=models.TextField()), output_field=models.TextField(), template='SUBSTR(%(expressions)s, 1, 7)'), condition=models.Q(('role', releases.states.ArtifactRole['CODE']), ('role', releases.states.ArtifactRole['BUILD']), _connector='OR'), name='artifact_by_commit'),
        ),
        migrations.AddIndex(
            model_name='release',
            index=models.Index(django.db.models.functions.comparison.Coalesce('created_for', 'created_by'), models.OrderBy(models.F('created_on'), descending=True), models.OrderBy(models.F('id'), descending=True), name='release_person_newest'),
        ),
        migrations.AddIndex(
            model_name='release',
            index=models.Index(condition=models.Q(('has_failed', True)), fields=['-created_on', '-id'], name='release_failed_newest'),
        ),
        migrations.AddIndex(
            model_name='release',
            index=models.Index(condition=models.Q(('has_partly_succeeded', True)), fields=['-created_on', '-id'], name='release_partly_newest'),
        ),
        migrations.AddIndex(
            model_name='release',
            index=models.Index(condition=models.Q(('has_canceled', True)), fields=['-created_on', '-id'], name='release_canceled_newest'),
        ),
        migrations.AddIndex(
            model_name='release',
            index=models.Index(condition=models.Q(('has_succeeded', True)), fields=['-created_on', '-id'], name='release_succeeded_newest'),
        ),
        migrations.AddIndex(
            model_name='commit',
            index=models.Index(models.Func(models.F('sha'), output_field=models.TextField(), template='SUBSTR(%(expressions)s, 1, 7)'), name='commit_beginning'),
        ),
    ]
