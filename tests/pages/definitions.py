"""Definitions as Azure DevOps stores them, for the tests of the pipeline page."""

from typing import Any

from releases.models import Pipeline, PipelineRevision
from tests.factories import NOON

QA = {"id": "qa-group", "displayName": "QA approvers", "isContainer": True}
AYLA = {"id": "ayla", "displayName": "Ayla Demir", "uniqueName": "ayla@harbour.example"}
OWN = {"id": "svc-slipway", "displayName": "svc-slipway"}
NOBODY = {"approvals": [{"rank": 1, "isAutomated": True, "id": 1}], "approvalOptions": {}}


def asking(*people: Any, required: Any = None) -> dict[str, Any]:
    """A stage's approvals by these people."""
    approvals = [{"rank": 1, "isAutomated": False, "approver": one} for one in people]
    return {"approvals": approvals, "approvalOptions": {"requiredApproverCount": required}}


def stage(number: int, name: str, *, before: Any = NOBODY, after: Any = NOBODY, **more: Any) -> dict[str, Any]:
    """One stage of a definition."""
    return {"id": number, "name": name, "preDeployApprovals": before, "postDeployApprovals": after, **more}


def artifact(alias: str, type_: str, name: Any, **more: Any) -> dict[str, Any]:
    """One artifact of a definition."""
    reference = {"definition": {"id": "1", "name": name}, **more}
    return {"alias": alias, "type": type_, "definitionReference": reference}


def revision(pipeline: Pipeline, document: Any, *, number: int = 0, **fields: Any) -> PipelineRevision:
    """A stored revision; by default the pipeline's own."""
    return PipelineRevision.objects.create(
        pipeline=pipeline, revision=number or pipeline.revision, document=document, changed_on=NOON, **fields
    )
