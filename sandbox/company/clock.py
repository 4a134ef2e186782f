"""The company's clock and its queue of things that will happen.

Company time runs with the wall clock until the anchor and `speed` times as fast after it; every stamp that
anybody sees is a wall time. Only `Company` drives it; everybody else asks `now` and calls `later`.
"""

import heapq
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Happening = Callable[[], object]  # one that returns False had nothing left to do and does not count
DAY = 86_400.0
HOUR = 3_600.0
MINUTE = 60.0


def whole_milliseconds(moment: datetime) -> datetime:
    """Azure stamps most things in milliseconds, so nothing finer is ever stored."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


class Clock:
    """Happenings in the order of company time; equal times keep the order in which they were asked for."""

    def __init__(self, start: datetime) -> None:
        self._queue: list[tuple[float, int, Happening]] = []
        self._asked = 0
        self._speed = 1.0
        self._base_wall = start
        self._base = start.timestamp()
        self.at = self._base
        self.now = whole_milliseconds(start)
        self.happened = 0
        self.last = self.now

    @property
    def speed(self) -> float:
        """How many company seconds pass in one second of the wall clock."""
        return self._speed

    def later(self, seconds: float, happening: Happening) -> datetime:
        """Something happens in so many company seconds; returns the wall time it is expected at."""
        due = self.at + max(0.0, seconds)
        self._push(due, happening)
        return self.wall(due)

    def at_company_time(self, due: float, happening: Happening) -> None:
        """Something happens at a company time (seconds since 1970)."""
        self._push(max(due, self.at), happening)

    def at_wall(self, moment: datetime, happening: Happening) -> None:
        """Something happens at a time of the wall clock, such as a scheduled deployment."""
        self._push(max(self.at, self.company(moment)), happening)

    def wall(self, at: float) -> datetime:
        """The wall time of a company time, in whole milliseconds."""
        return whole_milliseconds(self._base_wall + timedelta(seconds=(at - self._base) / self._speed))

    def company(self, wall: datetime) -> float:
        """The company time of a wall time."""
        return self._base + (wall - self._base_wall).total_seconds() * self._speed

    def run_until(self, wall: datetime) -> int:
        """Lives until this wall time; returns how many things happened."""
        limit, before = self.company(wall), self.happened
        while self._queue and self._queue[0][0] <= limit:
            due, _, happening = heapq.heappop(self._queue)
            self.at, self.now = due, max(self.now, self.wall(due))
            self.last = self.now
            self.happened += happening() is not False
        self.at, self.now = max(self.at, limit), max(self.now, whole_milliseconds(wall))
        return self.happened - before

    def run_next(self, count: int, *, since: datetime, until: datetime) -> int:
        """Lives through the next things at once, their stamps spread over the given wall time.

        Nothing may have been stamped after `since`; a tick in which nothing happened does not count.
        """
        step = (until - since) / max(1, count)
        self.now = whole_milliseconds(since)
        done = 0
        while done < count and self._queue:
            due, _, happening = heapq.heappop(self._queue)
            self.at, self.now = due, max(self.now, whole_milliseconds(since + step * (done + 1)))
            done += happening() is not False
        self.happened += done
        self._base_wall, self._base = until, self.at
        self.now = self.last = max(self.now, whole_milliseconds(until))
        return done

    def change_speed(self, speed: float) -> None:
        """From now on company time runs this much faster than the wall clock."""
        self._base_wall, self._base, self._speed = self.wall_exact(), self.at, speed

    def wall_exact(self) -> datetime:
        """The wall time of the present company time, unrounded."""
        return self._base_wall + timedelta(seconds=(self.at - self._base) / self._speed)

    def calendar(self) -> datetime:
        """The company's own calendar, by which people work and schedules fire."""
        return datetime.fromtimestamp(self.at, UTC)

    def _push(self, due: float, happening: Happening) -> None:
        self._asked += 1
        heapq.heappush(self._queue, (due, self._asked, happening))
