"""SQLite: a few prepared statements per table, each for many rows.

The driver lets other threads of the process run while a statement does, and has to wait for them after it: a statement
for each row would wait thousands of times a page.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from types import NoneType
from typing import Any

import msgspec
from django.db import connection

from releases.sync.mapping.tables import Row, Table
from releases.sync.store.writing import statements

_encode = msgspec.json.Encoder().encode

ROWS_AT_ONCE = 40
"""Rows of one statement; more gain nothing and the text of the statement has to be read each time."""


def take_ids(counts: Mapping[Table, int]) -> dict[Table, list[int]]:
    """The numbers after the last ones used. Safe because the transaction has the database's one write lock."""
    names = [table.name for table in counts]
    marks = ", ".join(["%s"] * len(names))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT name, seq FROM sqlite_sequence WHERE name IN ({marks})", names)  # noqa: S608
        last = dict(cursor.fetchall())
    starts = {table: last.get(table.name, 0) + 1 for table in counts}
    return {table: list(range(starts[table], starts[table] + count)) for table, count in counts.items()}


def insert(table: Table, rows: Sequence[Row], ids: Sequence[int] | None) -> None:
    """INSERT the rows."""
    with_id = ids is not None
    _run(lambda count: statements.insert(table, with_id=with_id, rows=count), _stored_rows(table, rows, before=ids))


def _run(statement: Callable[[int], str], stored: Sequence[tuple[Any, ...]]) -> None:
    """A statement of so many rows for most of them, one of a single row for the rest."""
    whole = len(stored) - len(stored) % ROWS_AT_ONCE
    parts = [tuple(chain.from_iterable(stored[at : at + ROWS_AT_ONCE])) for at in range(0, whole, ROWS_AT_ONCE)]
    with connection.cursor() as cursor:
        if parts:
            cursor.executemany(statement(ROWS_AT_ONCE), parts)
        if whole < len(stored):
            cursor.executemany(statement(1), stored[whole:])


def update(table: Table, rows: Sequence[tuple[int, Row]]) -> None:
    """UPDATE the rows by id."""
    changes = ", ".join(f"{statements.names([column.name])} = %s" for column in table.columns)
    sql = f"UPDATE {statements.names([table.name])} SET {changes} WHERE id = %s"  # noqa: S608 - our own names
    ids = [number for number, _ in rows]
    with connection.cursor() as cursor:
        cursor.executemany(sql, _stored_rows(table, [row for _, row in rows], after=ids))


def upsert(table: Table, rows: Sequence[Row], key: Sequence[str]) -> None:
    """INSERT ... ON CONFLICT."""
    _run(lambda count: statements.upsert(table, tuple(key), rows=count), _stored_rows(table, rows))


def _stored_rows(
    table: Table, rows: Sequence[Row], *, before: Sequence[int] | None = None, after: Sequence[int] | None = None
) -> list[tuple[Any, ...]]:
    """The rows as SQLite keeps them, converted column by column, with ids at their front or end."""
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    for at, column in enumerate(table.columns):
        if convert := _CONVERTERS.get(column.kind):
            columns[at] = convert(columns[at])
    first = [before] if before is not None else []
    last = [after] if after is not None else []
    return list(zip(*first, *columns, *last, strict=True))


def _times(values: Sequence[datetime | None]) -> list[str | None]:
    """As Django writes them: UTC without saying so. All in one go, for a page has thousands of them."""
    utc = [value.astimezone(UTC) if value is not None and value.tzinfo is not UTC else value for value in values]
    texts = _encode(utc).decode()[1:-1].replace("T", " ").split(",")
    return [None if text == "null" else text[1:-2] for text in texts]


def _jsons(values: Sequence[Any]) -> list[str | None]:
    return [_EMPTY[type(value)] if not value and type(value) in _EMPTY else _encode(value).decode() for value in values]


_EMPTY: dict[type, str | None] = {dict: "{}", list: "[]", NoneType: None}
"""Most of them; without this, the commonest values would be the costliest."""
_CONVERTERS: dict[str, Callable[[Sequence[Any]], Sequence[Any]]] = {"time": _times, "json": _jsons}
