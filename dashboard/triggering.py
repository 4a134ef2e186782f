"""What somebody typed on the page that changes a trigger. What is allowed is decided by the action."""

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from django.http import HttpRequest

from releases.actions.triggers import Change
from releases.errors import Invalid
from releases.queries.schedules import DAYS
from releases.queries.trigger_edits import Branches, Timing
from releases.queries.trigger_switches import Switch

SEND = "send"
_TIME = re.compile(r"(\d{1,2}):(\d{2})(:00)?")

FIELDS = {
    "no_days": "days",
    "bad_time": "time",
    "bad_zone": "zone",
    "bad_branch": "branches",
    "too_many_branches": "branches",
    "reason_too_short": "reason",
    "reason_too_long": "reason",
}
"""The field that an error belongs to; others stand above the form."""


@dataclass(frozen=True)
class Typed:
    """The fields of the form. `looked` names the change whose difference was shown."""

    do: str = ""
    key: str = ""
    seen: str = ""
    looked: str = ""
    reason: str = ""
    days: tuple[str, ...] = ()
    time: str = ""
    zone: str = ""
    only_changes: bool = False
    taken: str = ""
    left: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """As posted."""
        given = request.POST
        return cls(
            do=given.get("do", ""),
            key=given.get("key", ""),
            seen=given.get("seen", ""),
            looked=given.get("looked", ""),
            reason=given.get("reason", ""),
            days=tuple(given.getlist("day")),
            time=given.get("time", ""),
            zone=given.get("zone", "").strip(),
            only_changes=given.get("only_changes") == "on",
            taken=given.get("taken", ""),
            left=given.get("left", ""),
        )

    @classmethod
    def at_first(cls, switch: Switch | None, *, zone: str) -> Self:
        """As the trigger is now; a new schedule is proposed in the reader's zone."""
        if switch is not None and (branches := switch.branches) is not None:
            return cls(taken="\n".join(branches.taken), left="\n".join(branches.left))
        timing = switch.timing if switch else None
        if timing is None:
            return cls(time="09:00", zone=zone)
        days, time = tuple(str(day) for day in timing.days), f"{timing.hour:02}:{timing.minute:02}"
        return cls(days=days, time=time, zone=timing.zone, only_changes=timing.only_changes)

    @property
    def is_sent(self) -> bool:
        """Whether it is asked for; everything else only looks."""
        return self.do == SEND

    @property
    def ticks(self) -> list[tuple[str, str, bool]]:
        """Each day with its number, and whether it is chosen."""
        return [(str(at), day, str(at) in self.days) for at, day in enumerate(DAYS)]

    def timing(self) -> Timing:
        """When it acts. Raises Invalid."""
        found = _TIME.fullmatch(self.time.strip())
        if found is None:
            raise Invalid("Give a time from 00:00 to 23:59.", code="bad_time")
        known = {str(at): at for at in range(len(DAYS))}
        days = tuple(sorted(known[day] for day in self.days if day in known))
        return Timing(days, int(found[1]), int(found[2]), self.zone, self.only_changes)

    def branches(self) -> Branches:
        """What it watches: one branch a line."""
        return Branches(_lines(self.taken), _lines(self.left))

    def change(self, switch: Switch | None, *, is_switch: bool) -> Change:
        """What is asked for. Raises Invalid."""
        if switch is None:
            return Change(timing=self.timing())
        if is_switch:
            return Change(switch.key, on=not switch.is_on)
        if switch.branches is not None:
            return Change(switch.key, branches=self.branches())
        return Change(switch.key, timing=self.timing())


def mark_of(change: Change) -> str:
    """Names a change, so that what is sent is what was shown."""
    return sha256(repr(change).encode()).hexdigest()[:16]


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
