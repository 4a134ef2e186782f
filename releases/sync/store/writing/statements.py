"""The text of the statements both databases share. Names come from our own models, never from outside."""

from collections.abc import Iterable
from functools import cache

from django.db import connection

from releases.sync.mapping.tables import Table


def names(columns: Iterable[str]) -> str:
    """Column names, quoted, between commas."""
    return ", ".join(connection.ops.quote_name(column) for column in columns)


def columns_of(table: Table, *, with_id: bool) -> list[str]:
    """The columns a row lists, with the id before them if it is given."""
    return [*(["id"] if with_id else []), *(column.name for column in table.columns)]


@cache
def insert(table: Table, *, with_id: bool, rows: int = 1) -> str:
    """INSERT of so many rows."""
    columns = columns_of(table, with_id=with_id)
    marks = f"({', '.join(['%s'] * len(columns))})"
    return (
        f"INSERT INTO {names([table.name])} ({names(columns)})"  # noqa: S608 - our own names
        f" VALUES {', '.join([marks] * rows)}"
    )


@cache
def upsert(table: Table, key: tuple[str, ...], *, rows: int = 1) -> str:
    """INSERT of so many rows, each of which replaces the row with the same key."""
    columns = columns_of(table, with_id=False)
    changes = ", ".join(f"{names([one])} = excluded.{names([one])}" for one in columns if one not in key)
    return f"{insert(table, with_id=False, rows=rows)} ON CONFLICT ({names(key)}) DO UPDATE SET {changes}"
