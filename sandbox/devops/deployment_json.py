"""Renders the deployments feed."""

from sandbox.company.releases import Attempt, Environment
from sandbox.devops.approval_json import approval_json, references
from sandbox.devops.definition_parts import conditions_json
from sandbox.devops.words import NEVER, Json, Links, identity, project_reference, stamp, stamp_or_never


def deployment_json(links: Links, env: Environment, attempt: Attempt) -> Json:
    """One attempt as the feed has it: the release inside is a stub, and what Azure started itself was never queued."""
    body = {
        "id": attempt.deployment_id,
        "release": _stub(links, env),
        "releaseDefinition": references(links, env)["releaseDefinition"]
        | {"_links": links.of_definition(env.release.pipeline.id)},
        "releaseEnvironment": references(links, env)["releaseEnvironment"],
        "projectReference": project_reference(),
        "definitionEnvironmentId": env.spec.id,
        "attempt": attempt.number,
        "reason": attempt.reason,
        "deploymentStatus": attempt.status,
        "operationStatus": attempt.operation_status,
        "requestedBy": identity(links, attempt.requested_by),
        "requestedFor": identity(links, attempt.requested_for),
        "queuedOn": NEVER if attempt.reason == "automated" else stamp_or_never(attempt.queued_on),
        "startedOn": stamp_or_never(attempt.began_on),
        "lastModifiedOn": stamp(attempt.last_modified_on),
        "lastModifiedBy": identity(links, attempt.last_modified_by),
        "conditions": conditions_json(env.spec.conditions),
        "scheduledDeploymentTime": stamp_or_never(attempt.queued_on if attempt.reason == "scheduled" else None),
        "preDeployApprovals": [approval_json(links, env, a) for a in attempt.approvals if a.type == "preDeploy"],
        "postDeployApprovals": [approval_json(links, env, a) for a in attempt.approvals if a.type == "postDeploy"],
        "_links": {},
    }
    return body | ({"completedOn": stamp(attempt.finished_on)} if attempt.finished_on else {})


def _stub(links: Links, env: Environment) -> Json:
    release = env.release
    return {
        "id": release.id,
        "name": release.name,
        "url": links.release(release.id),
        "artifacts": [],
        "webAccessUri": f"{links.web}/_release?releaseId={release.id}&_a=release-summary",
        "_links": links.of_release(release.id),
        "description": None,
        "releaseDefinition": None,
        "createdOn": NEVER,
        "createdBy": None,
        "modifiedBy": None,
        "reason": "none",
    }
