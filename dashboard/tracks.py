"""Stretches of time as bars: where each begins and how wide it is, in per cent of the time shown. Pure.

Used for drift histories. The same rows always stand beside it as a table, because bars are for eyes alone.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

NARROWEST = 0.4
LABELLED_FROM = 6.0
TICKS = 5


class Bar(NamedTuple):
    """One bar: left edge and width in per cent, hue, and its label, which is empty where there is no room."""

    x: str
    width: str
    hue: str
    text: str


class Track(NamedTuple):
    """One line of bars."""

    label: str
    bars: list[Bar]


class Lasting(NamedTuple):
    """What a bar shows."""

    text: str
    hue: str
    start: datetime
    until: datetime | None


def track(label: str, stretches: Iterable[Sequence[object]], *, start: datetime, until: datetime) -> Track:
    """The stretches (text, hue, start, until) that fall into the time shown, cut at its edges."""
    rows = [Lasting(*one) for one in stretches]  # type: ignore[arg-type]
    shown = [row for row in rows if row.start < until and (row.until is None or row.until > start)]
    return Track(label, [_bar(row, start=start, until=until) for row in sorted(shown, key=lambda row: row.start)])


def ticks(start: datetime, until: datetime) -> list[str]:
    """The days below which the axis has a mark, from the left edge on."""
    step = (until - start) / TICKS
    return [f"{shown.day} {shown:%b}" for n in range(TICKS) if (shown := timezone.localtime(start + n * step))]


def _bar(row: Lasting, *, start: datetime, until: datetime) -> Bar:
    whole = until - start
    left = _percent(max(row.start, start) - start, whole)
    right = _percent(min(row.until or until, until) - start, whole)
    width = min(max(right - left, NARROWEST), 100.0)
    return Bar(f"{min(left, 100 - width):.2f}%", f"{width:.2f}%", row.hue, row.text if width >= LABELLED_FROM else "")


def _percent(part: timedelta, whole: timedelta) -> float:
    return 100 * part / whole
