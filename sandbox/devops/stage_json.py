"""Renders the stages of a release with their attempts.

`depth` "listed" is what a list with $expand=environments gives here: attempts without phases, no approvals unless
asked for, no snapshot of the tasks. "detailed" is what get_release gives. Which of both Azure's list really gives is
not documented; the sandbox takes the poorer one, so that nobody relies on the richer.
"""

from datetime import datetime
from typing import Literal

from sandbox.company.harbour import guid
from sandbox.company.releases import Attempt, Environment, Phase, Step
from sandbox.devops.approval_json import approval_json, references, rule_json
from sandbox.devops.definition_parts import ENVIRONMENT_OPTIONS, NO_GATES, conditions_json, phase_snapshot
from sandbox.devops.words import Json, Links, fine, identity, stamp, variables

Depth = Literal["listed", "detailed"]


def stage_json(links: Links, env: Environment, *, depth: Depth, approvals: str = "all") -> Json:
    """A stage; `approvals` is none, manual, automated or all."""
    release, spec = env.release, env.spec
    short = references(links, env)
    body: Json = {
        "id": env.id,
        "releaseId": release.id,
        "name": spec.name,
        "status": env.status,
        "variables": variables(spec.variables),
        "variableGroups": [],
        "preDeployApprovals": _approvals(links, env, "preDeploy", approvals),
        "postDeployApprovals": _approvals(links, env, "postDeploy", approvals),
        "preApprovalsSnapshot": rule_json(links, spec.before),
        "postApprovalsSnapshot": rule_json(links, spec.after, after=True),
        "deploySteps": [_attempt(links, env, attempt, depth) for attempt in env.attempts],
        "rank": spec.rank,
        "definitionEnvironmentId": spec.id,
        "environmentOptions": ENVIRONMENT_OPTIONS | {"pullRequestDeploymentEnabled": spec.accepts_pull_requests},
        "demands": [],
        "conditions": [c | {"result": bool(env.attempts)} for c in conditions_json(spec.conditions)],
        "createdOn": stamp(env.created_on),
        "modifiedOn": stamp(env.modified_on),
        "workflowTasks": [],
        "deployPhasesSnapshot": phase_snapshot(spec) if depth == "detailed" else [],
        "owner": identity(links, spec.owner),
        "schedules": [],
        "release": short["release"] | {"_links": links.of_release(release.id)},
        "releaseDefinition": short["releaseDefinition"] | {"_links": links.of_definition(release.pipeline.id)},
        "releaseCreatedBy": identity(links, release.created_by),
        "triggerReason": env.trigger_reason,
        "timeToDeploy": _minutes(env),
        "processParameters": {},
        "preDeploymentGatesSnapshot": NO_GATES,
        "postDeploymentGatesSnapshot": NO_GATES,
    }
    if env.scheduled_for is not None:
        body |= {"scheduledDeploymentTime": stamp(env.scheduled_for), "nextScheduledUtcTime": stamp(env.scheduled_for)}
    return body


def _approvals(links: Links, env: Environment, kind: str, wanted: str) -> list[Json]:
    if wanted == "none":
        return []
    return [
        approval_json(links, env, approval)
        for attempt in env.attempts
        for approval in attempt.approvals
        if approval.type == kind and wanted in ("all", "automated" if approval.is_automated else "manual")
    ]


def _attempt(links: Links, env: Environment, attempt: Attempt, depth: Depth) -> Json:
    plan_id = guid("plan", attempt.deployment_id)
    phases = [_phase(links, env, phase) for phase in attempt.phases] if depth == "detailed" else []
    return {
        "id": attempt.id,
        "deploymentId": attempt.deployment_id,
        "attempt": attempt.number,
        "reason": attempt.reason,
        "status": attempt.status,
        "operationStatus": attempt.operation_status,
        "releaseDeployPhases": phases,
        "requestedBy": identity(links, attempt.requested_by),
        "requestedFor": identity(links, attempt.requested_for),
        "queuedOn": stamp(attempt.queued_on),
        "lastModifiedBy": identity(links, attempt.last_modified_by),
        "lastModifiedOn": stamp(attempt.last_modified_on),
        "hasStarted": attempt.started_on is not None,
        "tasks": [],
        "runPlanId": plan_id,
        "issues": [],
    }


def _phase(links: Links, env: Environment, phase: Phase) -> Json:
    where = f"{links.release(env.release.id)}/environments/{env.id}/deployPhases/{phase.id}/tasks"
    first, last = phase.started_on, phase.finished_on
    job = {
        "id": phase.job_id,
        "timelineRecordId": guid("job", phase.id),
        "name": phase.name,
        **_times(first, last, about=f"job {phase.id}"),
        "status": phase.status,
        "rank": 1,
        "issues": [],
        "agentName": phase.agent,
        "logUrl": f"{where}/{phase.job_id}/logs",
    }
    return {
        "id": phase.id,
        "phaseId": str(phase.id),
        "name": phase.name,
        "rank": phase.rank,
        "phaseType": "agentBasedDeployment",
        "status": phase.status,
        "runPlanId": guid("run", phase.id),
        "deploymentJobs": [{"job": job, "tasks": [_task(where, phase, step) for step in phase.steps]}],
        "manualInterventions": [],
        "startedOn": stamp(first),
    }


def _task(where: str, phase: Phase, step: Step) -> Json:
    body: Json = {
        "id": step.id,
        "timelineRecordId": guid("task", phase.id, step.id),
        "name": step.name,
        **_times(step.started_on, step.finished_on, about=f"{phase.id}/{step.id}"),
        "status": step.status,
        "rank": step.rank,
        "issues": _issues(step),
    }
    if step.task is not None and step.task.task:
        reference = {"id": guid("task type", step.task.task), "name": step.task.task, "version": step.task.version}
        body["task"] = reference
    if step.finished_on is not None:
        body["percentComplete"] = 100
    if step.started_on is not None:
        body |= {"agentName": phase.agent, "logUrl": f"{where}/{step.id}/logs"}
    return body


def _times(started: datetime | None, finished: datetime | None, *, about: str) -> Json:
    times: Json = {}
    if started is not None:
        times["dateStarted"] = times["startTime"] = fine(started, about=f"{about} start")
    if finished is not None:
        times["dateEnded"] = times["finishTime"] = fine(finished, about=f"{about} end")
    return times


def _issues(step: Step) -> list[Json]:
    if not step.fails or step.finished_on is None or step.task is None:
        return []
    messages = [line.removeprefix("##[error]") for line in step.task.trouble if line.startswith("##[error]")]
    return [{"issueType": "Error", "message": message, "data": {}} for message in messages]


def _minutes(env: Environment) -> float:
    attempt = env.latest
    if attempt is None or attempt.started_on is None or attempt.finished_on is None:
        return 0.0
    return (attempt.finished_on - attempt.started_on).total_seconds() / 60
