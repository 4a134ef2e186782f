"""The company as the servers know it: open it, tick it, read it under its lock, act on it from outside.

Everything goes through here so that past, present and replayed past are the work of one simulator.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any

from sandbox.company import scenarios
from sandbox.company.archive import Archive
from sandbox.company.journal import Entry, Journal
from sandbox.company.outside import Outside
from sandbox.company.registry import Registry
from sandbox.company.verbs import Refusal
from sandbox.company.world import World

Now = Callable[[], datetime]


class Company:
    """One running company. Hold `lock` while reading more than one thing."""

    def __init__(self, stage: scenarios.Stage, journal: Journal, now: Now) -> None:
        self.lock = RLock()
        self.world: World = stage.world
        self.archive: Archive = stage.archive
        self.is_uniform = stage.is_uniform
        self.anchor = stage.anchor
        self.outside = Outside(stage.world, stage.archive)
        self._stage = stage
        self._journal = journal
        self._now = now
        self._seen = stage.anchor

    @classmethod
    def open(
        cls,
        *,
        seed: int = 1,
        releases: int = 600,
        speed: float = 1.0,
        state: Path | None = None,
        scenario: str = "harbour",
        now: Now = lambda: datetime.now(UTC),
    ) -> "Company":
        """A new company, or the one that lived in `state`; an unknown scenario is a ValueError that names the known."""
        journal = Journal(state)
        entries = list(journal.read())
        if entries:
            first = entries[0]
            founded = {key: first[key] for key in ("seed", "releases", "scenario")}
        else:
            founded = {"seed": seed, "releases": releases, "scenario": scenario}
            first = {"anchor": now().isoformat(), "speed": speed, **founded}
        stage = scenarios.build(**founded, anchor=datetime.fromisoformat(first["anchor"]))
        if not entries:
            journal.write(first)
        stage.world.clock.change_speed(first["speed"])
        company = cls(stage, journal, now)
        for entry in entries[1:]:
            company._replay(entry)
        if company.world.clock.speed != speed:
            company.change_speed(speed)
        return company

    @property
    def registry(self) -> Registry:
        """What Azure ML knows."""
        return self.world.registry

    @property
    def now(self) -> datetime:
        """The time, as of the last thing that happened or the last tick."""
        return self.world.clock.now

    def tick(self, now: datetime | None = None) -> int:
        """Lives up to now; returns how many things happened."""
        with self.lock:
            return self.world.clock.run_until(now or self._now())

    def books(self) -> dict[str, Any]:
        """The ledger."""
        with self.lock:
            self._see()
            return self._stage.books()

    def see(self) -> None:
        """Called before anything is shown: the company is brought up to now, and nothing later is dated back."""
        with self.lock:
            self._see()

    def act(self, name: str, /, **arguments: Any) -> Any:
        """Does one thing from outside and remembers it; `Refusal` if the company says no."""
        with self.lock:
            self._see()
            done = self.outside.act(name, **arguments)
            self._journal.write({"at": self._seen.isoformat(), "do": name, "with": arguments})
            return done

    def advance(self, events: int) -> int:
        """Lives through the next events at once, dated between what was last shown and now."""
        with self.lock:
            since = max(self._seen, self.world.clock.last)
            until = max(since, self.now, self._now())
            self._journal.write({"at": until.isoformat(), "advance": events, "since": since.isoformat()})
            return self._advance(events, since, until)

    def change_speed(self, speed: float) -> None:
        """From now on everything happens this much faster."""
        with self.lock:
            self._see()
            self._journal.write({"at": self._seen.isoformat(), "speed": speed})
            self.world.clock.change_speed(speed)

    def _advance(self, events: int, since: datetime, until: datetime) -> int:
        self._seen = until
        return self._stage.advance(events, since, until)

    def _see(self) -> None:
        self._seen = max(self._seen, self._now(), self.now)
        self.world.clock.run_until(self._seen)

    def _replay(self, entry: Entry) -> None:
        at = datetime.fromisoformat(entry["at"])
        if "advance" in entry:
            since = datetime.fromisoformat(entry["since"])
            self.world.clock.run_until(since)
            self._advance(entry["advance"], since, at)
            return
        self.world.clock.run_until(at)
        self._seen = at
        if "speed" in entry:
            self.world.clock.change_speed(entry["speed"])
        else:
            self.outside.act(entry["do"], **entry["with"])


__all__ = ["Company", "Refusal"]
