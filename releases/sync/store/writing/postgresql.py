"""PostgreSQL: COPY in binary form for new rows, one UPDATE from a JSON document for changed ones."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from django.db import connection

from releases.sync.mapping.tables import Row, Table
from releases.sync.store.writing import statements

_encode = msgspec.json.Encoder().encode
_JSONB_VERSION = b"\x01"
"""What the wire form of jsonb begins with."""


def take_ids(counts: Mapping[Table, int]) -> dict[Table, list[int]]:
    """The next numbers of the tables' sequences."""
    tables = list(counts)
    # The name of the sequence is looked up once, not for every number.
    names = ", ".join(
        f"s{at} AS MATERIALIZED (SELECT pg_get_serial_sequence('{table.name}', 'id')::regclass AS name)"
        for at, table in enumerate(tables)
    )
    numbers = " UNION ALL ".join(
        f"SELECT {at}, nextval(s{at}.name) FROM s{at}, generate_series(1, %s)"  # noqa: S608 - counted by us
        for at, _ in enumerate(tables)
    )
    sql = f"WITH {names} {numbers}"
    taken: dict[Table, list[int]] = {table: [] for table in tables}
    with connection.cursor() as cursor:
        cursor.execute(sql, list(counts.values()))
        for at, number in cursor.fetchall():
            taken[tables[at]].append(number)
    return taken


def insert(table: Table, rows: Sequence[Row], ids: Sequence[int] | None) -> None:
    """COPY the rows in."""
    columns = statements.columns_of(table, with_id=ids is not None)
    sql = f"COPY {statements.names([table.name])} ({statements.names(columns)}) FROM STDIN (FORMAT BINARY)"
    types = [
        *(["int8"] if ids is not None else []),
        *(_wire_type(column.field, column.kind) for column in table.columns),
    ]
    # Django passes `copy` through to the driver as it is, so its errors have to be made Django's here.
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(sql) as copy:
        copy.set_types(types)
        for row in _wire_rows(table, rows, ids):
            copy.write_row(row)


def _wire_type(field: Any, kind: str) -> str:
    """The type whose binary form a value gets; JSON is encoded here and passed on as bytes."""
    return "bytea" if kind == "json" else str(field.db_type(connection)).partition("(")[0]


def _wire_rows(table: Table, rows: Sequence[Row], ids: Sequence[int] | None) -> Iterator[Row]:
    json_at = [at for at, column in enumerate(table.columns) if column.kind == "json"]
    for number, row in enumerate(rows):
        wire = row
        if json_at:
            wire = row.copy()
            for at in json_at:
                wire[at] = _JSONB_VERSION + _encode(row[at])
        yield wire if ids is None else [ids[number], *wire]


def update(table: Table, rows: Sequence[tuple[int, Row]]) -> None:
    """One UPDATE, joined with the rows as one JSON document. Not for tables with bytes."""
    names = [column.name for column in table.columns]
    document = _encode([{"id": number, **dict(zip(names, row, strict=True))} for number, row in rows]).decode()
    types = ", ".join(
        f"{statements.names([column.name])} {column.field.db_type(connection)}" for column in table.columns
    )
    changes = ", ".join(f"{statements.names([one])} = new.{statements.names([one])}" for one in names)
    mine = statements.names([table.name])
    sql = (
        f"UPDATE {mine} SET {changes} FROM json_to_recordset(%s::json)"  # noqa: S608 - our own names
        f" AS new(id bigint, {types}) WHERE {mine}.id = new.id"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [document])


def upsert(table: Table, rows: Sequence[Row], key: Sequence[str]) -> None:
    """INSERT ... ON CONFLICT, sent in one pipeline. Not for tables with JSON."""
    with connection.cursor() as cursor:
        cursor.executemany(statements.upsert(table, tuple(key)), rows)
