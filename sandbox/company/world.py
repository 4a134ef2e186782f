"""Everything the company is at one moment, and how one part of it hears of another.

Handed to every happening. It decides nothing: `tell` passes facts to those who listen (the books, people's habits).
"""

import random
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sandbox.company.archive import Shelf
from sandbox.company.artifacts import Build, Repository
from sandbox.company.clock import Clock, Happening
from sandbox.company.harbour import PipelinePlan
from sandbox.company.pipelines import Pipeline
from sandbox.company.registry import Registry
from sandbox.company.releases import Attempt, Environment, Plan

Listener = Callable[..., None]


class Ids:
    """The counters of the service. Approvals and deploy steps share one, as they do in Azure."""

    def __init__(self, after: int = 0) -> None:
        first = {"release": 101, "environment": 2149, "step": 3577, "deployment": 1243, "phase": 1237}
        first |= {"build": 358, "work item": 4012}
        self._counters = {what: count(after + number) for what, number in first.items()}

    def next(self, what: str) -> int:
        """The next id of this kind."""
        return next(self._counters[what])


@dataclass
class World:
    """The company. `busy` and `waiting` say which attempt holds a stage and which stand in line for it.

    `is_asked` holds while somebody acts from outside.
    `scripts` has plans for the next release that a model (by name) or a schedule ("schedule swell") creates.
    """

    seed: int
    clock: Clock
    ids: Ids = field(default_factory=Ids)
    shelf: Shelf = field(default_factory=Shelf)
    registry: Registry = field(default_factory=Registry)
    pipelines: dict[int, Pipeline] = field(default_factory=dict)
    plans: dict[int, PipelinePlan] = field(default_factory=dict)
    repositories: dict[str, Repository] = field(default_factory=dict)
    builds: dict[str, list[Build]] = field(default_factory=dict)
    busy: dict[int, Attempt] = field(default_factory=dict)
    waiting: dict[int, deque[tuple[Environment, Attempt]]] = field(default_factory=lambda: defaultdict(deque))
    scripts: dict[str, dict[tuple[int, int], Plan]] = field(default_factory=dict)
    is_living: bool = False
    is_asked: bool = False
    _listeners: dict[str, list[Listener]] = field(default_factory=lambda: defaultdict(list))

    def listen(self, fact: str, listener: Listener) -> None:
        """From now on the listener is told of such facts."""
        self._listeners[fact].append(listener)

    def tell(self, fact: str, **what: Any) -> None:
        """Something is now so. Every fact about a release outdates what was rendered of it."""
        release = what["environment"].release if "environment" in what else what.get("release")
        if release is not None:
            release.version += 1
        for listener in self._listeners[fact]:
            listener(**what)

    def soon(self, seconds: float, happening: Happening) -> None:
        """What follows at once from what was just done. Who asked from outside waits no longer than that himself,

        however slowly the company lives.
        """
        self.clock.later(seconds * min(1.0, self.clock.speed) if self.is_asked else seconds, happening)

    def dice(self, *about: object) -> random.Random:
        """Chance of its own for each matter, so that one more event elsewhere changes nothing here."""
        return random.Random(":".join(str(part) for part in (self.seed, *about)))
