"""Prints how fast release pages are decoded: `python -m tests.azure.decode_speed`. Asserts nothing.

The release has the size that the speed goals name: 4 artifacts, 3 stages, 2 attempts each, 12 approvals, about 24 KB.
"""

import json
import statistics
import time
from typing import Any

from releases.azure.answers import ReleaseAnswer
from releases.azure.answers.depth import is_too_deep
from releases.azure.answers.pages import read_item, read_page

ROUNDS = 30
AT = "2026-03-02T12:00:00.1234567Z"


def main() -> None:
    """One line per way of reading."""
    one = json.dumps(release()).encode()
    page = b'{"count":100,"value":[' + b",".join([one] * 100) + b"]}"
    assert not read_page(page, ReleaseAnswer, noun="release").malformed
    print(f"one release: {len(one) / 1000:.1f} kB, page of 100: {len(page) / 1e6:.2f} MB")
    for name, run in {
        "page of 100, typed": lambda: read_page(page, ReleaseAnswer, noun="release"),
        "100 releases, typed": lambda: [read_item(one, ReleaseAnswer, noun="release") for _ in range(100)],
        "depth of the page": lambda: is_too_deep(page),
        "json.loads of the page": lambda: json.loads(page),
    }.items():
        times = [_timed(run) for _ in range(ROUNDS)]
        spread = f"{min(times) * 10:.3f} to {max(times) * 10:.3f}"
        print(f"{name:<24} {statistics.median(times) * 10:.3f} ms a release (median of {ROUNDS}; {spread})")


def _timed(run: Any) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def person(number: int) -> dict[str, Any]:
    """An identity as long as real ones."""
    guid = f"650a4ce3-9d1b-55c0-be5a-{number:012}"
    return {
        "displayName": f"Person {number}",
        "url": f"https://spsprodcus3.vssps.visualstudio.com/{guid}/_apis/Identities/{guid}",
        "id": guid,
        "uniqueName": f"person.{number}@port.example",
        "imageUrl": f"https://dev.azure.com/harbour/_apis/GraphProfile/MemberAvatars/aad.{number}",
        "descriptor": f"aad.NjUwYTRjZTMtOWQxYi01NWMwLWJlNWEtMDU5Yj{number}",
    }


def release() -> dict[str, Any]:
    """A release as a list page shows it."""
    stages = [_stage(number) for number in range(1, 4)]
    artifacts = [_artifact(number) for number in range(1, 5)]
    people = {name: person(1) for name in ("createdBy", "createdFor", "modifiedBy")}
    return {
        "id": 178,
        "name": "Release-178",
        "status": "active",
        "reason": "continuousIntegration",
        "createdOn": AT,
        "modifiedOn": AT,
        "description": "Triggered by Port-CI 358.",
        "tags": [],
        "variables": {},
        **people,
        "releaseDefinition": {"id": 2, "name": "Port Weather"},
        "releaseDefinitionRevision": 7,
        "environments": stages,
        "artifacts": artifacts,
    }


def _stage(number: int) -> dict[str, Any]:
    approvals = [_approval(number * 10 + at) for at in range(4)]
    return {
        "id": number,
        "releaseId": 178,
        "name": f"STAGE {number}",
        "status": "succeeded",
        "rank": number,
        "definitionEnvironmentId": number,
        "createdOn": AT,
        "modifiedOn": AT,
        "owner": person(2),
        "conditions": [{"name": "DEV", "conditionType": "environmentState", "value": "4"}],
        "variables": {},
        "preDeployApprovals": approvals[:2],
        "postDeployApprovals": approvals[2:],
        "deploySteps": [_attempt(number * 10 + at) for at in range(2)],
    }


def _approval(number: int) -> dict[str, Any]:
    shallow = {"id": 178, "name": "Release-178", "url": "https://vsrm.dev.azure.com/harbour/_apis/Release/releases/178"}
    return {
        "id": number,
        "revision": 2,
        "approvalType": "preDeploy",
        "createdOn": AT,
        "modifiedOn": AT,
        "status": "approved",
        "comments": "Looks good.",
        "isAutomated": False,
        "attempt": 1,
        "rank": 1,
        "approver": person(3),
        "approvedBy": person(3),
        "release": shallow,
        "releaseDefinition": shallow,
        "releaseEnvironment": shallow,
    }


def _attempt(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "deploymentId": number,
        "attempt": 1,
        "reason": "automated",
        "status": "succeeded",
        "operationStatus": "Approved",
        "queuedOn": AT,
        "lastModifiedOn": AT,
        "hasStarted": True,
        "requestedBy": person(4),
        "requestedFor": person(5),
        "lastModifiedBy": person(4),
        "tasks": [],
        "issues": [],
    }


def _artifact(number: int) -> dict[str, Any]:
    keys = ["definition", "version", "branch", "project", "repository", "sourceVersion", "requestedFor", "buildUri"]
    keys += ["IsTriggeringArtifact", "repository.provider", "pullRequestMergeCommitId", "artifactSourceVersionUrl"]
    values = {key: {"id": f"{key}-{number}-cada3319a0970da5028d37adf65bb226", "name": None} for key in keys}
    return {"sourceId": f"x:{number}", "type": "Build", "alias": f"_part-{number}", "definitionReference": values}


if __name__ == "__main__":
    main()
