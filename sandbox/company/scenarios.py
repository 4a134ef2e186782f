"""The scenarios by name. A new one is a function that makes a `Stage` and a line in `SCENARIOS`."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from sandbox.company import founding, life, opening, serving
from sandbox.company.books import Books
from sandbox.company.clock import Clock
from sandbox.company.fleet import FLEET, QUAYS
from sandbox.company.harbour import PipelinePlan
from sandbox.company.reactions import Reactions
from sandbox.company.stage import Stage
from sandbox.company.uniform import uniform_stage
from sandbox.company.world import World

__all__ = ["SCENARIOS", "Stage", "build"]


def build(*, scenario: str, seed: int, releases: int, anchor: datetime) -> Stage:
    """The scenario's stage, its past already lived; ValueError for an unknown name."""
    if scenario not in SCENARIOS:
        known = ", ".join(sorted(SCENARIOS))
        raise ValueError(f"There is no scenario named {scenario!r}. Known scenarios: {known}.")
    return SCENARIOS[scenario](seed=seed, releases=releases, anchor=anchor)


def living(*, seed: int, releases: int, anchor: datetime, fleet: Sequence[PipelinePlan] = FLEET) -> Stage:
    """The pipelines with their past, and a present that goes on."""
    start = anchor - timedelta(seconds=founding.length_of_past(releases))
    world = World(seed, Clock(start))
    books = Books(world)
    Reactions(world)
    serving.attach(world)
    founding.found(world, anchor=anchor, releases=releases, fleet=fleet)
    opening.order(world, anchor)
    world.clock.run_until(anchor)
    world.is_living = True
    life.go_on(world)
    life.keep_tidy(world)

    def advance(events: int, since: datetime, until: datetime) -> int:
        return world.clock.run_next(events, since=since, until=until)

    return Stage(world, world.shelf, anchor, books.to_dict, advance)


SCENARIOS: dict[str, Callable[..., Stage]] = {
    "harbour": living,
    "quays": partial(living, fleet=QUAYS),
    "bench": uniform_stage,
}
