"""Renders definitions and their revisions. What somebody PUT comes back word for word."""

from sandbox.company.harbour import PROJECT_ID
from sandbox.company.pipelines import Pipeline, Revision, StageSpec, Trigger
from sandbox.devops.approval_json import rule_json
from sandbox.devops.artifact_json import definition_artifact
from sandbox.devops.definition_parts import ENVIRONMENT_OPTIONS, NO_GATES, conditions_json, phase_snapshot
from sandbox.devops.words import Json, Links, identity, stamp, variables

_NUMERIC = {"artifactSource": 1, "schedule": 2, "sourceRepo": 3, "pullRequest": 6}
ALL = frozenset({"environments", "artifacts", "triggers", "variables", "tags", "lastrelease"})


def definition_json(links: Links, pipeline: Pipeline, revision: Revision, expands: frozenset[str]) -> Json:
    """A definition as it was in a revision; only with its expands has it stages, artifacts and triggers."""
    if revision.raw is not None:
        body = revision.raw | _who(links, pipeline, revision)
        hidden = {"environments", "artifacts", "triggers"} - expands
        return {key: value for key, value in body.items() if key not in hidden}
    body = {"source": "userInterface", **_who(links, pipeline, revision), "description": revision.description}
    body["isDeleted"] = pipeline.deleted_on is not None
    body["variables"] = variables(revision.variables) if "variables" in expands else {}
    body["variableGroups"] = []
    if "environments" in expands:
        body["environments"] = [_stage(links, pipeline, stage) for stage in revision.stages]
    if "artifacts" in expands:
        body["artifacts"] = [definition_artifact(links, source) for source in revision.artifacts]
    if "triggers" in expands:
        body["triggers"] = [
            trigger_json(trigger, numeric=revision.numeric_trigger_types) for trigger in revision.triggers
        ]
    return body | {
        "releaseNameFormat": revision.name_format,
        "tags": [],
        "pipelineProcess": {"type": 1},
        "properties": {"DefinitionCreationSource": {"$type": "System.String", "$value": "ReleaseNew"}},
        "name": revision.name,
        "path": pipeline.path,
        "projectReference": None,
        "url": links.definition(pipeline.id),
        "_links": links.of_definition(pipeline.id),
    }


def revision_json(links: Links, pipeline: Pipeline, revision: Revision) -> Json:
    """One line of a definition's history."""
    return {
        "definitionId": pipeline.id,
        "revision": revision.number,
        "changedDate": stamp(revision.changed_on),
        "changeType": "add" if revision.number == 1 else "update",
        "comment": revision.comment,
        "definitionUrl": f"{links.definition(pipeline.id)}/revisions/{revision.number}",
        "apiVersion": "7.1-preview.4",
        "changedBy": identity(links, revision.changed_by),
    }


def trigger_json(trigger: Trigger, *, numeric: bool = False) -> Json:
    """A trigger; definitions saved long ago have numbers for its type."""
    body = _trigger(trigger)
    return body | {"triggerType": _NUMERIC[trigger.kind] if numeric else trigger.kind}


def _trigger(trigger: Trigger) -> Json:
    if trigger.kind == "sourceRepo":
        return {"alias": trigger.alias, "branchFilters": list(trigger.branches)}
    if trigger.kind == "schedule":
        plan = {
            "daysToRelease": trigger.days if trigger.zone != "Europe/Helsinki" else "monday",
            "startHours": trigger.hour,
            "startMinutes": trigger.minute,
            "timeZoneId": trigger.zone,
            "jobId": trigger.job_id,
            "scheduleOnlyWithChanges": trigger.only_with_changes,
        }
        return {"schedule": plan}
    if trigger.kind == "pullRequest":
        return {
            "artifactAlias": trigger.alias,
            "pullRequestConfiguration": {"useArtifactReference": True, "codeRepositoryReference": None},
            "triggerConditions": [{"tags": [], "targetBranch": branch} for branch in trigger.branches],
            "statusPolicyName": "",
        }
    conditions: list[Json] = [
        {
            "sourceBranch": branch,
            "tags": [],
            "tagFilter": None,
            "useBuildDefinitionBranch": False,
            "createReleaseOnBuildTagging": False,
        }
        for branch in trigger.branches
    ]
    return {"artifactAlias": trigger.alias, "triggerConditions": conditions}


def _who(links: Links, pipeline: Pipeline, revision: Revision) -> Json:
    return {
        "id": pipeline.id,
        "revision": revision.number,
        "createdBy": identity(links, pipeline.created_by),
        "createdOn": stamp(pipeline.created_on),
        "modifiedBy": identity(links, revision.changed_by),
        "modifiedOn": stamp(revision.changed_on),
    }


def _stage(links: Links, pipeline: Pipeline, spec: StageSpec) -> Json:
    current = pipeline.last_release or 0
    body: Json = {
        "id": spec.id,
        "name": spec.name,
        "rank": spec.rank,
        "owner": identity(links, spec.owner),
        "variables": variables(spec.variables),
        "variableGroups": [],
        "preDeployApprovals": rule_json(links, spec.before, first_id=spec.id * 10 + 1),
        "deployStep": {"id": spec.id * 10 + 5},
        "postDeployApprovals": rule_json(links, spec.after, after=True, first_id=spec.id * 10 + 6),
        "deployPhases": phase_snapshot(spec),
        "environmentOptions": ENVIRONMENT_OPTIONS | {"pullRequestDeploymentEnabled": spec.accepts_pull_requests},
        "demands": [],
        "conditions": conditions_json(spec.conditions),
        "executionPolicy": {"concurrencyCount": 1, "queueDepthCount": 0},
        "schedules": [],
        "currentRelease": {"id": current, "url": links.release(current), "_links": {}},
        "retentionPolicy": {"daysToKeep": 365, "releasesToKeep": 3, "retainBuild": True},
        "processParameters": {},
        "properties": {},
        "preDeploymentGates": NO_GATES,
        "postDeploymentGates": NO_GATES,
        "environmentTriggers": [],
        "badgeUrl": f"{links.base}/_apis/public/Release/badge/{PROJECT_ID}/{pipeline.id}/{spec.id}",
    }
    return body
