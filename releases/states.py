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


class CommandKind(StrEnum):
    """What Slipway asks Azure to do. `deploy` is a stage's first attempt, `redeploy` every later one."""

    DEPLOY = "deploy"
    REDEPLOY = "redeploy"
    CANCEL = "cancel"
    ABANDON = "abandon"
    CREATE = "create"
    START = "start"
    TRIGGER = "trigger"
    ATTACH_CLUSTER = "attach_cluster"


class CommandState(StrEnum):
    """Where a command stands (decision 16)."""

    AUTHORISED = "authorised"
    HELD = "held"
    SENDING = "sending"
    UNKNOWN = "unknown"
    NEEDS_ATTENTION = "needs_attention"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    SUPERSEDED = "superseded"
    CONFLICT = "conflict"
    CANCELLED = "cancelled"


class CommandCode(StrEnum):
    """Why a command stands where it does."""

    FROZEN = "frozen"
    ROLE_LOST = "role_lost"
    NEEDS_REAUTHORISATION = "needs_reauthorisation"
    FLAGGED = "flagged"
    CHECKS_STALE = "checks_stale"
    SENDING_STOPPED = "sending_stopped"
    PERMISSION_MISSING = "permission_missing"
    UNDER_WAY = "under_way"
    NO_ANSWER = "no_answer"
    WORKER_LOST = "worker_lost"
    ACCEPTED_WITHOUT_EFFECT = "accepted_without_effect"
    DEAD = "dead"
    AMBIGUOUS = "ambiguous"
    DONE = "done"
    WAITING_FOR_OTHERS = "waiting_for_others"
    REJECTED_BY_AZURE = "rejected_by_azure"
    STALE = "stale"
    SAME_RESULT_BY = "same_result_by"
    OPPOSITE_RESULT_BY = "opposite_result_by"
    TARGET_CHANGED = "target_changed"
    BY_AUTHOR = "by_author"
    EXPIRED = "expired"


_S = CommandState
COMMAND_MOVES: dict[CommandState, frozenset[CommandState]] = {
    _S.AUTHORISED: frozenset(
        {_S.SENDING, _S.HELD, _S.CANCELLED, _S.REFUSED, _S.SUPERSEDED, _S.CONFLICT, _S.NEEDS_ATTENTION}
    ),
    _S.HELD: frozenset({_S.AUTHORISED, _S.CANCELLED}),
    _S.SENDING: frozenset({_S.CONFIRMED, _S.UNKNOWN, _S.REFUSED, _S.HELD, _S.AUTHORISED}),
    _S.UNKNOWN: frozenset({_S.CONFIRMED, _S.SUPERSEDED, _S.CONFLICT, _S.AUTHORISED, _S.NEEDS_ATTENTION}),
    _S.NEEDS_ATTENTION: frozenset({_S.UNKNOWN, _S.AUTHORISED, _S.CONFIRMED, _S.CANCELLED}),
    _S.CONFIRMED: frozenset(),
    _S.REFUSED: frozenset(),
    _S.SUPERSEDED: frozenset(),
    _S.CONFLICT: frozenset(),
    _S.CANCELLED: frozenset(),
}
"""Every legal move of a command. A 403 holds it also while it is sent; what surely never left may be sent again."""

FINAL_COMMAND_STATES = frozenset(state for state, onward in COMMAND_MOVES.items() if not onward)
OPEN_COMMAND_STATES = frozenset(COMMAND_MOVES) - FINAL_COMMAND_STATES

_C = CommandCode
COMMAND_CODES: dict[CommandState, frozenset[CommandCode]] = {
    _S.AUTHORISED: frozenset(),
    _S.HELD: frozenset(
        {
            _C.FROZEN,
            _C.ROLE_LOST,
            _C.NEEDS_REAUTHORISATION,
            _C.FLAGGED,
            _C.CHECKS_STALE,
            _C.SENDING_STOPPED,
            _C.PERMISSION_MISSING,
        }
    ),
    _S.SENDING: frozenset({_C.UNDER_WAY}),
    _S.UNKNOWN: frozenset({_C.NO_ANSWER, _C.WORKER_LOST, _C.ACCEPTED_WITHOUT_EFFECT}),
    _S.NEEDS_ATTENTION: frozenset({_C.DEAD, _C.AMBIGUOUS, _C.ACCEPTED_WITHOUT_EFFECT}),
    _S.CONFIRMED: frozenset({_C.DONE, _C.WAITING_FOR_OTHERS}),
    _S.REFUSED: frozenset({_C.REJECTED_BY_AZURE, _C.STALE}),
    _S.SUPERSEDED: frozenset({_C.SAME_RESULT_BY}),
    _S.CONFLICT: frozenset({_C.OPPOSITE_RESULT_BY, _C.TARGET_CHANGED}),
    _S.CANCELLED: frozenset({_C.BY_AUTHOR, _C.EXPIRED}),
}
"""The reasons a command may have in each state."""

LIVE_STATUSES = frozenset({DeploymentStatus.SUCCEEDED, DeploymentStatus.PARTIALLY_SUCCEEDED})
"""Attempts that put a release live (decision 7)."""

UNFINISHED_STAGE_STATUSES = frozenset({StageStatus.IN_PROGRESS, StageStatus.QUEUED, StageStatus.SCHEDULED})
"""With a pending approval, what makes a release unfinished (decision 2)."""

FINISHED_DEPLOYMENT_STATUSES = frozenset(
    {DeploymentStatus.SUCCEEDED, DeploymentStatus.PARTIALLY_SUCCEEDED, DeploymentStatus.FAILED}
)
"""Attempts that will not change any more."""
