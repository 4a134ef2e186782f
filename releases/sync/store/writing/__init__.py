"""Writes many rows of one table at once, the fastest way each database has. Called by `sync.store` only.

Every function is one statement (SQLite: one prepared statement run many times) whatever the number of rows.
"""

from collections.abc import Mapping, Sequence
from types import ModuleType

from django.db import connection

from releases.sync.mapping.tables import Row, Table
from releases.sync.store.writing import postgresql, sqlite

_WAYS: Mapping[str, ModuleType] = {"postgresql": postgresql, "sqlite": sqlite}


def take_ids(counts: Mapping[Table, int]) -> dict[Table, list[int]]:
    """Ids nobody else will use, so that rows can name rows that are not written yet. Inside a transaction only."""
    wanted = {table: count for table, count in counts.items() if count}
    found: dict[Table, list[int]] = _WAYS[connection.vendor].take_ids(wanted) if wanted else {}
    return {table: found.get(table, []) for table in counts}


def insert(table: Table, rows: Sequence[Row], *, ids: Sequence[int] | None = None) -> int:
    """Add rows, under these ids where given; how many. Raises IntegrityError when one is there already."""
    if rows:
        _WAYS[connection.vendor].insert(table, rows, ids)
    return len(rows)


def update(table: Table, rows: Sequence[tuple[int, Row]]) -> int:
    """Replace the listed columns of rows by id; how many."""
    if rows:
        _WAYS[connection.vendor].update(table, sorted(rows, key=lambda one: one[0]))
    return len(rows)


def upsert(table: Table, rows: Sequence[Row], *, key: Sequence[str]) -> int:
    """Add rows, or replace those that have the same `key` columns; how many."""
    if rows:
        _WAYS[connection.vendor].upsert(table, rows, key)
    return len(rows)
