"""What people (and through the API, programs) can do to releases, with the rules Azure has for it.

Called by people's reactions, the opening and `outside`. A refusal is raised before anything changed.
"""

from datetime import datetime

from sandbox.company import deploying
from sandbox.company.people import ADMINISTRATORS, Person
from sandbox.company.releases import Approval, Attempt, DeploymentReason, Done, Environment, Release
from sandbox.company.world import World

Found = tuple[Environment, Attempt, Approval]
_DEPLOYABLE = ("notStarted", "succeeded", "partiallySucceeded", "rejected", "canceled")


class Refusal(Exception):
    """Azure says no: HTTP status, the discriminator of its error body, and a sentence."""

    def __init__(self, status: int, type_key: str, message: str) -> None:
        super().__init__(message)
        self.status, self.type_key, self.message = status, type_key, message


def deploy(world: World, env: Environment, *, by: Person, when: datetime | None = None, comment: str = "") -> None:
    """Deploys or redeploys a stage, at once or later."""
    release = env.release
    if release.status != "active":
        raise _invalid(f"VS402961: Release {release.name} is {release.status}; stages of it cannot be deployed.")
    if env.status not in _DEPLOYABLE:
        raise _invalid(f"VS402962: Stage {env.spec.name} of {release.name} is {env.status} and cannot be deployed now.")
    _remember(world, release, by, "Deploy", env.spec.name, comment)
    if when is None or when <= world.clock.now:
        _start(world, env, by, "manual")
        return
    env.asked += 1
    asked, env.scheduled_for, env.trigger_reason = env.asked, when, "Manual"
    deploying.set_stage(world, env, "scheduled")
    world.clock.at_wall(when, lambda: _start_scheduled(world, env, by, asked))


def cancel(world: World, env: Environment, *, by: Person, comment: str = "") -> None:
    """Cancels what a stage is doing or going to do."""
    if env.status not in ("inProgress", "queued", "scheduled"):
        raise _invalid(f"VS402963: Stage {env.spec.name} is {env.status}; there is nothing to cancel.")
    _remember(world, env.release, by, "Cancel", env.spec.name, comment)
    deploying.cancel(world, env, by=by)


def abandon(world: World, release: Release, *, by: Person, comment: str = "") -> None:
    """Abandons a release for good; what waits for approval is canceled, what runs must be canceled before."""
    if release.status == "abandoned":
        raise _invalid(f"VS402964: Release {release.name} is already abandoned.")
    for env in release.environments:
        attempt = env.latest
        if attempt is not None and not attempt.is_over and _is_busy(attempt):
            raise _invalid(
                f"VS402965: Stage {env.spec.name} is in progress. Cancel it before abandoning {release.name}."
            )
    for env in release.environments:
        if env.status in ("inProgress", "queued", "scheduled"):
            deploying.cancel(world, env, by=by)
    release.status = "abandoned"
    changed(world, release, by, "Abandon", comment)


def _is_busy(attempt: Attempt) -> bool:
    """Whether something runs, or an agent was asked for; what waits for people or in line does not."""
    return attempt.operation_status == "QueuedForAgent" or (bool(attempt.phases) and attempt.status == "inProgress")


def start_draft(world: World, release: Release, *, by: Person, comment: str = "") -> None:
    """A draft becomes a release and starts its first stages."""
    if release.status != "draft":
        raise _invalid(f"VS402966: Release {release.name} is {release.status}.")
    release.status = "active"
    changed(world, release, by, "Start", comment)
    deploying.start_first_stages(world, release)


def decide(world: World, found: Found, *, by: Person, status: str, comment: str) -> None:
    """Approves or rejects."""
    env, attempt, approval = found
    check_can_become(status)
    check_can_decide(found, by=by)
    deploying.decide(world, env, attempt, approval, by=by, status=status, comment=comment)


def check_can_become(status: str) -> None:
    """An answer is yes or no."""
    if status not in ("approved", "rejected"):
        raise _invalid(f"VS402967: An approval cannot become {status!r}.")


def check_is_pending(approval: Approval) -> None:
    """What was answered stays answered."""
    if approval.status != "pending":
        raise _invalid(f"VS402968: Approval {approval.id} is already {approval.status}.")


def check_can_decide(found: Found, *, by: Person) -> None:
    """Only a pending approval, only its approver or a member of its group, not the creator where that is forbidden.

    Administrators of releases may answer instead of others.
    """
    env, attempt, approval = found
    check_is_pending(approval)
    approver = approval.approver
    if approver is None or (by is not approver and by not in (*approver.members, *ADMINISTRATORS)):
        name = approver.display_name if approver else "Azure"
        raise Refusal(
            403,
            "ReleaseManagementUnauthorizedException",
            f"VS402969: {by.display_name} may not answer approval {approval.id}, which waits for {name}.",
        )
    rule = env.spec.before if approval.type == "preDeploy" else env.spec.after
    if not rule.creator_may_approve and by in (env.release.created_by, attempt.requested_by):
        raise _invalid("VS402970: The release creator or deployment requester may not approve.")


def reassign(world: World, found: Found, *, by: Person, to: Person, comment: str) -> None:
    """Hands a pending approval to somebody else."""
    env, attempt, approval = found
    check_is_pending(approval)
    assert approval.approver is not None
    approval.history.append((approval.approver, by, world.clock.now, comment))
    approval.approver, approval.comments, approval.modified_on = to, comment, world.clock.now
    approval.revision += 1
    world.tell("approval", environment=env, attempt=attempt, approval=approval)


def delete(world: World, release: Release, *, by: Person, comment: str = "") -> None:
    """Soft-deletes a release, as people and retention do."""
    if any(env.status in ("inProgress", "queued") for env in release.environments):
        raise _invalid(f"VS402971: Release {release.name} has a stage in progress and cannot be deleted.")
    release.deleted_on = world.clock.now
    changed(world, release, by, "Delete", comment)


def changed(world: World, release: Release, by: Person, kind: str, comment: str) -> None:
    """The release itself (not one of its stages) is different now."""
    release.modified_on, release.modified_by, release.comment = world.clock.now, by, comment
    _remember(world, release, by, kind, release.name, comment)
    world.tell("release changed", release=release)


def _start_scheduled(world: World, env: Environment, by: Person, asked: int) -> bool:
    if env.asked != asked:
        return False
    _start(world, env, by, "scheduled")
    return True


def _start(world: World, env: Environment, by: Person, reason: DeploymentReason) -> None:
    deploying.ask_for(world, env, by=by, wanted_by=by, reason=reason, why="Manual")


def _remember(world: World, release: Release, by: Person, kind: str, details: str, comment: str) -> None:
    release.history.append(Done(world.clock.now, by, kind, details, comment))


def _invalid(message: str) -> Refusal:
    return Refusal(400, "InvalidRequestException", message)
