"""How the company's people and machines tend to behave: how an attempt will go, who answers an approval and when.

Called by `deploying` when an attempt begins; decides by the attempt's own dice, so the past is always the same.
"""

import random
from collections.abc import Callable

from sandbox.company.clock import HOUR, MINUTE
from sandbox.company.people import DEVELOPERS, MARCO, SLIPWAY, Person
from sandbox.company.pipelines import StageSpec
from sandbox.company.releases import Approval, Attempt, Decision, Environment, Plan
from sandbox.company.world import World

Decide = Callable[..., None]

_YES = (
    "",
    "Good to go!",
    "Accuracy gain holds on the storm subset.",
    "Looked at the shadow run, fine.",
    "OK – but keep an eye on p95.",
    "Same numbers as in the report.",
)
_NO = (
    "p95 above the limit we agreed on.",
    "Wait for the October sensor data, please.",
    "The scaler was fitted on other data than the model.",
    "Superseded by a newer release.",
)
_NOT_YET = "Not before the wave buoys are calibrated."


def plan_for(world: World, env: Environment, number: int) -> Plan:
    """How attempt `number` of this stage will go."""
    dice = world.dice("plan", env.release.id, env.spec.id, number)
    ways = world.plans[env.release.pipeline.id]
    chance = ways.fails * (1.0 if env.spec.rank == 1 else 0.5) * (0.35 if number > 1 else 1.0)
    plan = Plan(pace=dice.uniform(0.8, 1.5))
    _choose_ending(plan, dice, env.spec, chance)
    if dice.random() < 0.018:
        plan.cancels_after, plan.canceled_by = dice.uniform(20, 240), dice.choice(DEVELOPERS)
    refuses = 1.0 if not ways.reaches_production else 0.06
    seats = sorted(env.spec.before.seats, key=lambda s: s.rank) + sorted(env.spec.after.seats, key=lambda s: s.rank)
    plan.decisions = [_decision(world, dice, seat.approver, refuses) for seat in seats]
    return plan


def answer(world: World, env: Environment, attempt: Attempt, approval: Approval, decide: Decide) -> None:
    """Sees to it that the person the plan names answers this approval in time; else it times out after 30 days."""
    people = [a for a in attempt.approvals if not a.is_automated]
    index = people.index(approval)
    decision = attempt.plan.decisions[index] if index < len(attempt.plan.decisions) else None
    rule = env.spec.before if approval.type == "preDeploy" else env.spec.after

    def give(by: Person, *, approves: bool, comment: str) -> object:
        if approval.status != "pending":
            return False
        status = "approved" if approves else "rejected"
        decide(world, env, attempt, approval, by=by, status=status, comment=comment)
        return True

    if decision is not None:
        said = decision
        world.clock.later(said.after, lambda: give(said.by, approves=said.approves, comment=said.comment))
    else:
        minutes = rule.timeout_minutes or 43_200
        owner = approval.approver or MARCO
        world.clock.later(minutes * MINUTE, lambda: give(owner, approves=False, comment="Timed out."))


def _choose_ending(plan: Plan, dice: random.Random, spec: StageSpec, chance: float) -> None:
    drawn = dice.random()
    breakable = [task for task in spec.tasks if task.trouble and not task.continue_on_error]
    tolerant = [task for task in spec.tasks if task.continue_on_error]
    if drawn < chance:
        plan.ending = "failed"
        plan.failing = dice.choices(breakable, [task.seconds for task in breakable])[0].name
    elif drawn < chance + 0.008:
        plan.ending = "no_agent"
    elif tolerant and drawn > 0.94:
        plan.ending, plan.failing = "partial", tolerant[0].name


def _decision(world: World, dice: random.Random, approver: Person, refuses: float) -> Decision | None:
    after = dice.uniform(2 * HOUR, 8 * HOUR) if world.is_living else min(dice.lognormvariate(8.7, 1.1), 55 * HOUR)
    members = [member for member in approver.members if member is not SLIPWAY]
    by = dice.choice(members) if members else approver
    approves = dice.random() >= refuses
    comment = dice.choice(_YES if approves else _NO)
    if world.is_living and approver is SLIPWAY:
        return None
    return Decision(after, by, approves, _NOT_YET if refuses == 1.0 else comment)
