"""Cuts the history into stretches of creation time, so that several pages can be asked for at once.

Pure: knows no Azure and no database. Each stretch is read oldest first; when one is done, the longest that is left is
halved. The list of stretches, in JSON, is the cursor of the backfill.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

WORTH_HALVING = 250
"""Releases that a stretch must still have ahead (about), so that halving it saves more than the page it costs."""


@dataclass
class Stretch:
    """Releases created from `since` (None: the beginning) until before `until` (None: no end).

    Azure is asked for those until `bound`, which stays the same from page to page, also when the stretch was halved.
    `token` asks for the page after the last stored one; `read_to` is the creation time of the last stored release;
    `read` counts those stored.
    """

    since: datetime | None = None
    until: datetime | None = None
    bound: datetime | None = None
    token: str | None = None
    read_to: datetime | None = None
    read: int = 0
    pages: int = 0
    is_done: bool = False

    def takes(self, created_on: datetime) -> bool:
        """Whether a release created then belongs to this stretch."""
        return (self.since is None or created_on >= self.since) and (self.until is None or created_on < self.until)

    def is_passed_by(self, created: Sequence[datetime]) -> bool:
        """Whether a page of releases created at these times reaches beyond the stretch, so that it is the last."""
        return self.until is not None and any(one >= self.until for one in created)

    def stored(self, created: Sequence[datetime], *, token: str | None, read: int) -> None:
        """A page of releases created at these times is stored; `read` of them belonged here."""
        self.token = token
        self.pages += 1
        self.read += read
        inside = [one for one in created if self.takes(one)]
        self.read_to = max([*inside, *([self.read_to] if self.read_to else [])], default=self.read_to)
        self.is_done = not token or self.is_passed_by(created)

    def ahead(self, *, start: datetime | None, end: datetime | None) -> float:
        """About how many releases are left, by its density so far; `start` and `end` are the whole history's."""
        since, until = self.since or start, self.until or end
        if self.is_done or until is None or self.read_to is None or since is None:
            return 0.0
        past = (self.read_to - since).total_seconds()
        return self.read * (until - self.read_to).total_seconds() / past if past > 0 else 0.0

    def halve(self, end: datetime | None) -> "Stretch | None":
        """Give the later half of what is left to a new stretch; None when there is no time between."""
        until = self.until or end
        if until is None or self.read_to is None or until <= self.read_to:
            return None
        middle = self.read_to + (until - self.read_to) / 2
        later = Stretch(since=middle, until=self.until, bound=self.until)
        self.until = middle
        return later


@dataclass
class Stretches:
    """All stretches of one backfill, oldest first. `first` and `last`: creation times of Azure's oldest and newest."""

    first: datetime | None = None
    last: datetime | None = None
    all: list[Stretch] = field(default_factory=list)

    @classmethod
    def between(cls, first: datetime | None, last: datetime | None, *, count: int) -> "Stretches":
        """So many stretches of equal time; one without bounds where that is not possible."""
        if first is None or last is None or last <= first or count < 2:
            return cls(first, last, [Stretch()])
        cuts = [first + (last - first) * at / count for at in range(1, count)]
        starts: list[datetime | None] = [None, *cuts]
        ends: list[datetime | None] = [*cuts, None]
        return cls(first, last, [Stretch(a, b, b) for a, b in zip(starts, ends, strict=True)])

    def halve_longest(self) -> Stretch | None:
        """A new stretch cut from the one with most ahead, or None when no cut is worth its page."""
        longest = max(self.all, key=lambda one: one.ahead(start=self.first, end=self.last), default=None)
        if longest is None or longest.ahead(start=self.first, end=self.last) < WORTH_HALVING:
            return None
        later = longest.halve(self.last)
        if later is not None:
            self.all.insert(self.all.index(longest) + 1, later)
        return later

    @property
    def is_done(self) -> bool:
        """Whether all was read."""
        return all(one.is_done for one in self.all)

    @property
    def read(self) -> int:
        """Releases stored so far."""
        return sum(one.read for one in self.all)

    @property
    def read_to(self) -> datetime | None:
        """The creation time of the newest stored release."""
        return max((one.read_to for one in self.all if one.read_to), default=None)

    @property
    def unread(self) -> list[tuple[datetime, datetime]]:
        """The creation times between which releases are still to be read, as far as both ends are known."""
        ends = [(one.read_to or one.since or self.first, one.until or self.last) for one in self.all if not one.is_done]
        return [(since, until) for since, until in ends if since and until and since < until]

    def as_json(self) -> dict[str, Any]:
        """For the cursor. Finished neighbours are joined, so that it does not grow."""
        return {"first": _text(self.first), "last": _text(self.last), "all": [_row(one) for one in self._joined()]}

    @classmethod
    def from_json(cls, cursor: dict[str, Any]) -> "Stretches":
        """From the cursor."""
        return cls(_time(cursor["first"]), _time(cursor["last"]), [_stretch(row) for row in cursor["all"]])

    def _joined(self) -> list[Stretch]:
        joined: list[Stretch] = []
        for one in self.all:
            before = joined[-1] if joined else None
            if before and before.is_done and one.is_done:
                joined[-1] = Stretch(
                    before.since,
                    one.until,
                    one.bound,
                    read_to=one.read_to or before.read_to,
                    read=before.read + one.read,
                    pages=before.pages + one.pages,
                    is_done=True,
                )
            else:
                joined.append(one)
        return joined


def _row(one: Stretch) -> list[Any]:
    times = [_text(one.since), _text(one.until), _text(one.bound), _text(one.read_to)]
    return [*times, one.token, one.read, one.pages, one.is_done]


def _stretch(row: list[Any]) -> Stretch:
    since, until, bound, read_to = (_time(text) for text in row[:4])
    return Stretch(since, until, bound, row[4], read_to, *row[5:])


def _text(time: datetime | None) -> str | None:
    return time.isoformat() if time else None


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
