"""Why releases come to be: pushes, pull requests, new models, schedules, people. The same for past and present.

The founding orders the arrivals of the past from here; in the present each arrival orders the next one.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from tzlocal.windows_tz import win_tz

from sandbox.company import coding, creating, training, verbs
from sandbox.company.clock import DAY, HOUR, MINUTE
from sandbox.company.people import BUILD_SERVICE, DEVELOPERS, RELEASE_MANAGEMENT
from sandbox.company.pipelines import Pipeline, Trigger
from sandbox.company.releases import Release, Truth
from sandbox.company.world import World

PRESENT_INTERVAL = 40 * MINUTE
WINDOWS_ZONES: dict[str, str] = win_tz
"""Azure DevOps names zones as Windows does."""
_NEVER: tuple[datetime, Trigger | None] = (datetime.max.replace(tzinfo=UTC), None)
_KINDS = ("push", "manual", "pullRequest", "none", "model", "scaler")


def arrive(world: World, pipeline: Pipeline, kind: str, about: str) -> None:
    """One reason for a release: after this a release exists, or will once a job or a build has ended."""
    makers: dict[str, Callable[[], None]] = {
        "push": lambda: _push(world, pipeline, about),
        "pullRequest": lambda: _pull_request(world, pipeline, about),
        "model": lambda: _train(world, pipeline, world.plans[pipeline.id].model, about),
        "scaler": lambda: _train(world, pipeline, world.plans[pipeline.id].scaler, about),
        "none": lambda: _by_program(world, pipeline),
        "manual": lambda: _by_hand(world, pipeline, about),
    }
    makers[kind]()


def kind_of(world: World, pipeline: Pipeline, about: str) -> str:
    """What kind of reason comes next for this pipeline."""
    weights = world.plans[pipeline.id].weights
    return world.dice("kind", pipeline.key, about).choices(_KINDS, [weights[kind] for kind in _KINDS])[0]


def lead_time(kind: str) -> float:
    """Seconds from the arrival to the release it makes."""
    return {"model": 75 * MINUTE, "scaler": 75 * MINUTE}.get(kind, 0.0)


def go_on(world: World, number: int = 0) -> None:
    """The present: the next arrival in a while, and so for ever."""
    dice = world.dice("present", number)

    def arrives() -> None:
        pipelines = list(world.pipelines.values())
        weights = [world.plans[p.id].share for p in pipelines]
        pipeline = dice.choices(pipelines, weights)[0]
        arrive(world, pipeline, kind_of(world, pipeline, f"present {number}"), f"present {number}")
        go_on(world, number + 1)

    world.clock.later(3 * MINUTE if number == 0 else dice.expovariate(1 / PRESENT_INTERVAL), arrives)


def keep_tidy(world: World, every: float = 2 * DAY) -> None:
    """The present: retention deletes the oldest release nobody keeps, now and then."""

    def tidies() -> object:
        keep_tidy(world)
        for identity in world.shelf.release_ids:
            release = world.shelf.release(identity)
            if release.deleted_on is None and not release.keep_forever:
                return _delete(world, release)
        return False

    world.clock.later(every, tidies)


def keep_schedule(world: World, pipeline: Pipeline) -> None:
    """Waits for the next time a schedule of the pipeline fires; looks again now and then while it has none.

    Called again whenever the pipeline was saved: who waited for the old schedule then waits in vain.
    """
    pipeline.looks += 1
    look, now = pipeline.looks, world.clock.calendar()
    triggers = [trigger for trigger in pipeline.current.triggers if trigger.kind == "schedule"]
    due, trigger = min(((next_time(one, now), one) for one in triggers), key=lambda pair: pair[0], default=_NEVER)
    next_look = now + timedelta(hours=6)

    def fires() -> object:
        if pipeline.looks != look:
            return False
        fired = trigger is not None and due <= next_look and _on_schedule(world, pipeline, trigger)
        keep_schedule(world, pipeline)
        return fired

    world.clock.at_company_time(min(due, next_look).timestamp(), fires)


def next_time(trigger: Trigger, now: datetime) -> datetime:
    """The first moment after `now` that the schedule names, in UTC."""
    zone = ZoneInfo(WINDOWS_ZONES.get(trigger.zone, trigger.zone))
    local = now.astimezone(zone)
    for ahead in range(9):
        day = (local + timedelta(days=ahead)).date()
        moment = datetime(day.year, day.month, day.day, trigger.hour, trigger.minute, tzinfo=zone).astimezone(UTC)
        if trigger.days & (1 << day.weekday()) and moment > now:
            return moment
    raise ValueError("a schedule without days")


def _on_schedule(world: World, pipeline: Pipeline, trigger: Trigger) -> bool:
    if trigger not in pipeline.current.triggers:
        return False
    newest = [creating.latest(world, source) for source in pipeline.current.artifacts]
    last = world.shelf.release(pipeline.last_release).artifacts if pipeline.last_release else []
    if trigger.only_with_changes and [v.id for v in newest] == [v.id for v in last]:
        return False
    creating.create(
        world,
        pipeline,
        reason="schedule",
        by=RELEASE_MANAGEMENT,
        wanted_by=pipeline.current.changed_by,
        why=Truth("schedule"),
        description="",
        plans=world.scripts.pop(f"schedule {pipeline.key}", None),
    )
    return True


def _push(world: World, pipeline: Pipeline, about: str) -> None:
    repository = world.repositories[world.plans[pipeline.id].repository]
    by = world.dice("pusher", about, pipeline.id).choice(DEVELOPERS)
    commit = coding.push(world, repository, by=by, about=about)
    alias = f"_{repository.name}"
    if pipeline.current.starts_on_artifact(alias):
        why = Truth("push", alias)
        creating.create(world, pipeline, reason="continuousIntegration", by=commit.pushed_by, why=why)


def _pull_request(world: World, pipeline: Pipeline, about: str) -> None:
    if not pipeline.current.starts_on("pullRequest"):
        _push(world, pipeline, about)
        return
    repository = world.repositories[world.plans[pipeline.id].repository]
    source = pipeline.current.artifact(f"_{repository.name}")
    assert source is not None
    by = world.dice("asker", about, pipeline.id).choice(DEVELOPERS)
    number, commit = coding.pull_request(world, repository, by=by, about=about)
    creating.create(
        world,
        pipeline,
        reason="pullRequest",
        by=by,
        why=Truth("pull_request"),
        chosen={source.alias: creating.of_commit(source, commit, number)},
        description=f"Pull request {number} into main.",
    )


def _train(world: World, pipeline: Pipeline, model: str, about: str) -> None:
    """Trains; where a new version does not create a release by itself, somebody makes one by hand."""
    dice = world.dice("trainer", about, pipeline.id)
    by = dice.choice(DEVELOPERS)
    repository = world.plans[pipeline.id].repository
    training.train(world, training.Training(model, repository, by, minutes=dice.uniform(58, 90)))
    if not pipeline.current.starts_on_artifact(f"_{model}"):
        world.clock.later(2 * HOUR, lambda: _by_hand(world, pipeline, about))


def _by_program(world: World, pipeline: Pipeline) -> None:
    creating.create(
        world, pipeline, reason="none", by=BUILD_SERVICE, why=Truth("unknown"), description="Created by nightly script"
    )


def _by_hand(world: World, pipeline: Pipeline, about: str) -> None:
    dice = world.dice("hand", about, pipeline.id)
    by = dice.choice(DEVELOPERS)
    model = pipeline.current.artifact(f"_{world.plans[pipeline.id].model}")
    chosen = {}
    if model is not None and dice.random() < 0.15:
        chosen[model.alias] = list(islice(creating.offered(world, model), 3))[-1]
    words = dice.choice(("", "Release for the storm season", "Try the older model again", "Hotfix: Häfen & Hinterland"))
    creating.create(world, pipeline, reason="manual", by=by, why=Truth("manual"), chosen=chosen, description=words)


def _delete(world: World, release: Release) -> bool:
    try:
        verbs.delete(world, release, by=RELEASE_MANAGEMENT, comment="Retention")
    except verbs.Refusal:
        return False
    return True
