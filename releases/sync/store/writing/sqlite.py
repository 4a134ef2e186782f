"""SQLite: one prepared statement per table, run for all rows in one call."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.db import connection

from releases.sync.mapping.tables import Row, Table
from releases.sync.store.writing import statements

_encode = msgspec.json.Encoder().encode


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
    columns = statements.columns_of(table, with_id=ids is not None)
    marks = ", ".join(["%s"] * len(columns))
    name = statements.names([table.name])
    sql = f"INSERT INTO {name} ({statements.names(columns)}) VALUES ({marks})"  # noqa: S608 - our own names
    with connection.cursor() as cursor:
        cursor.executemany(sql, _stored_rows(table, rows, before=ids))


def update(table: Table, rows: Sequence[tuple[int, Row]]) -> None:
    """UPDATE the rows by id."""
    changes = ", ".join(f"{statements.names([column.name])} = %s" for column in table.columns)
    sql = f"UPDATE {statements.names([table.name])} SET {changes} WHERE id = %s"  # noqa: S608 - our own names
    ids = [number for number, _ in rows]
    with connection.cursor() as cursor:
        cursor.executemany(sql, _stored_rows(table, [row for _, row in rows], after=ids))


def upsert(table: Table, rows: Sequence[Row], key: Sequence[str]) -> None:
    """INSERT ... ON CONFLICT for each row."""
    with connection.cursor() as cursor:
        cursor.executemany(statements.upsert(table, key), _stored_rows(table, rows))


def _stored_rows(
    table: Table, rows: Sequence[Row], *, before: Sequence[int] | None = None, after: Sequence[int] | None = None
) -> list[tuple[Any, ...]]:
    """The rows as SQLite keeps them, converted column by column, with ids at their front or end."""
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    for at, column in enumerate(table.columns):
        if convert := _CONVERTERS.get(column.kind):
            columns[at] = [None if value is None else convert(value) for value in columns[at]]
    first = [before] if before is not None else []
    last = [after] if after is not None else []
    return list(zip(*first, *columns, *last, strict=True))


def _time(value: datetime) -> str:
    """As Django writes it: UTC without saying so."""
    return str(value.astimezone(UTC) if value.tzinfo is not UTC else value)[:-6]


def _json(value: Any) -> str:
    return _encode(value).decode()


_CONVERTERS: dict[str, Callable[[Any], Any]] = {"time": _time, "json": _json}
