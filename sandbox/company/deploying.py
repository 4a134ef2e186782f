"""The way of an attempt: asked for, approved, in line for its stage, run, approved again, over.

Called by `verbs` (people and the API) and by itself when the next stage may start. Must not decide how things
turn out: that is the attempt's `Plan`.
"""

from sandbox.company import habits, running
from sandbox.company.people import RELEASE_MANAGEMENT, Person
from sandbox.company.pipelines import ApprovalRule, Condition
from sandbox.company.releases import Approval, ApprovalType, Attempt, DeploymentReason, Environment, Release
from sandbox.company.world import World

STATE_BITS = {
    "undefined": 0,
    "notStarted": 1,
    "inProgress": 2,
    "succeeded": 4,
    "canceled": 8,
    "rejected": 16,
    "queued": 32,
    "scheduled": 64,
    "partiallySucceeded": 128,
}


def ask_for(
    world: World, env: Environment, *, by: Person, wanted_by: Person, reason: DeploymentReason, why: str
) -> None:
    """A deployment of the stage is wanted; Azure takes it up a moment later."""
    env.asked += 1
    env.trigger_reason = why
    env.scheduled_for = None
    set_stage(world, env, "queued")
    asked = env.asked
    world.soon(0.8, lambda: _begin(world, env, by, wanted_by, reason, asked))


def start_first_stages(world: World, release: Release) -> None:
    """The stages that start with the release itself."""
    for env in release.environments:
        if env.starts_by_itself and any(c.kind == "event" for c in env.spec.conditions):
            _start_by_itself(world, env, "ReleaseStarted")


def set_stage(world: World, env: Environment, status: str) -> None:
    """The stage has this status now."""
    env.status, env.modified_on = status, world.clock.now
    world.tell("stage", environment=env)


def decide(
    world: World, env: Environment, attempt: Attempt, approval: Approval, *, by: Person, status: str, comment: str
) -> None:
    """Somebody answered an approval; `status` is approved or rejected."""
    _settle(world, env, attempt, approval, status, by, comment)
    if status == "rejected":
        _close_pending(world, env, attempt, "canceled")
        attempt.status = "failed" if attempt.phases else "notDeployed"
        _finish(world, env, attempt, "Rejected", "rejected", by)
        return
    rule = env.spec.before if approval.type == "preDeploy" else env.spec.after
    if _is_enough(attempt, approval.type, rule):
        _close_pending(world, env, attempt, "skipped")
        _go_on(world, env, attempt, approval.type)
    elif not any(a.status == "pending" and a.type == approval.type for a in attempt.approvals):
        _ask_next_rank(world, env, attempt, approval.type, rule)
    else:
        _touch(world, env, attempt, attempt.operation_status, by)


def cancel(world: World, env: Environment, *, by: Person) -> None:
    """Stops what the stage is doing; a running job takes a moment to stop."""
    attempt = env.latest
    env.asked += 1
    if attempt is None or attempt.is_over:
        set_stage(world, env, "canceled")
    elif attempt.operation_status == "PhaseInProgress":
        _touch(world, env, attempt, "Cancelling", by)
        world.soon(4, lambda: _canceled(world, env, attempt, by))
    else:
        _canceled(world, env, attempt, by)


def _canceled(world: World, env: Environment, attempt: Attempt, by: Person) -> object:
    if attempt.is_over:
        return False
    running.stop(world, env, attempt)
    _close_pending(world, env, attempt, "canceled")
    attempt.status = "notDeployed"
    _finish(world, env, attempt, "Canceled", "canceled", by)
    return True


def _begin(
    world: World, env: Environment, by: Person, wanted_by: Person, reason: DeploymentReason, asked: int
) -> object:
    if env.asked != asked or env.status != "queued":
        return False
    now, number = world.clock.now, len(env.attempts) + 1
    deployment = world.ids.next("deployment")
    plan = env.release.plans.get((env.spec.id, number)) or habits.plan_for(world, env, number)
    attempt = Attempt(0, deployment, number, reason, by, wanted_by, now, now, now, by, plan)
    env.attempts.append(attempt)
    env.status, env.modified_on = "inProgress", now
    attempt.operation_status = "Pending"
    asked_now = _seats(world, env, attempt, "preDeploy", env.spec.before, 1)
    attempt.id = world.ids.next("step")
    world.shelf.add_deployment(env, attempt)
    world.tell("stage", environment=env)
    world.tell("attempt", environment=env, attempt=attempt)
    _asked(world, env, attempt, asked_now)
    if plan.cancels_after is not None:
        world.clock.later(plan.cancels_after, lambda: _cancels(world, env, attempt))
    return True


def _cancels(world: World, env: Environment, attempt: Attempt) -> object:
    if attempt.is_over or attempt.operation_status == "Cancelling":
        return False
    cancel(world, env, by=attempt.plan.canceled_by or attempt.requested_for)
    return True


def _seats(
    world: World, env: Environment, attempt: Attempt, kind: ApprovalType, rule: ApprovalRule, rank: int
) -> list[Approval]:
    """The approvals of one rank. Ranks of post approvals go on counting after the deployment's own."""
    now = world.clock.now
    shift = 0 if kind == "preDeploy" else max([seat.rank for seat in env.spec.before.seats], default=1) + 1
    people: list[Person | None] = [seat.approver for seat in rule.seats if seat.rank == rank]
    made = [
        Approval(world.ids.next("step"), kind, rank + shift, attempt.number, now, now, approver=who)
        for who in people or [None]
    ]
    attempt.approvals += made
    return made


def _asked(world: World, env: Environment, attempt: Attempt, approvals: list[Approval]) -> None:
    """Registers new approvals and answers at once those that need no person."""
    for approval in approvals:
        world.shelf.add_approval(env, attempt, approval)
        if not approval.is_automated:
            world.tell("approval", environment=env, attempt=attempt, approval=approval)
    first = approvals[0]
    rule = env.spec.before if first.type == "preDeploy" else env.spec.after
    if first.is_automated:
        first.status = "approved"
        world.tell("approval", environment=env, attempt=attempt, approval=first)
        _go_on(world, env, attempt, first.type)
    elif rule.skip_after_earlier_stage and _approved_before(env, attempt, approvals):
        for approval in approvals:
            _settle(world, env, attempt, approval, "skipped", None, "")
        _go_on(world, env, attempt, first.type)
    else:
        for approval in approvals:
            habits.answer(world, env, attempt, approval, decide)


def _approved_before(env: Environment, attempt: Attempt, approvals: list[Approval]) -> bool:
    given = {
        approval.approved_by
        for other in env.release.environments
        if other is not env
        for tried in other.attempts
        for approval in tried.approvals
        if approval.status == "approved" and not approval.is_automated
    }
    return attempt.reason == "automated" and all(approval.approver in given for approval in approvals)


def _is_enough(attempt: Attempt, kind: ApprovalType, rule: ApprovalRule) -> bool:
    given = sum(a.status == "approved" for a in attempt.approvals if a.type == kind)
    return given >= (rule.required or len(rule.seats))


def _ask_next_rank(world: World, env: Environment, attempt: Attempt, kind: ApprovalType, rule: ApprovalRule) -> None:
    asked = sum(a.type == kind for a in attempt.approvals)
    rank = sorted(seat.rank for seat in rule.seats)[asked]
    _touch(world, env, attempt, "Pending", attempt.last_modified_by)
    _asked(world, env, attempt, _seats(world, env, attempt, kind, rule, rank))


def _go_on(world: World, env: Environment, attempt: Attempt, kind: ApprovalType) -> None:
    if kind == "preDeploy":
        _enter(world, env, attempt)
    else:
        partly = any(phase.status == "partiallySucceeded" for phase in attempt.phases)
        attempt.status = "partiallySucceeded" if partly else "succeeded"
        _finish(world, env, attempt, "Approved", attempt.status, RELEASE_MANAGEMENT)


def _enter(world: World, env: Environment, attempt: Attempt) -> None:
    """One deployment a stage at a time; the others stand in line."""
    holder = world.busy.get(env.spec.id)
    if holder is not None and not holder.is_over:
        attempt.was_queued = True
        world.waiting[env.spec.id].append((env, attempt))
        set_stage(world, env, "queued")
        _touch(world, env, attempt, "Queued", RELEASE_MANAGEMENT)
        return
    world.busy[env.spec.id] = attempt
    if env.status != "inProgress":
        set_stage(world, env, "inProgress")
    _touch(world, env, attempt, "QueuedForAgent", RELEASE_MANAGEMENT)
    world.clock.later(world.dice("agent", attempt.deployment_id).uniform(2, 9), lambda: _run(world, env, attempt))


def _run(world: World, env: Environment, attempt: Attempt) -> object:
    if attempt.is_over:
        return False
    attempt.status = "inProgress"
    running.Run(world, env, attempt, lambda status: _ran(world, env, attempt, status)).start()
    _touch(world, env, attempt, "PhaseInProgress", RELEASE_MANAGEMENT)
    return True


def _ran(world: World, env: Environment, attempt: Attempt, status: str) -> None:
    if status == "failed":
        attempt.status = "notDeployed" if attempt.plan.ending == "no_agent" else "failed"
        _finish(world, env, attempt, "PhaseFailed", "rejected", RELEASE_MANAGEMENT)
        return
    word = "PhasePartiallySucceeded" if status == "partiallySucceeded" else "PhaseSucceeded"
    _touch(world, env, attempt, "Pending" if env.spec.after.seats else word, RELEASE_MANAGEMENT)
    _release_stage(world, env, attempt)
    _asked(world, env, attempt, _seats(world, env, attempt, "postDeploy", env.spec.after, 1))


def _finish(world: World, env: Environment, attempt: Attempt, operation: str, stage: str, by: Person) -> None:
    attempt.finished_on = world.clock.now
    _touch(world, env, attempt, operation, by)
    set_stage(world, env, stage)
    _release_stage(world, env, attempt)
    world.tell("finished", environment=env, attempt=attempt)
    if stage in ("succeeded", "partiallySucceeded"):
        _start_next_stages(world, env)


def _release_stage(world: World, env: Environment, attempt: Attempt) -> None:
    if world.busy.get(env.spec.id) is not attempt:
        return
    del world.busy[env.spec.id]
    line = world.waiting[env.spec.id]
    while line:
        next_env, next_attempt = line.popleft()
        if not next_attempt.is_over:
            _enter(world, next_env, next_attempt)
            return


def _start_next_stages(world: World, env: Environment) -> None:
    for other in env.release.environments:
        waits_for = [c for c in other.spec.conditions if c.kind == "environmentState"]
        if (
            not other.starts_by_itself
            or other.status != "notStarted"
            or env.spec.name not in [c.name for c in waits_for]
        ):
            continue
        if all(_holds(env.release, condition) for condition in waits_for):
            _start_by_itself(world, other, f"After successful deployment of {env.spec.name}")


def _start_by_itself(world: World, env: Environment, why: str) -> None:
    release = env.release
    if release.status != "active" or (release.is_pull_request and not env.spec.accepts_pull_requests):
        return
    ask_for(world, env, by=RELEASE_MANAGEMENT, wanted_by=release.created_for, reason="automated", why=why)


def _holds(release: Release, condition: Condition) -> bool:
    for env in release.environments:
        if env.spec.name == condition.name:
            return bool(STATE_BITS[env.status] & int(condition.value or "0"))
    return False


def _settle(
    world: World, env: Environment, attempt: Attempt, approval: Approval, status: str, by: Person | None, comment: str
) -> None:
    approval.status, approval.approved_by, approval.comments = status, by, comment
    approval.modified_on = world.clock.now
    world.tell("approval", environment=env, attempt=attempt, approval=approval)


def _close_pending(world: World, env: Environment, attempt: Attempt, status: str) -> None:
    for approval in attempt.approvals:
        if approval.status == "pending":
            _settle(world, env, attempt, approval, status, None, "")


def _touch(world: World, env: Environment, attempt: Attempt, operation: str, by: Person) -> None:
    attempt.operation_status = operation
    attempt.last_modified_on, attempt.last_modified_by = world.clock.now, by
    world.tell("attempt", environment=env, attempt=attempt)
