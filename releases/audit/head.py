"""The end of the chain, locked for the rest of the transaction so that events are written one after the other."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.backends.utils import CursorWrapper

LOCK = 0x536C6970  # any constant of our own: one chain, one lock

HEAD = "SELECT seq, link, ts FROM releases_auditevent ORDER BY seq DESC LIMIT 1"


@dataclass(frozen=True)
class Head:
    """The last event's number and link (0 and empty before the first), and the database's clock after the lock.

    `behind`: how far that clock stands before the last event's time; zero unless somebody put it back.
    """

    seq: int
    link: bytes
    now: datetime
    behind: timedelta = timedelta(0)


def lock_head() -> Head:
    """Wait for our turn, then read the head. Raises RuntimeError where the transaction could read a stale one."""
    with connection.cursor() as cursor:
        now = _lock_postgresql(cursor) if connection.vendor == "postgresql" else _lock_sqlite()
        cursor.execute(HEAD)
        row = cursor.fetchone()
    if not row:
        return Head(seq=0, link=b"", now=now)
    return Head(seq=row[0], link=bytes(row[1]), now=now, behind=max(_moment(row[2]) - now, timedelta(0)))


def _moment(stored: datetime) -> datetime:
    """A time as the database gives it to a bare cursor: SQLite without a zone, in UTC."""
    return stored if stored.tzinfo else stored.replace(tzinfo=UTC)


def _lock_postgresql(cursor: CursorWrapper) -> datetime:
    """Under REPEATABLE READ the snapshot may be older than the lock, so the head would be stale: refused."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    cursor.execute("SELECT clock_timestamp(), current_setting('transaction_isolation')")
    now: datetime
    now, isolation = cursor.fetchone()
    if isolation != "read committed":
        raise RuntimeError(f"The trail needs READ COMMITTED transactions; this one is {isolation}.")
    return now


def _lock_sqlite() -> datetime:
    """BEGIN IMMEDIATE is the lock: SQLite has one writer. A deferred BEGIN would fail with "database is locked"."""
    if getattr(connection, "transaction_mode", None) != "IMMEDIATE":
        raise RuntimeError('The trail needs SQLite\'s OPTIONS={"transaction_mode": "IMMEDIATE"}.')
    return datetime.now(UTC)
