"""Azure DevOps's release schedules, read from its JSON and said in words. Asked by sentences, overview and pipelines.

`daysToRelease` is a flag number with Monday = 1 up to Sunday = 64, or names; the zone may carry its Windows name.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tzlocal.windows_tz import win_tz

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EVERY_DAY = tuple(range(7))
WEEKDAYS = tuple(range(5))
SLACK = timedelta(minutes=30)
"""How late after its time a scheduled release may be created and still count as that schedule's."""


@dataclass(frozen=True)
class Schedule:
    """Some days of the week (Monday is 0) at one time of day in one zone."""

    days: tuple[int, ...]
    hour: int
    minute: int
    zone: str

    @property
    def sentence(self) -> str:
        """`Mondays 11:00 Europe/Helsinki`."""
        return f"{_days_in_words(self.days)} {self.hour:02}:{self.minute:02} {self.zone}"

    @property
    def short(self) -> str:
        """`Mondays 11:00`, where the zone is said nearby."""
        return f"{_days_in_words(self.days)} {self.hour:02}:{self.minute:02}"

    def latest_before(self, moment: datetime) -> datetime | None:
        """The newest time of this schedule at or before the moment."""
        return self._search(moment, steps=range(0, -8, -1))

    def next_after(self, moment: datetime) -> datetime | None:
        """The first time of this schedule after the moment."""
        return self._search(moment, steps=range(8), after=True)

    def _search(self, moment: datetime, *, steps: Iterable[int], after: bool = False) -> datetime | None:
        local = moment.astimezone(ZoneInfo(self.zone))
        for step in steps:
            run = (local + timedelta(days=step)).replace(hour=self.hour, minute=self.minute, second=0, microsecond=0)
            if run.weekday() in self.days and (run > moment if after else run <= moment):
                return run
        return None


def read(settings: Mapping[str, Any]) -> Schedule | None:
    """The schedule in a trigger's JSON; None where a part of it is missing or makes no sense."""
    found = settings.get("schedule")
    schedule: Mapping[str, Any] = found if isinstance(found, Mapping) else settings
    days = _days(schedule.get("daysToRelease"))
    zone = _zone(str(schedule.get("timeZoneId") or "UTC"))
    try:
        hour, minute = int(schedule.get("startHours") or 0), int(schedule.get("startMinutes") or 0)
    except (TypeError, ValueError, OverflowError):
        return None
    in_range = 0 <= hour < 24 and 0 <= minute < 60
    return Schedule(days=days, hour=hour, minute=minute, zone=zone) if days and zone and in_range else None


def that_made(created_on: datetime, *, schedules: Sequence[Schedule]) -> Schedule | None:
    """The schedule a release was created by: the one whose time lies just before, else the only one there is."""
    for schedule in schedules:
        run = schedule.latest_before(created_on + timedelta(minutes=1))
        if run and created_on - run <= SLACK:
            return schedule
    return schedules[0] if len(schedules) == 1 else None


def _days(value: object) -> tuple[int, ...]:
    if isinstance(value, int):
        return tuple(day for day in EVERY_DAY if value & (1 << day))
    names = value if isinstance(value, list) else str(value or "").split(",")
    words = {str(name).strip().lower() for name in names}
    if "all" in words:
        return EVERY_DAY
    if len(words) == 1 and re.fullmatch("[0-9]{1,6}", "".join(words)):
        return _days(int("".join(words)))
    return tuple(day for day, name in enumerate(DAYS) if name.lower() in words)


def _zone(name: str) -> str:
    """The zone's own name; a Windows name becomes the place it stands for, an unknown one nothing."""
    for known in (name, win_tz.get(name, "")):
        try:
            return ZoneInfo(known).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return ""


def _days_in_words(days: tuple[int, ...]) -> str:
    if days == EVERY_DAY:
        return "Every day"
    if days == WEEKDAYS:
        return "Weekdays"
    names = [f"{DAYS[day]}s" for day in days]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
