"""The nouns of the domain, one module per group. What one row means stands in each model's docstring."""

from releases.models.audit import AuditEvent, AuditPrivate
from releases.models.catalog import (
    ArtifactRule,
    Organization,
    Pipeline,
    PipelineRevision,
    Project,
    RoleUpdate,
    Stage,
    Trigger,
    Workspace,
)
from releases.models.changes import Commit, ReleaseCommit, ReleaseWorkItem, WorkItem
from releases.models.checkpoints import AuditCheckpoint, AuditCheckpointCopy, AuditVerification, LegalHold
from releases.models.commands import Command, CommandMove, ReleaseFlag
from releases.models.history import (
    Approval,
    Artifact,
    Deployment,
    Release,
    ReleaseStage,
    Step,
)
from releases.models.inquiry import Inquiry
from releases.models.live import LiveSpan
from releases.models.logs import StepLog, StepLogPart
from releases.models.people import ApiKey, Identity, Invitation, Membership, SavedView, User
from releases.models.registry import ModelVersion, TrainingRun
from releases.models.serving import (
    Cluster,
    Drift,
    Endpoint,
    EndpointCheck,
    EndpointDeployment,
    EndpointRule,
    HealthSample,
    StageBinding,
)
from releases.models.sync import SetAside, SourceDocument, SyncGap, SyncManifest, SyncRun, Watermark
from releases.models.text import ReleaseText

__all__ = [
    "ApiKey",
    "Approval",
    "Artifact",
    "ArtifactRule",
    "AuditCheckpoint",
    "AuditCheckpointCopy",
    "AuditEvent",
    "AuditPrivate",
    "AuditVerification",
    "Cluster",
    "Command",
    "CommandMove",
    "Commit",
    "Deployment",
    "Drift",
    "Endpoint",
    "EndpointCheck",
    "EndpointDeployment",
    "EndpointRule",
    "HealthSample",
    "Identity",
    "Inquiry",
    "Invitation",
    "LegalHold",
    "LiveSpan",
    "Membership",
    "ModelVersion",
    "Organization",
    "Pipeline",
    "PipelineRevision",
    "Project",
    "Release",
    "ReleaseCommit",
    "ReleaseFlag",
    "ReleaseStage",
    "ReleaseText",
    "ReleaseWorkItem",
    "RoleUpdate",
    "SavedView",
    "SetAside",
    "SourceDocument",
    "Stage",
    "StageBinding",
    "Step",
    "StepLog",
    "StepLogPart",
    "SyncGap",
    "SyncManifest",
    "SyncRun",
    "TrainingRun",
    "Trigger",
    "User",
    "Watermark",
    "WorkItem",
    "Workspace",
]
