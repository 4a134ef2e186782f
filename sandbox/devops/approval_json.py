"""Renders approvals and approval rules."""

from sandbox.company.pipelines import ApprovalRule
from sandbox.company.releases import Approval, Environment
from sandbox.devops.words import Json, Links, identity, stamp


def approval_json(links: Links, env: Environment, approval: Approval, *, with_history: bool = False) -> Json:
    """One approval. Automated ones have no `approver` key at all."""
    body: Json = {"id": approval.id, "revision": approval.revision}
    if approval.approver is not None:
        body["approver"] = identity(links, approval.approver)
    if approval.approved_by is not None:
        body["approvedBy"] = identity(links, approval.approved_by)
    body |= {
        "approvalType": approval.type,
        "createdOn": stamp(approval.created_on),
        "modifiedOn": stamp(approval.modified_on),
        "status": approval.status,
        "comments": approval.comments,
        "isAutomated": approval.is_automated,
        "isNotificationOn": not approval.is_automated,
        "trialNumber": 1,
        "attempt": approval.attempt,
        "rank": approval.rank,
    }
    if with_history:
        body["history"] = [
            {
                "revision": number + 1,
                "approver": identity(links, before),
                "changedBy": identity(links, by),
                "createdOn": stamp(approval.created_on),
                "modifiedOn": stamp(moment),
                "comments": comment,
            }
            for number, (before, by, moment, comment) in enumerate(approval.history)
        ]
    return body | references(links, env) | {"url": f"{links.release_area}/approvals/{approval.id}"}


def references(links: Links, env: Environment) -> Json:
    """Which release, definition and stage something belongs to, in their short form."""
    release = env.release
    return {
        "release": {"id": release.id, "name": release.name, "url": links.release(release.id), "_links": {}},
        "releaseDefinition": {
            "id": release.pipeline.id,
            "name": release.revision.name,
            "path": release.pipeline.path,
            "projectReference": None,
            "url": links.definition(release.pipeline.id),
            "_links": {},
        },
        "releaseEnvironment": {
            "id": env.id,
            "name": env.spec.name,
            "url": f"{links.release(release.id)}/environments/{env.id}",
            "_links": {},
        },
    }


def rule_json(links: Links, rule: ApprovalRule, *, after: bool = False, first_id: int = 0) -> Json:
    """The approvals a stage asks for and their options."""
    approvals: list[Json] = [
        {
            "rank": seat.rank,
            "isAutomated": False,
            "isNotificationOn": False,
            "approver": identity(links, seat.approver),
            "id": first_id + number if first_id else 0,
        }
        for number, seat in enumerate(rule.seats)
    ]
    automated = {"rank": 1, "isAutomated": True, "isNotificationOn": False, "id": first_id}
    return {
        "approvals": approvals or [automated],
        "approvalOptions": {
            "requiredApproverCount": rule.required,
            "releaseCreatorCanBeApprover": rule.creator_may_approve,
            "autoTriggeredAndPreviousEnvironmentApprovedCanBeSkipped": rule.skip_after_earlier_stage,
            "enforceIdentityRevalidation": False,
            "timeoutInMinutes": rule.timeout_minutes,
            "executionOrder": "afterSuccessfulGates" if after else "beforeGates",
        },
    }
