"""Lifts the triggers that make tables append-only while Django empties the tables after a transactional test.

Without this every such test breaks at teardown. It puts back exactly what it took, on both databases; nothing else may
use it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.utils import CursorWrapper

POSTGRESQL_TRIGGERS = """
    SELECT relname, tgname, tgenabled FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE NOT tgisinternal AND relname LIKE 'releases_%%'
"""
ENABLE = {"A": "ENABLE ALWAYS", "R": "ENABLE REPLICA"}


@contextmanager
def lifted() -> Iterator[None]:
    """The block runs without our triggers."""
    with _lifted_on_sqlite() if connection.vendor == "sqlite" else _lifted_on_postgresql():
        yield


@contextmanager
def _lifted_on_sqlite() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'releases_%%'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for _, sql in triggers:
                cursor.execute(sql)


@contextmanager
def _lifted_on_postgresql() -> Iterator[None]:
    with connection.cursor() as cursor:
        _check_what_waits(cursor)
        cursor.execute(POSTGRESQL_TRIGGERS)
        triggers = cursor.fetchall()
        for table, name, _ in triggers:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER "{name}"')
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            _check_what_waits(cursor)
            for table, name, enabled in triggers:
                cursor.execute(f'ALTER TABLE "{table}" {ENABLE.get(enabled, "ENABLE")} TRIGGER "{name}"')


def _check_what_waits(cursor: CursorWrapper) -> None:
    """A table whose foreign keys are still to be checked cannot be altered."""
    if connection.in_atomic_block and not connection.needs_rollback:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
