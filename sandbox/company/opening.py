"""The last days before the anchor, written by hand, so that the company is always met in a lively state.

Same code as all other days; only who does what, and how it goes, is laid down. Mirrors the mock-up's overview.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sandbox.company import coding, creating, serving, training, verbs
from sandbox.company.clock import DAY, HOUR, MINUTE
from sandbox.company.fleet import (
    ETA_DEV,
    ETA_PROD,
    ETA_STAGING,
    PORT_DEV,
    PORT_PROD,
    SWELL_DEV,
    TIDE_DEV,
    TIDE_PROD,
)
from sandbox.company.people import AYLA, INGRID, JONAS, PRIYA, SLIPWAY, SOFIA, TOMAS, WEI, Person
from sandbox.company.releases import Decision, Plan, Release, Truth
from sandbox.company.world import World

PORT, ETA, SWELL, TIDE = 7, 12, 15, 21
_GOOD = Plan()


def order(world: World, anchor: datetime) -> None:
    """Orders everything below, relative to the anchor."""
    end = anchor.timestamp()

    def before(seconds: float, happening: Callable[[], object]) -> None:
        world.clock.at_company_time(end - seconds, happening)

    before(min(7 * DAY, 0.06 * (end - world.clock.at)), lambda: _swell_will_fail(world))
    before(14 * HOUR, lambda: _swell_has_failed(world))
    before(2.9 * DAY, lambda: _eta_model(world))
    before(1.9 * DAY, lambda: _eta_model(world))
    before(1.05 * DAY, lambda: _port_older(world))
    before(30 * HOUR, lambda: _tide_scheduled(world, anchor))
    before(5.7 * HOUR, lambda: serving.drift(world, "eta-prod"))
    before(6.6 * HOUR, lambda: _port_model(world))
    before(4.6 * HOUR, lambda: _tide_waits(world))
    before(36 * MINUTE, lambda: _eta_push(world))
    before(9 * MINUTE, lambda: _tide_slow(world))
    before(5 * MINUTE, lambda: _tide_slow(world))
    before(55 * MINUTE, lambda: training.train(world, training.Training("eta-gbm", "berth-eta", SOFIA, minutes=61)))


def _says(after: float, by: Person, comment: str = "") -> Decision:
    return Decision(after, by, True, comment)


def _swell_will_fail(world: World) -> None:
    world.scripts["schedule swell"] = {(SWELL_DEV, 1): Plan("failed", "Test ACI endpoint")}


def _swell_has_failed(world: World) -> None:
    """Where no Monday came by in so young a company, somebody makes the release that fails."""
    plans = world.scripts.pop("schedule swell", None)
    if plans is not None:
        pipeline = world.pipelines[SWELL]
        creating.create(world, pipeline, reason="manual", by=TOMAS, why=Truth("manual"), plans=plans)


def _eta_good() -> creating.Plans:
    staging = Plan(pace=0.8, decisions=[_says(50 * MINUTE, INGRID, "Shadow traffic looks right.")])
    return {
        (ETA_DEV, 1): _GOOD,
        (ETA_STAGING, 1): staging,
        (ETA_PROD, 1): Plan(decisions=[_says(2 * HOUR, JONAS, "Good to go!")]),
    }


def _eta_running() -> creating.Plans:
    staging = Plan(pace=6.0, decisions=[_says(3 * HOUR, INGRID)])
    return {(ETA_DEV, 1): _GOOD, (ETA_STAGING, 1): staging, (ETA_PROD, 1): Plan(decisions=[None])}


def _eta_model(world: World) -> None:
    """A newer model than PROD had reaches PROD, so that the drift to the old one shows."""
    world.scripts["eta-gbm"] = _eta_good()
    training.register(world, "eta-gbm", by=PRIYA, job=None, tags={"metric.accuracy": "0.9412"})


def _eta_push(world: World) -> None:
    """A push whose STAGING is running when somebody looks."""
    coding.push(world, world.repositories["berth-eta"], by=SOFIA, about="eta slow")
    why, plans = Truth("push", "_berth-eta"), _eta_running()
    creating.create(world, world.pipelines[ETA], reason="continuousIntegration", by=SOFIA, why=why, plans=plans)


def _port_older(world: World) -> None:
    """A push that still waits for PROD, behind the newer release."""
    coding.push(world, world.repositories["Learn_MLOps"], by=SOFIA, about="port older")
    why = Truth("push", "_Learn_MLOps")
    plans = {(PORT_DEV, 1): _GOOD, (PORT_PROD, 1): Plan(decisions=[None])}
    creating.create(world, world.pipelines[PORT], reason="continuousIntegration", by=SOFIA, why=why, plans=plans)


def _port_model(world: World) -> None:
    """A training run whose model creates a release; DEV TEST fails once, PROD waits for Slipway."""
    coding.push(world, world.repositories["Learn_MLOps"], by=PRIYA, about="port model")
    world.scripts["support-vector-classifier"] = {
        (PORT_DEV, 1): Plan("failed", "Deploy to ACI"),
        (PORT_DEV, 2): _GOOD,
        (PORT_PROD, 1): Plan(decisions=[None]),
    }
    world.clock.later(98 * MINUTE, lambda: _port_again(world))
    scaler = len(world.registry.models["scaler"].versions) + 1
    job = training.Training(
        "support-vector-classifier", "Learn_MLOps", PRIYA, minutes=72, tags=(("scaler", f"scaler:{scaler}"),)
    )
    training.train(world, job)


def _port_again(world: World) -> None:
    release = _newest(world, PORT)
    env = release.environments[0]
    if env.status == "rejected":
        verbs.deploy(world, env, by=SOFIA, comment="ACI start-up timed out, raised in c5518be.")


def _tide_waits(world: World) -> None:
    """A new scaler; one of two has approved."""
    world.scripts["tide-scaler"] = {
        (TIDE_DEV, 1): _GOOD,
        (TIDE_PROD, 1): Plan(decisions=[_says(100 * MINUTE, JONAS, "Residuals look fine."), None]),
    }
    training.train(world, training.Training("tide-scaler", "tide-gauge", WEI, minutes=30))


def _tide_scheduled(world: World, anchor: datetime) -> None:
    """A release whose PROD stage was canceled and then scheduled for tomorrow night."""
    plans = {
        (TIDE_DEV, 1): _GOOD,
        (TIDE_PROD, 1): Plan(decisions=[None, None], cancels_after=40 * MINUTE, canceled_by=WEI),
    }
    pipeline = world.pipelines[TIDE]
    release = creating.create(world, pipeline, reason="manual", by=WEI, why=Truth("manual"), plans=plans)

    def schedule() -> None:
        env = release.stage(TIDE_PROD)
        assert env is not None
        verbs.deploy(world, env, by=AYLA, when=anchor + timedelta(hours=20), comment="At night")

    world.clock.later(3 * HOUR, schedule)


def _tide_slow(world: World) -> None:
    """Two of these: the first runs, the second stands in line."""
    plans = {(TIDE_DEV, 1): Plan(pace=4.0), (TIDE_PROD, 1): Plan(decisions=[None, None])}
    creating.create(world, world.pipelines[TIDE], reason="none", by=SLIPWAY, why=Truth("unknown"), plans=plans)


def _newest(world: World, pipeline: int) -> Release:
    newest = world.pipelines[pipeline].last_release
    assert newest is not None
    return world.shelf.release(newest)
