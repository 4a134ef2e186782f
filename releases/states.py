"""The words Azure and Slipway use for states, and what each means for us. Standard library only.

Azure's own words are compared without regard to case: real answers say "Approved" where the specification says
"approved". Unknown words are kept as they came.
"""

from enum import StrEnum


class ReleaseStatus(StrEnum):
    """`release.status`."""

    UNDEFINED = "undefined"
    DRAFT = "draft"
    ACTIVE = "active"
    ABANDONED = "abandoned"


class StageStatus(StrEnum):
    """`environment.status`. There is no "failed": a failed deployment and a refused approval are both `rejected`."""

    UNDEFINED = "undefined"
    NOT_STARTED = "notStarted"
    IN_PROGRESS = "inProgress"
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"
    REJECTED = "rejected"
    QUEUED = "queued"
    SCHEDULED = "scheduled"
    PARTIALLY_SUCCEEDED = "partiallySucceeded"


class DeploymentStatus(StrEnum):
    """`deployStep.status` and `deployment.deploymentStatus`."""

    UNDEFINED = "undefined"
    NOT_DEPLOYED = "notDeployed"
    IN_PROGRESS = "inProgress"
    SUCCEEDED = "succeeded"
    PARTIALLY_SUCCEEDED = "partiallySucceeded"
    FAILED = "failed"


class ApprovalStatus(StrEnum):
    """`approval.status`."""

    UNDEFINED = "undefined"
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    REASSIGNED = "reassigned"
    CANCELED = "canceled"
    SKIPPED = "skipped"


class ArtifactRole(StrEnum):
    """What an artifact is to the team; decided by `ArtifactRule`s."""

    MODEL = "model"
    SCALER = "scaler"
    CODE = "code"
    BUILD = "build"
    OTHER = "other"


class TriggerKind(StrEnum):
    """Why a release was created."""

    PUSH = "push"
    MODEL = "model"
    BUILD = "build"
    SCHEDULE = "schedule"
    MANUAL = "manual"
    PULL_REQUEST = "pull_request"
    CONTAINER = "container"
    PACKAGE = "package"
    UNKNOWN = "unknown"


class Depth(StrEnum):
    """How much of a release was read: a list page, or the release itself with steps and approval history."""

    LISTED = "listed"
    DETAILED = "detailed"


class Role(StrEnum):
    """What a member may do in a project."""

    QA = "qa"
    OPERATOR = "operator"
    MANAGER = "manager"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class IdentityKind(StrEnum):
    """A person fills seats and conflicts; a service does neither; unknown means nobody could tell yet."""

    PERSON = "person"
    SERVICE = "service"
    UNKNOWN = "unknown"


class SyncRunState(StrEnum):
    """Where a sync run stands. `paused` waits for a person (credential, permission); `stopped` goes on by itself."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    PAUSED = "paused"
    STOPPED = "stopped"


class ServingState(StrEnum):
    """What a look at an endpoint came to. `idle`: there, but nothing has traffic; `unreadable`: Azure would not say."""

    SERVING = "serving"
    IDLE = "idle"
    UNREADABLE = "unreadable"
    GONE = "gone"


class BindingOrigin(StrEnum):
    """How it is known where a stage is served: a person said so, or it follows from settings, a tag or a name."""

    PERSON = "person"
    SETTINGS = "settings"
    TAG = "tag"
    NAME = "name"


LIVE_STATUSES = frozenset({DeploymentStatus.SUCCEEDED, DeploymentStatus.PARTIALLY_SUCCEEDED})
"""Attempts that put a release live (decision 7)."""

UNFINISHED_STAGE_STATUSES = frozenset({StageStatus.IN_PROGRESS, StageStatus.QUEUED, StageStatus.SCHEDULED})
"""With a pending approval, what makes a release unfinished (decision 2)."""

FINISHED_DEPLOYMENT_STATUSES = frozenset(
    {DeploymentStatus.SUCCEEDED, DeploymentStatus.PARTIALLY_SUCCEEDED, DeploymentStatus.FAILED}
)
"""Attempts that will not change any more."""
