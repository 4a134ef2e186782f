"""The text of releases, for looking by words: FTS5 on SQLite, a tsvector with a GIN index on PostgreSQL.

Written by `releases.sync.store.texts`, asked by `releases.queries.texts`; the table is made by a migration, for Django
knows neither form.
"""

from datetime import UTC, datetime, timedelta

from django.db import models

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
ID_BITS = 32
ID_MASK = 2**ID_BITS - 1
MOST_SECONDS = 2**31 - 1


class ReleaseText(models.Model):
    """The words of one release. `place` holds when it was created (in seconds) and its id, so that the newest are
    found first without sorting; the same order as the list's, but for releases of one second."""

    place = models.BigIntegerField(primary_key=True, db_column="rowid")
    words = models.TextField()

    class Meta:
        managed = False
        db_table = "releases_releasetext"

    def __str__(self) -> str:
        return self.words[:60]


def place_of(created_on: datetime, release: int) -> int:
    """Where a release stands in the order of its text."""
    seconds = (created_on - EPOCH) // timedelta(seconds=1)
    place: int = (max(-MOST_SECONDS, min(seconds, MOST_SECONDS)) << ID_BITS) | release
    return place


def release_at(place: int) -> int:
    """The id of the release that stands there."""
    release: int = place & ID_MASK
    return release
