"""What the recording does not hold and a client needs: list rows, the deployments feed, definitions.

Made from the recorded values alone; where the recording is silent, the key is empty or has Azure's "no value".
"""

from typing import Any

from sandbox.replay.recording import NO_VALUE, Json, RecordedRelease

_OF_A_VERSION = ("version", "sourceVersion", "branch", "buildUri", "artifactSourceVersionUrl", "IsTriggeringArtifact")
_COPIED_TO_DEPLOYMENT = ("attempt", "reason", "operationStatus", "requestedBy", "requestedFor", "queuedOn",
                         "lastModifiedBy", "lastModifiedOn")  # fmt: skip
_FINISHED = ("succeeded", "partiallySucceeded", "failed")


def list_row(release: RecordedRelease, *, expand: set[str]) -> Json:
    """A release as the list shows it: without `$expand` neither stages nor artifacts have a key."""
    left_out = {key for key in ("environments", "artifacts") if key not in expand}
    return {key: value for key, value in release.said.items() if key not in left_out}


def deployments(release: RecordedRelease) -> list[Json]:
    """One row of the feed for each recorded attempt."""
    return [
        _deployment(release, stage, step)
        for stage in release.environments
        for step in stage.get("deploySteps") or []
        if isinstance(step, dict) and step.get("deploymentId")
    ]


def _deployment(release: RecordedRelease, stage: Json, step: Json) -> Json:
    phases = step.get("releaseDeployPhases") or []
    started = next((phase["startedOn"] for phase in phases if phase.get("startedOn")), step.get("queuedOn", NO_VALUE))
    finished = {"completedOn": step.get("lastModifiedOn")} if step.get("status") in _FINISHED else {}
    return {
        "id": step["deploymentId"],
        "release": _release_stub(release),
        "releaseDefinition": release.said.get("releaseDefinition"),
        "releaseEnvironment": {"id": stage.get("id"), "name": stage.get("name"), "_links": {}},
        "projectReference": None,
        "definitionEnvironmentId": stage.get("definitionEnvironmentId"),
        "deploymentStatus": step.get("status"),
        **{key: step[key] for key in _COPIED_TO_DEPLOYMENT if key in step},
        "startedOn": started,
        **finished,
        "conditions": stage.get("conditions", []),
        "scheduledDeploymentTime": NO_VALUE,
        "preDeployApprovals": _of_attempt(stage.get("preDeployApprovals"), step.get("attempt")),
        "postDeployApprovals": _of_attempt(stage.get("postDeployApprovals"), step.get("attempt")),
        "_links": {},
    }


def _of_attempt(approvals: Any, attempt: Any) -> list[Json]:
    return [one for one in approvals or [] if one.get("attempt") == attempt]


def _release_stub(release: RecordedRelease) -> Json:
    """The feed shows little of the release: reason, creator and time are placeholders in real answers too."""
    links = release.said.get("_links") or {}
    return {
        "id": release.id,
        "name": release.said.get("name"),
        "url": release.said.get("url"),
        "artifacts": [],
        "webAccessUri": (links.get("web") or {}).get("href"),
        "_links": links,
        "description": None,
        "releaseDefinition": None,
        "createdOn": NO_VALUE,
        "createdBy": None,
        "modifiedBy": None,
        "reason": "none",
    }


def definition(releases: list[RecordedRelease], *, deep: bool = True) -> Json:
    """The definition as the newest of these releases knew it; shallow, as the list shows it, without its parts."""
    newest = releases[-1].said
    shallow = dict(newest.get("releaseDefinition") or {})
    head = {
        "source": "undefined",
        "revision": newest.get("releaseDefinitionRevision", 1),
        "description": None,
        "createdBy": releases[0].said.get("createdBy"),
        "createdOn": releases[0].said.get("createdOn"),
        "modifiedBy": newest.get("modifiedBy"),
        "modifiedOn": newest.get("createdOn"),
        "isDeleted": False,
        "variableGroups": None,
        "releaseNameFormat": newest.get("releaseNameFormat"),
        "comment": "",
        **shallow,
    }
    if not deep:
        return head
    artifacts = [_source(artifact) for artifact in newest.get("artifacts") or []]
    return head | {
        "variables": newest.get("variables", {}),
        "variableGroups": [],
        "environments": [_stage(stage, releases[-1]) for stage in releases[-1].environments],
        "artifacts": artifacts,
        "triggers": _triggers(newest),
        "tags": [],
        "properties": {},
    }


def _source(artifact: Json) -> Json:
    """An artifact source: the artifact without what belongs to the one version a release took."""
    reference = artifact.get("definitionReference") or {}
    kept = {key: value for key, value in reference.items() if key not in _OF_A_VERSION}
    return {**artifact, "definitionReference": kept}


def _triggers(release: Json) -> list[Json]:
    """A release of continuous integration must have had a trigger on the artifact it names as triggering."""
    if release.get("reason") != "continuousIntegration":
        return []
    aliases = [one["alias"] for one in release.get("artifacts") or [] if _is_triggering(one)]
    return [{"artifactAlias": one, "triggerConditions": [], "triggerType": "artifactSource"} for one in aliases]


def _is_triggering(artifact: Json) -> bool:
    flag = (artifact.get("definitionReference") or {}).get("IsTriggeringArtifact") or {}
    return str(flag.get("id")).lower() == "true"


def _stage(stage: Json, release: RecordedRelease) -> Json:
    return {
        "id": stage.get("definitionEnvironmentId"),
        "name": stage.get("name"),
        "rank": stage.get("rank"),
        "owner": stage.get("owner"),
        "variables": stage.get("variables", {}),
        "variableGroups": [],
        "preDeployApprovals": stage.get("preApprovalsSnapshot"),
        "deployStep": {"id": 0},
        "postDeployApprovals": stage.get("postApprovalsSnapshot"),
        "deployPhases": stage.get("deployPhasesSnapshot", []),
        "environmentOptions": stage.get("environmentOptions"),
        "demands": stage.get("demands", []),
        "conditions": [_without_result(one) for one in stage.get("conditions") or []],
        "schedules": stage.get("schedules", []),
        "currentRelease": {"id": release.id, "url": release.said.get("url"), "_links": {}},
        "processParameters": {},
        "properties": {},
        "preDeploymentGates": stage.get("preDeploymentGatesSnapshot"),
        "postDeploymentGates": stage.get("postDeploymentGatesSnapshot"),
        "environmentTriggers": [],
    }


def _without_result(condition: Json) -> Json:
    return {key: value for key, value in condition.items() if key != "result"}


def artifact_versions(release: RecordedRelease) -> Json:
    """The versions on offer: the one that was taken is all that is known."""
    rows = []
    for artifact in release.said.get("artifacts") or []:
        version = (artifact.get("definitionReference") or {}).get("version") or {}
        known = {"id": version.get("id"), "name": version.get("name"), "isMultiDefinitionType": False}
        row = {"alias": artifact.get("alias"), "sourceId": artifact.get("sourceId"), "versions": [known]}
        rows.append(row | {"defaultVersion": known, "errorMessage": None})
    return {"artifactVersions": rows}
