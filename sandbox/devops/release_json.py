"""Renders releases: the head everywhere, stages and artifacts only where asked for (else absent, not empty)."""

from collections.abc import Set
from dataclasses import dataclass

from sandbox.company.releases import Release
from sandbox.devops.artifact_json import release_artifact
from sandbox.devops.stage_json import Depth, stage_json
from sandbox.devops.words import Json, Links, identity, project_reference, stamp, variables

EXPANDS = {"environments": 2, "artifacts": 4, "approvals": 8, "manualinterventions": 16, "variables": 32, "tags": 64}


@dataclass(frozen=True)
class Wanted:
    """What of a release is asked for."""

    expands: frozenset[str]
    depth: Depth = "listed"
    approvals: str = "all"


DETAILED = Wanted(frozenset(EXPANDS), "detailed")


def wanted_of(expand: str) -> Wanted:
    """Reads $expand: names with commas, or the sum of Azure's flags."""
    if expand.isdigit():
        names: Set[str] = {name for name, flag in EXPANDS.items() if int(expand) & flag}
    else:
        names = {name.strip().lower() for name in expand.split(",")} & EXPANDS.keys()
    return Wanted(frozenset(names), "listed", "all" if "approvals" in names else "none")


def release_json(links: Links, release: Release, wanted: Wanted) -> Json:
    """One release as a dictionary, keys in the order the service has them."""
    body = _head(links, release)
    if "environments" in wanted.expands:
        body["environments"] = [
            stage_json(links, env, depth=wanted.depth, approvals=wanted.approvals) for env in release.environments
        ]
    body["variables"] = variables(release.revision.variables) if "variables" in wanted.expands else {}
    body["variableGroups"] = []
    if "artifacts" in wanted.expands:
        body["artifacts"] = [release_artifact(links, version) for version in release.artifacts]
    body |= _tail(links, release)
    body["tags"] = release.tags if "tags" in wanted.expands else []
    return body


def _head(links: Links, release: Release) -> Json:
    return {
        "id": release.id,
        "name": release.name,
        "status": release.status,
        "createdOn": stamp(release.created_on),
        "modifiedOn": stamp(release.modified_on),
        "modifiedBy": identity(links, release.modified_by),
        "createdBy": identity(links, release.created_by),
        "createdFor": identity(links, release.created_for),
    }


def _tail(links: Links, release: Release) -> Json:
    pipeline = release.pipeline
    return {
        "releaseDefinition": {
            "id": pipeline.id,
            "name": pipeline.name,
            "path": pipeline.path,
            "projectReference": None,
            "url": links.definition(pipeline.id),
            "_links": links.of_definition(pipeline.id),
        },
        "releaseDefinitionRevision": release.revision.number,
        "description": release.description,
        "reason": release.reason,
        "releaseNameFormat": release.revision.name_format,
        "keepForever": release.keep_forever,
        "definitionSnapshotRevision": 1,
        "logsContainerUrl": f"{links.release(release.id)}/logs",
        "url": links.release(release.id),
        "_links": links.of_release(release.id),
        "triggeringArtifactAlias": None,
        "projectReference": project_reference(),
        "properties": {},
    } | ({"comment": release.comment} if release.comment else {})
