"""Releases that were stored before they could be found by words get theirs from a migration, with code of its own.

Both ways make the same words today. Whoever changes how they are made adds a migration that makes all of them again,
and takes this test away.
"""

from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from releases.models import ReleaseText
from releases.sync.store import store_listed
from tests.sync import told

NAME = "0004_finding_releases"
SAID = (
    "Käyttöönotto Århus Straße, Σίσυφος ΣΊΣΥΦΟΣ",
    "rain 🚀 now ☂ “quoted” – dashed 天気予報",
    "it's 'quoted' \\ a:1,b:2",
    "x" * 100 + " " + "é" * 100,
    " ".join(f"word{number}" for number in range(500)),
    "",
)


@pytest.mark.django_db
def test_a_migration_tells_the_words_of_stored_releases_as_the_store_does() -> None:
    releases = [told.two_stages(number) for number in range(1, len(SAID) + 1)]
    for release, said in zip(releases, SAID, strict=True):
        release |= {"description": said, "tags": ["fog", "Näkyvyys"]}
    store_listed(told.project(), told.items(*releases), now=told.NOW)
    stored = words()
    assert len(stored) == len(SAID) and "kayttoonotto" in str(stored)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM releases_releasetext")
    tell_words()
    assert words() == stored


def words() -> dict[int, str]:
    return dict(ReleaseText.objects.values_list("place", "words"))


def tell_words() -> None:
    """As the migration does, with the models of its time."""
    migration: Any = import_module(f"releases.migrations.{NAME}")
    then = MigrationLoader(connection).project_state(("releases", NAME)).apps
    migration.tell_words(then, connection.schema_editor())
