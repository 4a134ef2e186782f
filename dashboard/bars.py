"""Times in stages as bars over an axis, in percent of its width. Pure; used by the pages of versions and of the audit.

Always shown with a table of the same rows: the picture is hidden from screen readers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

MOST_TICKS = 7
LABEL_FITS = 9.0
THINNEST = 0.4
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STEPS = [
    *(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30)),
    *(HOUR * hours for hours in (1, 2, 3, 6, 12)),
    *(DAY * days for days in (1, 2, 7, 14, 28, 91, 182, 364, 728, 1820)),
]


@dataclass(frozen=True)
class Time:
    """One time to draw: in which row, from when until when (None: it goes on), with which words."""

    row: int
    since: datetime
    until: datetime | None
    label: str
    is_unsure: bool = False


@dataclass(frozen=True)
class Bar:
    """One bar; `label` is empty where it would not fit."""

    x: str
    width: str
    label: str
    variant: str


@dataclass(frozen=True)
class BarRow:
    """One stage and its bars, oldest first."""

    name: str
    detail: str
    bars: list[Bar]


@dataclass(frozen=True)
class Tick:
    """One line of the axis."""

    x: str
    label: str


@dataclass(frozen=True)
class Bars:
    """The picture: its axis and its rows."""

    ticks: list[Tick]
    rows: list[BarRow]


def bars(rows: Sequence[tuple[int, str, str]], times: Iterable[Time], *, now: datetime) -> Bars | None:
    """The picture of these times in these rows (key, name, detail); None when there is nothing to draw."""
    drawn = sorted(times, key=lambda one: one.since)
    if not drawn:
        return None
    start = drawn[0].since
    end = max(one.until or now for one in drawn)
    length = max(end - start, timedelta(minutes=1))
    room = length * 0.02
    axis = _Axis(start - room, length + room * (1 if end >= now else 2))
    named = [
        BarRow(name, detail, [_bar(one, axis, now) for one in drawn if one.row == key]) for key, name, detail in rows
    ]
    return Bars(_ticks(axis), named)


@dataclass(frozen=True)
class _Axis:
    start: datetime
    length: timedelta

    def at(self, moment: datetime) -> float:
        """Percent from the left."""
        return 100 * ((moment - self.start) / self.length)


def _bar(one: Time, axis: _Axis, now: datetime) -> Bar:
    left, right = axis.at(one.since), axis.at(one.until or now)
    width = max(right - left, THINNEST)
    variant = "wait" if one.is_unsure else "" if one.until is None else "old"
    return Bar(_percent(left), _percent(width), one.label if width >= LABEL_FITS else "", variant)


def _ticks(axis: _Axis) -> list[Tick]:
    step = next((one for one in STEPS if axis.length / one <= MOST_TICKS), STEPS[-1])
    moment = _first(axis.start, step)
    ticks: list[Tick] = []
    while axis.at(moment) < 97 and len(ticks) <= MOST_TICKS:
        if axis.at(moment) >= 0:
            ticks.append(Tick(_percent(axis.at(moment)), _label(moment, step, axis)))
        moment = _wall(moment, step)
    return ticks


def _first(start: datetime, step: timedelta) -> datetime:
    """The last line before the beginning: full hours by the reader's clocks, midnights, Mondays."""
    local = timezone.localtime(start)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if step >= DAY:
        return midnight - DAY * midnight.weekday() if step >= DAY * 7 else midnight
    return midnight + step * ((local - midnight) // step)


def _wall(moment: datetime, step: timedelta) -> datetime:
    """A step on: by days it stays midnight whatever clocks do."""
    return timezone.localtime(moment) + step


def _label(moment: datetime, step: timedelta, axis: _Axis) -> str:
    shown = timezone.localtime(moment)
    if step < DAY:
        return f"{shown:%H:%M}" if (shown.hour or shown.minute) and axis.length < DAY * 4 else f"{shown.day} {shown:%b}"
    return f"{shown:%b %Y}" if step >= DAY * 182 else f"{shown.day} {shown:%b}"


def _percent(value: float) -> str:
    return f"{value:.2f}%"
