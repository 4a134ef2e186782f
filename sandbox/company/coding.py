"""Pushes to the company's repositories and the builds they start. Called by life and the founding."""

import hashlib
import random

from sandbox.company.artifacts import Build, Commit, Repository, WorkItem
from sandbox.company.clock import MINUTE
from sandbox.company.people import DEVELOPERS, Person
from sandbox.company.world import World

_SUBJECTS = (
    "Retrain with October sensor data",
    "Raise readiness timeout for the container",
    "Fix unit of wind gusts",
    "Drop columns that are always empty",
    "Pin scikit-learn",
    "Read the scaler from the registry",
    "Log the model version with every answer",
    "Handle missing tide readings",
    "Smaller batches for staging",
    "Refactor feature pipeline",
    "Validate ranges before scoring",
    "Räjähdysvaara: nimeä kentät uudelleen – ÅÄÖ",
)
_STATES = ("New", "Active", "Resolved", "Closed")


def push(world: World, repository: Repository, *, by: Person, about: str) -> Commit:
    """One to four commits arrive on main; returns the newest."""
    dice = world.dice("push", repository.name, about)
    for _ in range(dice.randint(1, 4)):
        repository.main.append(_commit(world, repository, by, dice, "refs/heads/main"))
    if repository.name in _CI:
        world.clock.later(dice.uniform(3, 7) * MINUTE, lambda: build(world, repository))
    return repository.head


def pull_request(world: World, repository: Repository, *, by: Person, about: str) -> tuple[int, Commit]:
    """A pull request's merge commit, which is not on main."""
    repository.pull_requests += 1
    number = repository.pull_requests
    dice = world.dice("pull request", repository.name, about)
    return number, _commit(world, repository, by, dice, f"refs/pull/{number}/merge")


_CI = {"berth-eta": ("berth-eta-CI", "23"), "tide-gauge": ("tide-gauge-CI", "31")}


def build(world: World, repository: Repository) -> Build:
    """A run of the repository's build pipeline; tells everybody."""
    definition, number = _CI[repository.name]
    head, identity = repository.head, world.ids.next("build")
    built = Build(
        identity,
        f"{world.clock.now:%Y%m%d}.{identity % 9 + 1}",
        definition,
        number,
        head.id,
        "refs/heads/main",
        head.pushed_by,
        world.clock.now,
        repository.name,
        repository.id,
    )
    world.builds.setdefault(definition, []).append(built)
    world.tell("built", build=built)
    return built


def _commit(world: World, repository: Repository, by: Person, dice: random.Random, branch: str) -> Commit:
    author = by if dice.random() < 0.8 else dice.choice(DEVELOPERS)
    seed = f"{world.seed}:{repository.name}:{len(repository.main)}:{branch}:{dice.random()}"
    identity = hashlib.sha1(seed.encode(), usedforsecurity=False).hexdigest()
    items: tuple[WorkItem, ...] = ()
    message = dice.choice(_SUBJECTS)
    if dice.random() < 0.3:
        number = world.ids.next("work item")
        kind = dice.choice(("User Story", "Bug", "Task"))
        items = (WorkItem(number, message, kind, dice.choice(_STATES)),)
        message = f"{message}\n\nRelated work items: #{number}"
    return Commit(identity, message, author, by, world.clock.now, branch, items)
