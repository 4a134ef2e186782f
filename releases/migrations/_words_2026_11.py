"""How the words of releases were made and kept in November 2026: what migration 0004 fills in for stored releases.

A copy, so that the migration goes on doing what it did, whatever becomes of `releases.queries.words`,
`releases.models.text` and `releases.sync.store.texts`.
"""

import re
import unicodedata
from datetime import datetime, timedelta, timezone

LONGEST_WORD, MOST_WORDS = 64, 400
ASCII = re.compile(r"[0-9a-z]+")
ANY = re.compile(r"[^\W_]+|[^\w\s\x00-\x7f]")
SYMBOLS = {"So", "Sk"}
EPOCH = datetime(2000, 1, 1, tzinfo=timezone.utc)
MOST_SECONDS = 2**31 - 1
STATEMENTS = {
    "sqlite": "INSERT INTO releases_releasetext (rowid, words) VALUES (%s, %s)",
    "postgresql": "INSERT INTO releases_releasetext (rowid, words) VALUES (%s, %s::tsvector)",
}


def write(rows, connection):
    """Keep the words of these releases, each with its id and the time it was created."""
    as_kept = _as_vector if connection.vendor == "postgresql" else " ".join
    kept = [(_place(created_on, release), as_kept(_words(texts))) for release, created_on, texts in rows]
    with connection.cursor() as cursor:
        cursor.executemany(STATEMENTS[connection.vendor], kept)


def _place(created_on, release):
    """A number that the newest releases have the greatest of."""
    seconds = (created_on - EPOCH) // timedelta(seconds=1)
    return (max(-MOST_SECONDS, min(seconds, MOST_SECONDS)) << 32) | release


def _words(texts):
    return [word for text in texts for word in _words_of(text)][:MOST_WORDS]


def _words_of(text):
    """Runs of letters and digits without case and accents, and symbols."""
    if text.isascii():
        found = ASCII.findall(text.lower())
    else:
        plain = unicodedata.normalize("NFKD", text.casefold()).casefold()
        plain = "".join(letter for letter in plain if unicodedata.category(letter) != "Mn")
        found = [one for one in ANY.findall(plain) if one.isalnum() or unicodedata.category(one) in SYMBOLS]
    return [word[:LONGEST_WORD] for word in found]


def _as_vector(words):
    return " ".join(f"'{word}':{at}" for at, word in enumerate(words, 1))
