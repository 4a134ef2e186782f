"""A release with its stages, as a list page or the release itself tells it."""

from typing import Any

from msgspec import field

from releases.azure.answers.approvals import ApprovalAnswer
from releases.azure.answers.artifacts import ArtifactAnswer
from releases.azure.answers.attempts import AttemptAnswer
from releases.azure.answers.base import Answer, Flag, Many, Mapped, Moment, Number, Text
from releases.azure.answers.common import IdentityAnswer, ProjectReference, Reference, web_link
from releases.azure.answers.words import ReleaseReasonWord, ReleaseStatusWord, StageStatusWord


class StageAnswer(Answer):
    """One stage of a release (`environment`). `conditions`, `schedules` and `variables` are Azure's own JSON."""

    id: int
    name: str
    definition_environment_id: Number = 0
    release_id: Number = 0
    rank: Number = 0
    status: StageStatusWord = ""
    trigger_reason: Text = ""
    created_on: Moment = None
    modified_on: Moment = None
    scheduled_deployment_time: Moment = None
    next_scheduled_utc_time: Moment = None
    conditions: Many[dict[str, Any]] = field(default_factory=list)
    schedules: Many[dict[str, Any]] = field(default_factory=list)
    variables: Mapped[str, Any] = field(default_factory=dict)
    pre_deploy_approvals: Many[ApprovalAnswer] = field(default_factory=list)
    post_deploy_approvals: Many[ApprovalAnswer] = field(default_factory=list)
    deploy_steps: Many[AttemptAnswer] = field(default_factory=list)


class ReleaseAnswer(Answer):
    """One release. `environments` and `artifacts` are None when the answer did not carry them at all.

    `modified_on` does not move when stages do. A definition that a release names may be gone.
    """

    id: int
    name: str
    release_definition: Reference
    created_on: Moment
    status: ReleaseStatusWord = ""
    reason: ReleaseReasonWord = ""
    description: Text = ""
    modified_on: Moment = None
    created_by: IdentityAnswer | None = None
    created_for: IdentityAnswer | None = None
    modified_by: IdentityAnswer | None = None
    release_definition_revision: Number = 0
    definition_snapshot_revision: Number = 0
    triggering_artifact_alias: Text = ""
    keep_forever: Flag = False
    tags: Many[str] = field(default_factory=list)
    variables: Mapped[str, Any] = field(default_factory=dict)
    environments: list[StageAnswer] | None = None
    artifacts: list[ArtifactAnswer] | None = None
    project_reference: ProjectReference | None = None
    links: Mapped[str, Any] = field(default_factory=dict, name="_links")

    @property
    def web_url(self) -> str:
        """Its page in Azure DevOps as Azure names it; unchecked."""
        return web_link(self.links)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.created_on is None:
            raise ValueError("createdOn has no value")
        if not self.release_definition.id:
            raise ValueError("releaseDefinition has no id")
