"""Release definitions and their revisions. What only passes through (triggers, conditions) stays Azure's own JSON."""

from typing import Any

from msgspec import field

from releases.azure.answers.artifacts import ArtifactAnswer
from releases.azure.answers.base import Answer, Flag, Many, Mapped, Moment, Number, Text
from releases.azure.answers.common import IdentityAnswer, Reference, web_link


class ApprovalStepAnswer(Answer):
    """One approver that a definition asks for; an automated step has none."""

    id: Number = 0
    rank: Number = 0
    is_automated: Flag = False
    approver: IdentityAnswer | None = None


class ApprovalOptionsAnswer(Answer):
    """How a stage's approvals work. `required_approver_count` 0 means all; `timeout_in_minutes` 0 means 30 days."""

    required_approver_count: Number = 0
    release_creator_can_be_approver: Flag = False
    auto_triggered_and_previous_environment_approved_can_be_skipped: Flag = False
    enforce_identity_revalidation: Flag = False
    timeout_in_minutes: Number = 0
    execution_order: Text = ""


class StageApprovalsAnswer(Answer):
    """The approvals before or after a stage of a definition."""

    approvals: Many[ApprovalStepAnswer] = field(default_factory=list)
    approval_options: ApprovalOptionsAnswer | None = None


class DefinitionStageAnswer(Answer):
    """One stage of a definition (`environment`); its `id` is the definitionEnvironmentId of releases."""

    id: int
    name: str
    rank: Number = 0
    owner: IdentityAnswer | None = None
    conditions: Many[dict[str, Any]] = field(default_factory=list)
    schedules: Many[dict[str, Any]] = field(default_factory=list)
    environment_triggers: Many[dict[str, Any]] = field(default_factory=list)
    pre_deploy_approvals: StageApprovalsAnswer | None = None
    post_deploy_approvals: StageApprovalsAnswer | None = None
    current_release: Reference | None = None


class DefinitionAnswer(Answer):
    """One revision of a definition. `environments`, `artifacts`, `triggers` are None when the answer has no such key.

    Each trigger is Azure's JSON; `answers.TRIGGER_TYPE.read(trigger.get("triggerType"))` names its kind.
    """

    id: int
    name: str
    revision: Number = 0
    path: Text = ""
    description: Text = ""
    comment: Text = ""
    release_name_format: Text = ""
    is_deleted: Flag = False
    created_on: Moment = None
    modified_on: Moment = None
    created_by: IdentityAnswer | None = None
    modified_by: IdentityAnswer | None = None
    tags: Many[str] = field(default_factory=list)
    variables: Mapped[str, Any] = field(default_factory=dict)
    environments: list[DefinitionStageAnswer] | None = None
    artifacts: list[ArtifactAnswer] | None = None
    triggers: list[dict[str, Any]] | None = None
    links: Mapped[str, Any] = field(default_factory=dict, name="_links")

    @property
    def web_url(self) -> str:
        """Its page in Azure DevOps as Azure names it; unchecked."""
        return web_link(self.links)


class DefinitionRevisionAnswer(Answer):
    """One line of a definition's history: who changed it when, and what they wrote."""

    revision: int
    definition_id: Number = 0
    changed_date: Moment = None
    changed_by: IdentityAnswer | None = None
    change_type: Text = ""
    comment: Text = ""
