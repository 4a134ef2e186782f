"""Saves a definition that somebody PUT: the raw JSON is kept, and what steers the company is read from it.

Called by `outside`. Reads triggers, names, ranks, conditions and approvals; everything else only travels along.
"""

from dataclasses import replace
from typing import Any

from sandbox.company import life
from sandbox.company.people import BY_ID, Person
from sandbox.company.pipelines import (
    ApprovalRule,
    ArtifactSource,
    Condition,
    Pipeline,
    Revision,
    Seat,
    StageSpec,
    Trigger,
)
from sandbox.company.verbs import Refusal
from sandbox.company.world import World

Json = dict[str, Any]
AT_CREATION = "selectDuringReleaseCreationType"
_NUMERIC = {1: "artifactSource", 2: "schedule", 3: "sourceRepo", 6: "pullRequest"}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def save(world: World, pipeline: Pipeline, body: Json, *, by: Person) -> Revision:
    """One revision more. The body must carry the newest revision's number, or it is refused."""
    current = pipeline.current
    if body.get("revision") != current.number:
        raise Refusal(
            400,
            "InvalidRequestException",
            "You are using an old copy of the release pipeline. Refresh your copy and try again.",
        )
    revision = replace(
        current,
        number=current.number + 1,
        changed_on=world.clock.now,
        changed_by=by,
        comment=str(body.get("comment") or ""),
        name=str(body.get("name") or current.name),
        description=body.get("description"),
        triggers=_triggers(world, body.get("triggers") or []),
        artifacts=_artifacts(current, body.get("artifacts") or []),
        stages=_stages(current, body.get("environments") or []),
        raw=body,
    )
    pipeline.revisions.append(revision)
    world.tell("definition", pipeline=pipeline)
    return revision


def _artifacts(current: Revision, artifacts: list[Json]) -> tuple[ArtifactSource, ...]:
    """The sources as they were, but with what was said of their versions."""
    asks = {
        str(one.get("alias"))
        for one in artifacts
        if ((one.get("definitionReference") or {}).get("defaultVersionType") or {}).get("id") == AT_CREATION
    }
    return tuple(replace(source, asks_for_version=source.alias in asks) for source in current.artifacts)


def _stages(current: Revision, environments: list[Json]) -> tuple[StageSpec, ...]:
    if not environments:
        raise Refusal(400, "InvalidRequestException", "A release pipeline must have at least one stage.")
    known = {stage.id: stage for stage in current.stages}
    return tuple(_stage(known[int(env["id"])], env) for env in environments if int(env.get("id") or 0) in known)


def _stage(stage: StageSpec, env: Json) -> StageSpec:
    return replace(
        stage,
        name=str(env.get("name") or stage.name),
        rank=int(env.get("rank") or stage.rank),
        conditions=tuple(
            Condition(str(c.get("name")), c.get("conditionType", "event"), str(c.get("value") or ""))
            for c in env.get("conditions") or []
        ),
        before=_rule(env.get("preDeployApprovals"), stage.before),
        after=_rule(env.get("postDeployApprovals"), stage.after),
    )


def _rule(approvals: Json | None, current: ApprovalRule) -> ApprovalRule:
    if approvals is None:
        return current
    options = approvals.get("approvalOptions") or {}
    seats = [
        Seat(int(a.get("rank") or 1), BY_ID[a["approver"]["id"]])
        for a in approvals.get("approvals") or []
        if not a.get("isAutomated") and (a.get("approver") or {}).get("id") in BY_ID
    ]
    return replace(
        current,
        seats=tuple(seats),
        required=options.get("requiredApproverCount"),
        creator_may_approve=bool(options.get("releaseCreatorCanBeApprover")),
        timeout_minutes=int(options.get("timeoutInMinutes") or 0),
    )


def _triggers(world: World, triggers: list[Json]) -> tuple[Trigger, ...]:
    read = tuple(trigger for trigger in map(_trigger, triggers) if trigger)
    try:
        for trigger in read:
            if trigger.kind == "schedule":
                life.next_time(trigger, world.clock.calendar())
    except (ValueError, KeyError) as error:
        message = f"VS402987: The schedule of a trigger is none: {error}."
        raise Refusal(400, "InvalidRequestException", message) from error
    return read


def _trigger(raw: Json) -> Trigger | None:
    kind = raw.get("triggerType")
    name = _NUMERIC.get(kind) if isinstance(kind, int) else kind
    if name == "schedule":
        plan = raw.get("schedule") or {}
        return Trigger(
            "schedule",
            None,
            (),
            _days(plan.get("daysToRelease")),
            int(plan.get("startHours") or 0),
            int(plan.get("startMinutes") or 0),
            str(plan.get("timeZoneId") or "UTC"),
            bool(plan.get("scheduleOnlyWithChanges")),
            str(plan.get("jobId") or ""),
        )
    if name == "sourceRepo":
        return Trigger("sourceRepo", raw.get("alias"), tuple(raw.get("branchFilters") or ()))
    if name in ("artifactSource", "pullRequest"):
        branches = [c.get("sourceBranch") or c.get("targetBranch") for c in raw.get("triggerConditions") or []]
        return Trigger(name, raw.get("artifactAlias"), tuple(b for b in branches if b))  # type: ignore[arg-type]
    return None


def _days(value: Any) -> int:
    if isinstance(value, int):
        return value or 127
    names = str(value or "all").lower()
    if "all" in names:
        return 127
    return sum(1 << number for number, day in enumerate(_DAYS) if day in names) or 127
