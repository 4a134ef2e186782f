"""The text of the statements both databases share. Names come from our own models, never from outside."""

from collections.abc import Iterable, Sequence

from django.db import connection

from releases.sync.mapping.tables import Table


def names(columns: Iterable[str]) -> str:
    """Column names, quoted, between commas."""
    return ", ".join(connection.ops.quote_name(column) for column in columns)


def columns_of(table: Table, *, with_id: bool) -> list[str]:
    """The columns a row lists, with the id before them if it is given."""
    return [*(["id"] if with_id else []), *(column.name for column in table.columns)]


def upsert(table: Table, key: Sequence[str]) -> str:
    """INSERT of one row that replaces the row with the same key."""
    columns = columns_of(table, with_id=False)
    changes = ", ".join(f"{names([one])} = excluded.{names([one])}" for one in columns if one not in key)
    marks = ", ".join(["%s"] * len(columns))
    return (
        f"INSERT INTO {names([table.name])} ({names(columns)}) VALUES ({marks})"  # noqa: S608 - our own names
        f" ON CONFLICT ({names(key)}) DO UPDATE SET {changes}"
    )
