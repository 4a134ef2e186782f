"""Releases as Azure DevOps tells them, for tests of sync: JSON made by hand, read by the real edge."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from releases.azure.answers import Item, Malformed, ReleaseAnswer
from releases.azure.answers.pages import read_item
from releases.models import Organization, Project

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
NOW = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
Json = dict[str, Any]


def project(slug: str = "mlops") -> Project:
    """A project of an organization."""
    organization = Organization.objects.create(url=f"https://dev.azure.com/{slug}", name=slug)
    return Project.objects.create(organization=organization, azure_id=slug, name=slug, slug=slug)


def moment(minutes: float) -> str:
    """A time so many minutes after the start, as Azure writes it."""
    return (START + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


def person(name: str, *, prefix: str = "aad") -> Json:
    """An identity with a descriptor."""
    return {
        "id": f"id-{name}",
        "displayName": name,
        "uniqueName": f"{name}@harbour.example",
        "descriptor": f"{prefix}.{name}",
    }


def attempt(number: int, *, deployment: int, at: float, status: str = "succeeded", **more: Any) -> Json:
    """One entry of deploySteps that finished at `at`."""
    return {
        "id": deployment * 10,
        "deploymentId": deployment,
        "attempt": number,
        "reason": "automated",
        "status": status,
        "operationStatus": "Approved" if status == "succeeded" else "PhaseFailed",
        "queuedOn": moment(at - 5),
        "lastModifiedOn": moment(at),
        "requestedBy": person("release service", prefix="s2s"),
        "requestedFor": person("aino"),
        "releaseDeployPhases": [],
        **more,
    }


def phase(number: int, *tasks: Json, at: float = 0) -> Json:
    """One phase with one job."""
    jobs = [{"job": {"id": 99, "name": "Agent job"}, "tasks": list(tasks)}]
    return {"id": number, "name": "Agent job", "rank": 1, "startedOn": moment(at), "deploymentJobs": jobs}


def task(number: int, name: str, *, status: str = "succeeded", **more: Any) -> Json:
    """One task."""
    return {"id": number, "name": name, "rank": number, "status": status, "issues": [], **more}


def approval(number: int, *, status: str = "approved", at: float = 0, **more: Any) -> Json:
    """One approval before deployment."""
    return {
        "id": number,
        "approvalType": "preDeploy",
        "status": status,
        "attempt": 1,
        "rank": 1,
        "isAutomated": False,
        "createdOn": moment(at),
        "modifiedOn": moment(at),
        "approver": person("quality", prefix="vssgp"),
        "approvedBy": person("veikko"),
        **more,
    }


def stage(number: int, *attempts: Json, of: int, name: str = "DEV TEST", **more: Any) -> Json:
    """One environment; `of` is its number in the definition."""
    return {
        "id": number,
        "definitionEnvironmentId": of,
        "name": name,
        "rank": of,
        "status": "succeeded",
        "conditions": [{"name": "ReleaseStarted", "conditionType": "event", "value": ""}],
        "variables": {},
        "preDeployApprovals": [],
        "postDeployApprovals": [],
        "deploySteps": list(attempts),
        "createdOn": moment(0),
        **more,
    }


def artifact(alias: str, *, type_: str, name: str, version: str, triggering: bool = False, **references: str) -> Json:
    """One artifact with its references."""
    told = {key: {"id": value, "name": value} for key, value in references.items()}
    told |= {"definition": {"id": "7", "name": name}, "version": {"id": version, "name": version}}
    if triggering:
        told["IsTriggeringArtifact"] = {"id": "True", "name": "True"}
    return {"alias": alias, "type": type_, "sourceId": f"source:{name}", "definitionReference": told}


def artifacts(version: str) -> list[Json]:
    """The running example's three artifacts at one version."""
    return [
        artifact("Learn_MLOps", type_="Git", name="Learn_MLOps", version="e04d5aa", branch="refs/heads/main"),
        artifact("model", type_="AzureMLModel", name="support-vector-classifier", version=version, triggering=True),
        artifact("scaler", type_="AzureMLModel", name="scaler", version=version),
    ]


def release(number: int, *stages: Json, at: float = 0, version: str = "1", definition: int = 1, **more: Any) -> Json:
    """One release of the pipeline `definition`."""
    return {
        "id": number,
        "name": f"Release-{number}",
        "status": "active",
        "reason": "continuousIntegration",
        "createdOn": moment(at),
        "modifiedOn": moment(at),
        "createdBy": person("aino"),
        "createdFor": person("aino"),
        "modifiedBy": person("aino"),
        "releaseDefinition": {"id": definition, "name": f"Pipeline {definition}", "path": "\\"},
        "releaseDefinitionRevision": 3,
        "definitionSnapshotRevision": 1,
        "description": "",
        "variables": {"region": {"value": "northeurope"}},
        "tags": [],
        "artifacts": artifacts(version),
        "environments": list(stages),
        **more,
    }


def two_stages(number: int, **more: Any) -> Json:
    """A release that went through both stages, an hour after the one with the number before it."""
    at = number * 60.0
    first = stage(number * 10 + 1, attempt(1, deployment=number * 10 + 1, at=at + 10), of=1)
    approvals = [approval(number * 10 + 1, at=at + 12)]
    last = stage(number * 10 + 2, attempt(1, deployment=number * 10 + 2, at=at + 20), of=2, name="PROD")
    last["preDeployApprovals"] = approvals
    last["conditions"] = [{"name": "DEV TEST", "conditionType": "environmentState", "value": "4"}]
    return release(number, first, last, at=at, **{"version": str(number), **more})


def item(told: Json | bytes) -> Item[ReleaseAnswer]:
    """The release as the edge hands it over."""
    raw = told if isinstance(told, bytes) else json.dumps(told).encode()
    read = read_item(raw, ReleaseAnswer, noun="release")
    assert not isinstance(read, Malformed), read.reason
    return read


def items(*told: Json) -> list[Item[ReleaseAnswer]]:
    """Several of them."""
    return [item(one) for one in told]
