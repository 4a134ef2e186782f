"""Founds the company and orders its past: pipelines with their edits, repositories, first models, all arrivals.

Called once by the scenario "living". After it the clock is run up to the anchor, and the past has happened.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sandbox.company import coding, life, training, verbs
from sandbox.company.artifacts import Repository
from sandbox.company.clock import DAY, HOUR
from sandbox.company.fleet import FLEET, SWELL_HEIGHT
from sandbox.company.harbour import LONG_MODEL, Edit, PipelinePlan, guid
from sandbox.company.people import DEVELOPERS, RELEASE_MANAGEMENT
from sandbox.company.pipelines import Pipeline
from sandbox.company.registry import Compute
from sandbox.company.world import World

PAST = 425 * DAY
QUIET = {"eta": 4.5 * DAY, "swell": 7.2 * DAY, "port": 1.2 * DAY, "tide": 1.2 * DAY}
USUALLY_QUIET = 1.2 * DAY
_HUB = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/mlops/providers"


def length_of_past(releases: int) -> float:
    """Seconds of history; a small company is a young one."""
    return PAST * min(1.0, max(releases, 24) / 200)


def found(world: World, *, anchor: datetime, releases: int, fleet: Sequence[PipelinePlan] = FLEET) -> None:
    """Sets everything up and orders what will happen until the anchor."""
    start = world.clock.at
    span = anchor.timestamp() - start
    _computes(world)
    for plan in fleet:
        _repository(world, plan)
        _first_models(world, plan)
        world.clock.at_company_time(start + plan.born * span + 1, _birth(world, plan, start, span))
    _unused_models(world)
    scheduled = sum(_scheduled(plan, span) for plan in fleet)
    _arrivals(world, start, span, max(0, releases - scheduled - 12), fleet)
    _deletions(world, start, span, releases)


def _computes(world: World) -> None:
    now = world.clock.now
    aks = f"{_HUB}/Microsoft.ContainerService/managedClusters"
    for compute in (
        Compute("prod-aks", "Kubernetes", now, now, f"{aks}/prod-aks", "ml", agent_count=8, vm_size="Standard_D4s_v5"),
        Compute("old-aks", "AKS", now, now, f"{aks}/old-aks", agent_count=3, vm_size="Standard_D3_v2"),
        Compute("cpu-cluster", "AmlCompute", now, now, vm_size="Standard_DS3_v2", max_nodes=4, attached=False),
    ):
        world.registry.computes[compute.name] = compute


def _repository(world: World, plan: PipelinePlan) -> None:
    github = plan is SWELL_HEIGHT
    url = f"https://github.com/harbour-port/{plan.repository}" if github else _git_url(plan.repository)
    repository = Repository(plan.repository, guid("repository", plan.repository), url)
    world.repositories[plan.repository] = repository
    coding.push(world, repository, by=DEVELOPERS[0], about="first")
    if any(source.kind == "build" for source in plan.first.artifacts):
        coding.build(world, repository)


def _git_url(name: str) -> str:
    return f"https://dev.azure.com/harbour/MLOps/_git/{name}"


def _first_models(world: World, plan: PipelinePlan) -> None:
    for name in (plan.model, plan.scaler):
        for _ in range(2):
            training.register(world, name, by=DEVELOPERS[1], job=None, tags={"stage": "archive"})


def _unused_models(world: World) -> None:
    for days in (90, 200, 320):
        world.clock.later(days * DAY, lambda: _long_model(world))
    for number in range(9):
        job = training.Training("swell-ensemble", "swell-height", DEVELOPERS[2], fails=number % 3 != 0)
        world.clock.later((30 + number * 40) * DAY, lambda job=job: training.train(world, job))  # type: ignore[misc]


def _long_model(world: World) -> None:
    training.register(world, LONG_MODEL, by=DEVELOPERS[3], job=None, tags={"metric.accuracy": "0.91", "owner": "wei"})


def _birth(world: World, plan: PipelinePlan, start: float, span: float) -> Callable[[], None]:
    def born() -> None:
        now = world.clock.now
        pipeline = Pipeline(plan.id, plan.key, now, plan.first.changed_by, [replace(plan.first, changed_on=now)])
        world.pipelines[plan.id], world.plans[plan.id] = pipeline, plan
        own = span * (1 - plan.born)
        for edit in plan.edits:
            due = start + span * plan.born + own * edit.when
            world.clock.at_company_time(due, lambda edit=edit: save(world, pipeline, edit))  # type: ignore[misc]
        life.keep_schedule(world, pipeline)

    return born


def save(world: World, pipeline: Pipeline, edit: Edit) -> None:
    """Somebody saves a changed definition: one revision more."""
    current = pipeline.current
    revision = replace(
        edit.change(current),
        number=current.number + 1,
        changed_on=world.clock.now,
        changed_by=edit.by,
        comment=edit.comment,
        raw=None,
    )
    pipeline.revisions.append(revision)
    world.tell("definition", pipeline=pipeline)


def _scheduled(plan: PipelinePlan, span: float) -> int:
    switched_on = [edit.when for edit in plan.edits if edit.comment.startswith("Mondays")]
    lived = span * (1 - plan.born)
    return sum(int(lived * (1 - when) / (7 * DAY)) for when in switched_on)


def _arrivals(world: World, start: float, span: float, count: int, fleet: Sequence[PipelinePlan]) -> None:
    total = sum(plan.share for plan in fleet)
    for plan in fleet:
        born = start + plan.born * span
        last = (
            start
            + span
            - min(QUIET.get(plan.key, USUALLY_QUIET) * min(1.0, span / (60 * DAY)), 0.6 * (start + span - born))
        )
        for number in range(round(count * plan.share / total)):
            dice = world.dice("arrival", plan.key, number)
            when = _in_working_hours(born + 10 * 60 + dice.random() * (last - born - 10 * 60), dice.uniform(7, 16))
            kind = dice.choices(tuple(plan.weights), tuple(plan.weights.values()))[0]
            due = min(max(when - life.lead_time(kind), born + 60), last)
            world.clock.at_company_time(due, _arrival(world, plan, kind, f"past {number}"))


def _in_working_hours(when: float, hour: float) -> float:
    """The same day between 7 and 16 o'clock UTC; of Saturdays and Sundays only some are kept."""
    midnight = when - when % DAY
    weekday = int(midnight // DAY + 3) % 7
    back = weekday - 4 if weekday > 4 and hour < 14 else 0
    return midnight - back * DAY + hour * HOUR


def _arrival(world: World, plan: PipelinePlan, kind: str, about: str) -> Callable[[], None]:
    return lambda: life.arrive(world, world.pipelines[plan.id], kind, about)


def _deletions(world: World, start: float, span: float, releases: int) -> None:
    """Some of the first releases are gone, one of the others is kept for ever."""
    for number in range(min(5, releases // 60)):
        world.clock.at_company_time(start + span * (0.90 + number * 0.012), lambda: _delete_oldest(world))
    world.clock.at_company_time(start + span * 0.6, lambda: _keep_one(world))


def _delete_oldest(world: World) -> None:
    for identity in world.shelf.release_ids:
        release = world.shelf.release(identity)
        if release.deleted_on is None and not release.keep_forever:
            verbs.delete(world, release, by=RELEASE_MANAGEMENT, comment="Retention")
            return


def _keep_one(world: World) -> None:
    release = world.shelf.release(world.shelf.release_ids[-1])
    release.keep_forever = True
    release.tags += ["storm-season", "audited"]
    verbs.changed(world, release, DEVELOPERS[0], "Retain", "Keep for the audit")
