"""Keeps the text of releases, which the list is searched by, beside their rows. Called in the store's transaction.

A release keeps its place in the text as long as it keeps its time; what it said before is replaced.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from releases.models.text import place_of

_NEW = {
    "sqlite": "INSERT INTO releases_releasetext (rowid, words) VALUES (%s, %s)",
    "postgresql": """
        INSERT INTO releases_releasetext (rowid, words)
        SELECT place, words::tsvector FROM unnest(%s::bigint[], %s::text[]) AS new(place, words)""",
}
_AGAIN = {
    "sqlite": "INSERT OR REPLACE INTO releases_releasetext (rowid, words) VALUES (%s, %s)",
    "postgresql": f"""{_NEW["postgresql"]}
        ON CONFLICT (rowid) DO UPDATE SET words = excluded.words
        WHERE releases_releasetext.words <> excluded.words""",
}


class Text(NamedTuple):
    """The words of one release; `was_created_on` is the time it is known by, None when it is new."""

    release: int
    created_on: datetime
    words: str
    was_created_on: datetime | None = None


def write(texts: Sequence[Text]) -> None:
    """Store these words."""
    new = [one for one in texts if one.was_created_on is None]
    again = [one for one in texts if one.was_created_on is not None]
    _forget([place_of(one.was_created_on, one.release) for one in again if _moved(one) and one.was_created_on])
    _write(_NEW, new)
    _write(_AGAIN, again)


def _moved(text: Text) -> bool:
    return text.was_created_on is not None and text.was_created_on != text.created_on


def _forget(places: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        for place in places:
            cursor.execute("DELETE FROM releases_releasetext WHERE rowid = %s", [place])


def _write(statements: dict[str, str], texts: Sequence[Text]) -> None:
    if not texts:
        return
    rows = [(place_of(one.created_on, one.release), one.words) for one in texts]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(statements["sqlite"], rows)
        else:
            places, words = zip(*((place, as_vector(text)) for place, text in rows), strict=True)
            cursor.execute(statements["postgresql"], [list(places), list(words)])


def as_vector(words: str) -> str:
    """The words with their places, as PostgreSQL writes a tsvector: `'release':1 '24':2`."""
    return " ".join(f"'{word}':{at}" for at, word in enumerate(words.split(), 1))
