"""Typed answers of Azure DevOps and Azure ML: Azure's meaning, our spelling.

Made by `releases.azure.devops` and `releases.azure.ml`, read by `releases.sync`. They know no models and make no calls.
"""

from releases.azure.answers.approvals import ApprovalAnswer, ManualInterventionAnswer, WaitingApprovalAnswer
from releases.azure.answers.artifacts import ArtifactAnswer, ReferenceValue
from releases.azure.answers.attempts import (
    AttemptAnswer,
    DeploymentAnswer,
    GatesAnswer,
    IgnoredGateAnswer,
    JobAnswer,
    PhaseAnswer,
    TaskAnswer,
)
from releases.azure.answers.base import Answer
from releases.azure.answers.changes import ChangeAnswer, WorkItemAnswer
from releases.azure.answers.common import (
    ApprovalHistoryAnswer,
    HistoryAnswer,
    IdentityAnswer,
    IssueAnswer,
    ProjectReference,
    Reference,
)
from releases.azure.answers.definition import (
    ApprovalOptionsAnswer,
    ApprovalStepAnswer,
    DefinitionAnswer,
    DefinitionRevisionAnswer,
    DefinitionStageAnswer,
    StageApprovalsAnswer,
)
from releases.azure.answers.organization import ConnectionDataAnswer, OwnIdentityAnswer, ProjectAnswer
from releases.azure.answers.pages import Item, Malformed, Page
from releases.azure.answers.registry import (
    ModelAnswer,
    ModelVersionAnswer,
    RunAnswer,
    TrainingJobAnswer,
    WorkspaceAnswer,
)
from releases.azure.answers.release import ReleaseAnswer, StageAnswer
from releases.azure.answers.serving import ComputeAnswer, EndpointAnswer, EndpointDeploymentAnswer
from releases.azure.answers.sheets import Line, Sheet, Unread, read_line, taken_apart
from releases.azure.answers.versions import OfferedVersionAnswer, VersionsOffered
from releases.azure.answers.words import CONDITION_TYPE, TRIGGER_TYPE, Vocabulary

__all__ = [
    "CONDITION_TYPE",
    "TRIGGER_TYPE",
    "Answer",
    "ApprovalAnswer",
    "ApprovalHistoryAnswer",
    "ApprovalOptionsAnswer",
    "ApprovalStepAnswer",
    "ArtifactAnswer",
    "AttemptAnswer",
    "ChangeAnswer",
    "ComputeAnswer",
    "ConnectionDataAnswer",
    "DefinitionAnswer",
    "DefinitionRevisionAnswer",
    "DefinitionStageAnswer",
    "DeploymentAnswer",
    "EndpointAnswer",
    "EndpointDeploymentAnswer",
    "GatesAnswer",
    "HistoryAnswer",
    "IdentityAnswer",
    "IgnoredGateAnswer",
    "IssueAnswer",
    "Item",
    "JobAnswer",
    "Line",
    "Malformed",
    "ManualInterventionAnswer",
    "ModelAnswer",
    "ModelVersionAnswer",
    "OfferedVersionAnswer",
    "OwnIdentityAnswer",
    "Page",
    "PhaseAnswer",
    "ProjectAnswer",
    "ProjectReference",
    "Reference",
    "ReferenceValue",
    "ReleaseAnswer",
    "RunAnswer",
    "Sheet",
    "StageAnswer",
    "StageApprovalsAnswer",
    "TaskAnswer",
    "TrainingJobAnswer",
    "Unread",
    "VersionsOffered",
    "Vocabulary",
    "WaitingApprovalAnswer",
    "WorkItemAnswer",
    "WorkspaceAnswer",
    "read_line",
    "taken_apart",
]
