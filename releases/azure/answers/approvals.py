"""Approvals and manual interventions as Azure DevOps tells them."""

from msgspec import field

from releases.azure.answers.base import Answer, Flag, Many, Moment, Number, Text
from releases.azure.answers.common import ApprovalHistoryAnswer, IdentityAnswer, Reference
from releases.azure.answers.words import ApprovalStatusWord, ApprovalTypeWord, InterventionStatusWord


class ApprovalAnswer(Answer):
    """One approval of one attempt. Automated ones have no `approver`; for a group `approved_by` is the person."""

    id: int
    revision: Number = 0
    approval_type: ApprovalTypeWord = ""
    status: ApprovalStatusWord = ""
    created_on: Moment = None
    modified_on: Moment = None
    approver: IdentityAnswer | None = None
    approved_by: IdentityAnswer | None = None
    comments: Text = ""
    is_automated: Flag = False
    attempt: Number = 1
    trial_number: Number = 0
    rank: Number = 0
    history: Many[ApprovalHistoryAnswer] = field(default_factory=list)


class WaitingApprovalAnswer(ApprovalAnswer):
    """An approval as the list of them tells it: with what it stands on. Within a release, that says nothing new."""

    release: Reference | None = None
    release_definition: Reference | None = None
    release_environment: Reference | None = None


class ManualInterventionAnswer(Answer):
    """One pause of an attempt that waits for a person to resume or refuse it."""

    id: int
    name: Text = ""
    instructions: Text = ""
    status: InterventionStatusWord = ""
    approver: IdentityAnswer | None = None
    comments: Text = ""
    created_on: Moment = None
    modified_on: Moment = None
