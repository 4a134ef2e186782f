"""What the headers of an answer say about limits and time. Used by `releases.azure.wire` for every answer.

Source: Azure DevOps rate limits (Retry-After and X-RateLimit-* come with 200 as well); RFC 9110 for Retry-After.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_WAIT_SECONDS = 3600.0
USUAL_WAIT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits and clock as one answer told them; None where it said nothing.

    `retry_after` and `delay` are seconds, `skew_seconds` is Azure's clock minus ours.
    """

    retry_after: float | None = None
    resource: str = ""
    delay: float | None = None
    limit: int | None = None
    remaining: int | None = None
    reset_at: datetime | None = None
    date: datetime | None = None
    skew_seconds: float | None = None


def limits_of(headers: Mapping[str, str], *, now: float | None = None) -> Limits:
    """Read the limits of one answer; `now` is our clock in epoch seconds. Never raises: nonsense counts as nothing."""
    ours = time.time() if now is None else now
    date = http_date(headers.get("Date", ""))
    reset = _number(headers.get("X-RateLimit-Reset", ""))
    limit, remaining = (_number(headers.get(f"X-RateLimit-{name}", "")) for name in ("Limit", "Remaining"))
    return Limits(
        retry_after=retry_after_of(headers, now=ours),
        resource=headers.get("X-RateLimit-Resource", "")[:200],
        delay=_number(headers.get("X-RateLimit-Delay", "")),
        limit=None if limit is None else int(limit),
        remaining=None if remaining is None else int(remaining),
        reset_at=_instant(reset),
        date=date,
        skew_seconds=None if date is None else date.timestamp() - ours,
    )


def retry_after_of(headers: Mapping[str, str], *, now: float) -> float | None:
    """Seconds to wait by Retry-After (a number or an HTTP date, measured by the answer's own Date), capped at an hour.

    None without the header or when it is no number and no date.
    """
    text = headers.get("Retry-After", "").strip()
    seconds = _number(text)
    if seconds is None:
        until = http_date(text)
        if until is None:
            return None
        date = http_date(headers.get("Date", ""))
        seconds = until.timestamp() - (date.timestamp() if date else now)
    return min(max(seconds, 0.0), LONGEST_WAIT_SECONDS)


def http_date(text: str) -> datetime | None:
    """An HTTP date as an aware time in UTC; None for anything else."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value < 1e12 else None


def _instant(seconds: float | None) -> datetime | None:
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
