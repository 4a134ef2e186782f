"""The approvals of a stage of a release as rows. Pure."""

from typing import Any

import msgspec

from releases.azure.answers import ApprovalAnswer, ApprovalHistoryAnswer, StageAnswer
from releases.sync.mapping.known import Known
from releases.sync.mapping.tables import Row


def approval_rows(stage: StageAnswer, known: Known) -> dict[int, Row]:
    """By Azure's id: the rows of a stage's approvals, their release stage still missing."""
    rows = {one.id: _approval(one, known, type_="preDeploy") for one in stage.pre_deploy_approvals}
    rows |= {one.id: _approval(one, known, type_="postDeploy") for one in stage.post_deploy_approvals}
    return rows


def _approval(approval: ApprovalAnswer, known: Known, *, type_: str) -> Row:
    return [
        known.project,
        approval.id,
        None,
        approval.attempt,
        approval.approval_type or type_,
        approval.rank,
        approval.status,
        approval.is_automated,
        known.identity(approval.approver),
        known.identity(approval.approved_by),
        approval.comments,
        [_turn(one) for one in approval.history],
        approval.created_on,
        approval.modified_on,
    ]


def _turn(turn: ApprovalHistoryAnswer) -> dict[str, Any]:
    """One earlier turn in plain JSON; people by name, for they are shown and never compared."""
    plain: dict[str, Any] = msgspec.to_builtins(turn)
    for key, value in plain.items():
        if isinstance(value, dict):
            plain[key] = value.get("displayName") or value.get("uniqueName") or ""
    return plain
