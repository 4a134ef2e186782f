"""Releases by words, newest first without sorting. `queries.words` makes the words, the same for both databases."""

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
    pieces = asked(text)
    if not pieces:
        return ReleaseText.objects.none()
    words = _fts5(pieces) if connection.vendor == "sqlite" else _tsquery(pieces)
    return ReleaseText.objects.filter(_Says("words", Value(words))).annotate(release=F("place").bitand(ID_MASK))


def _fts5(pieces: list[list[str]]) -> str:
    """`"release 24" AND "rain" *`. Source: "Full-text Query Syntax", sqlite.org/fts5.html."""
    return " AND ".join(f'"{" ".join(piece)}"{" *" if is_beginning(piece[-1]) else ""}' for piece in pieces)


def _tsquery(pieces: list[list[str]]) -> str:
    """`('release' <-> '24') & ('rain':*)`. Source: "8.11.2. tsquery", PostgreSQL documentation."""
    return " & ".join(f"({_phrase(piece)})" for piece in pieces)


def _phrase(piece: list[str]) -> str:
    words = " <-> ".join(f"'{word}'" for word in piece)
    return f"{words}:*" if is_beginning(piece[-1]) else words
