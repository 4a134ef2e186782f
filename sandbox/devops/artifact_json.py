"""Renders artifacts: of a release (with the version taken) and of a definition (with what is taken by default)."""

from sandbox.company.artifacts import ArtifactVersion
from sandbox.company.harbour import ORGANIZATION, PROJECT, PROJECT_ID
from sandbox.company.pipelines import ArtifactSource
from sandbox.devops.words import Json, Links


def release_artifact(links: Links, version: ArtifactVersion) -> Json:
    """The artifact in a release; `isPrimary` is absent, not false, on all but one."""
    source = version.source
    reference = _reference(links, source) | {"version": _pair(version.id, version.name)}
    if source.kind == "build":
        reference |= _build_reference(version)
    elif source.kind == "git":
        reference |= {"branch": _pair(version.branch, version.branch)}
    if version.pull_request is not None:
        reference |= {
            "pullRequestId": _pair(str(version.pull_request), None),
            "pullRequestMergeCommitId": _pair(version.commit, None),
            "pullRequestTargetBranch": _pair("refs/heads/main", None),
        }
    if version.flag is not None:
        reference["IsTriggeringArtifact"] = _pair(version.flag, version.flag)
    return _artifact(source, reference, retained=source.kind == "build")


def definition_artifact(links: Links, source: ArtifactSource) -> Json:
    """The artifact in a definition."""
    reference = _reference(links, source) | {
        "defaultVersionBranch": _pair("", ""),
        "defaultVersionSpecific": _pair("", ""),
        "defaultVersionTags": _pair("", ""),
        "defaultVersionType": _pair("latestType", "Latest"),
    }
    if source.kind == "git":
        kind = _pair("latestFromBranchType", "Latest from the default branch")
        reference |= {"branches": _pair("main", "main"), "defaultVersionType": kind}
    return _artifact(source, reference, retained=False)


def _artifact(source: ArtifactSource, reference: Json, *, retained: bool) -> Json:
    body: Json = {
        "sourceId": source.source_id,
        "type": source.type,
        "alias": source.alias,
        "definitionReference": reference,
    }
    if source.is_primary:
        body["isPrimary"] = True
    return body | {"isRetained": retained}


def _reference(links: Links, source: ArtifactSource) -> Json:
    name = None if source.hides_name else source.definition
    reference: Json = {"definition": _pair(source.definition_id, name)}
    if source.kind == "model":
        reference["connection"] = _pair(source.connection, "mlops_ws")
        reference["artifactSourceDefinitionUrl"] = _pair(f"{links.base}/models/{source.definition}", "")
        return reference
    url = f"{links.web}/_permalink/{source.kind}/{source.definition_id}"
    reference["artifactSourceDefinitionUrl"] = _pair(url, "")
    reference["project"] = _pair(PROJECT_ID, PROJECT)
    if source.kind == "git":
        reference |= {
            "checkoutSubmodules": _pair("False", "False"),
            "fetchDepth": _pair("", ""),
            "gitLfsSupport": _pair("False", None),
        }
    return reference


def _build_reference(version: ArtifactVersion) -> Json:
    build = version.build
    assert build is not None
    return {
        "buildUri": _pair(f"vstfs:///Build/Build/{build.id}", None),
        "IsXamlBuildArtifactType": _pair("False", None),
        "IsMultiDefinitionType": _pair("False", None),
        "repository.provider": _pair("TfsGit", None),
        "repository": _pair(build.repository_id, build.repository),
        "requestedFor": _pair(build.requested_for.display_name, None),
        "requestedForId": _pair(build.requested_for.id, None),
        "sourceVersion": _pair(build.commit, None),
        "branch": _pair(build.branch, build.branch),
        "artifactSourceVersionUrl": _pair(f"/{ORGANIZATION}/_permalink/_build/index?buildId={build.id}", ""),
    }


def _pair(identity: str | None, name: str | None) -> Json:
    return {"id": identity, "name": name}
