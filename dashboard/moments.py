"""A date and time that somebody typed, in a time zone that was named: which moment it was. Pure; used by audit pages.

Clocks are put forward and back: an hour that never was and one that was twice are told, not guessed silently.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from releases.errors import Invalid

LONGEST = 40


@dataclass(frozen=True)
class Moment:
    """One moment. `is_skipped`: no clock showed what was typed; `is_doubled`: clocks showed it twice."""

    at: datetime
    zone: ZoneInfo
    typed: datetime
    is_skipped: bool = False
    is_doubled: bool = False

    @property
    def local(self) -> datetime:
        """The moment by the clocks of its zone."""
        return self.at.astimezone(self.zone)

    @property
    def written(self) -> str:
        """As a field for date and time takes it, to the second where that says something."""
        shown = self.local.replace(tzinfo=None)
        if shown.microsecond:
            return shown.isoformat(timespec="milliseconds" if not shown.microsecond % 1000 else "microseconds")
        return shown.isoformat(timespec="seconds" if shown.second else "minutes")

    @property
    def is_second(self) -> bool:
        """Of an hour that was twice, whether it is the later one."""
        return self.is_doubled and self.local.fold == 1


@cache
def zone_names() -> frozenset[str]:
    """The name of every time zone. Finding them opens some hundred files, and they stay the same."""
    return frozenset(available_timezones())


def zone_named(name: str, *, default: ZoneInfo) -> ZoneInfo:
    """The zone of this name, or the reader's own."""
    return ZoneInfo(name) if name in zone_names() else default


def read(text: str, zone: ZoneInfo, *, is_second: bool = False) -> Moment:
    """The moment: local to the zone, unless it says its own offset. Raises Invalid with a sentence."""
    try:
        given = datetime.fromisoformat(text.strip()[:LONGEST])
        if given.tzinfo is not None:
            at = given.astimezone(UTC)
            return Moment(at, zone, at.astimezone(zone).replace(tzinfo=None))
        return _local(given, zone, is_second=is_second)
    except (ValueError, OverflowError):
        raise Invalid(
            f"“{text[:LONGEST]}” is no date and time. Write it like 2026-03-03T14:00.", code="invalid_moment"
        ) from None


def at_present(now: datetime, zone: ZoneInfo) -> Moment:
    """The present minute."""
    at = now.astimezone(UTC).replace(second=0, microsecond=0)
    return Moment(at, zone, at.astimezone(zone).replace(tzinfo=None))


def _local(given: datetime, zone: ZoneInfo, *, is_second: bool) -> Moment:
    first, second = (given.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    at = (second if is_second else first).astimezone(UTC)
    if first.utcoffset() == second.utcoffset():
        return Moment(at, zone, given)
    exists = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == given
    return Moment(at if exists else first.astimezone(UTC), zone, given, is_skipped=not exists, is_doubled=exists)
