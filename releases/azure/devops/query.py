"""How questions to Azure DevOps are written: orders, times, lists of ids. Used by the modules beside it."""

from collections.abc import Iterable
from datetime import UTC, datetime

LARGEST_PAGE = 100
"""Azure DevOps caps `$top` here without a word."""


def order(ascending: bool) -> str:
    """Azure's word for an order."""
    return "ascending" if ascending else "descending"


def time(value: datetime | None) -> str | None:
    """A time in UTC to the microsecond."""
    return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def joined(ids: Iterable[int] | None) -> str | None:
    """Ids with commas between."""
    return None if ids is None else ",".join(str(one) for one in ids)
