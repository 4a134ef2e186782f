"""Releases by words, newest first without sorting. `queries.words` makes the words, the same for both databases."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import BooleanField, F, Func, QuerySet, Value

from releases.models import ReleaseText
from releases.models.text import ID_MASK
from releases.queries.words import asked, is_beginning


class _Says(Func):
    """Whether the words answer to a query in the database's own language."""

    template, arg_joiner, output_field = "(%(expressions)s)", " MATCH ", BooleanField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """The operator that the index on the words knows."""
        return super().as_sql(compiler, connection, template="(%(expressions)s::tsquery)", arg_joiner=" @@ ", **more)


def containing(text: str) -> "QuerySet[Any]":
    """The texts that hold every word, each with the id of its `release`. A text without any word finds nothing."""
    texts, pieces = ReleaseText.objects.annotate(release=F("place").bitand(ID_MASK)), asked(text)
    if not pieces:
        return texts.none()
    words = _fts5(pieces) if connection.vendor == "sqlite" else _tsquery(pieces)
    return texts.filter(_Says("words", Value(words)))


def among(text: str, places: Sequence[int]) -> list[int]:
    """Those of these texts that hold every word. SQLite would search the whole index for each of them."""
    if connection.vendor != "sqlite":
        return list(containing(text).filter(place__in=places).values_list("place", flat=True))
    pieces = asked(text)
    rows = ReleaseText.objects.filter(place__in=places).values_list("place", "words")
    return [place for place, words in rows if pieces and all(_holds(words, piece) for piece in pieces)]


def _holds(words: str, piece: list[str]) -> bool:
    return f" {' '.join(piece)}{'' if is_beginning(piece[-1]) else ' '}" in f" {words} "


def _fts5(pieces: list[list[str]]) -> str:
    """`"release 24" AND "rain" *`. Source: "Full-text Query Syntax", sqlite.org/fts5.html."""
    return " AND ".join(f'"{" ".join(piece)}"{" *" if is_beginning(piece[-1]) else ""}' for piece in pieces)


def _tsquery(pieces: list[list[str]]) -> str:
    """`('release' <-> '24') & ('rain':*)`. Source: "8.11.2. tsquery", PostgreSQL documentation."""
    return " & ".join(f"({_phrase(piece)})" for piece in pieces)


def _phrase(piece: list[str]) -> str:
    words = " <-> ".join(f"'{word}'" for word in piece)
    return f"{words}:*" if is_beginning(piece[-1]) else words
