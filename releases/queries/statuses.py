"""The one word that says how a stage, an attempt, a step or an approval stands, from Azure's several.

Pages and the API show these words; the words Azure used stay in the rows beside them. Pure functions of values.
"""

from enum import StrEnum

from releases.states import ApprovalStatus, DeploymentStatus, ReleaseStatus, StageStatus


class Word(StrEnum):
    """What people read; the design gives each its icon and hue."""

    SUCCEEDED = "succeeded"
    PARTLY = "partly_succeeded"
    RUNNING = "running"
    QUEUED = "queued"
    SCHEDULED = "scheduled"
    WAITING = "waiting"
    FAILED = "failed"
    REJECTED = "rejected"
    CANCELED = "canceled"
    ABANDONED = "abandoned"
    SKIPPED = "skipped"
    NOT_STARTED = "not_started"
    DRAFT = "draft"
    UNKNOWN = "unknown"
    UNCERTAIN = "uncertain"
    APPROVED = "approved"
    REASSIGNED = "reassigned"
    DRIFT = "drift"


NEEDS_A_LOOK = frozenset({Word.FAILED, Word.REJECTED, Word.DRIFT, Word.WAITING, Word.UNCERTAIN})
"""What a pipeline is put first for."""

ORDER_OF_CONCERN = (
    Word.FAILED,
    Word.REJECTED,
    Word.DRIFT,
    Word.UNCERTAIN,
    Word.WAITING,
    Word.RUNNING,
    Word.QUEUED,
    Word.SCHEDULED,
    Word.PARTLY,
    Word.CANCELED,
    Word.SUCCEEDED,
    Word.NOT_STARTED,
    Word.UNKNOWN,
)
"""Worst first: the word of a whole pipeline or release is the first of these among its stages."""

OF_STAGE: dict[str, Word] = {
    StageStatus.NOT_STARTED: Word.NOT_STARTED,
    StageStatus.IN_PROGRESS: Word.RUNNING,
    StageStatus.SUCCEEDED: Word.SUCCEEDED,
    StageStatus.PARTIALLY_SUCCEEDED: Word.PARTLY,
    StageStatus.CANCELED: Word.CANCELED,
    StageStatus.REJECTED: Word.FAILED,
    StageStatus.QUEUED: Word.QUEUED,
    StageStatus.SCHEDULED: Word.SCHEDULED,
}
OF_DEPLOYMENT: dict[str, Word] = {
    DeploymentStatus.SUCCEEDED: Word.SUCCEEDED,
    DeploymentStatus.PARTIALLY_SUCCEEDED: Word.PARTLY,
    DeploymentStatus.FAILED: Word.FAILED,
    DeploymentStatus.IN_PROGRESS: Word.RUNNING,
}
OF_OPERATION = {
    "rejected": Word.REJECTED,
    "canceled": Word.CANCELED,
    "cancelling": Word.CANCELED,
    "scheduled": Word.SCHEDULED,
    "deferred": Word.SCHEDULED,
    "pending": Word.WAITING,
    "manualinterventionpending": Word.WAITING,
    "phasefailed": Word.FAILED,
    "gatefailed": Word.FAILED,
    "phasecanceled": Word.CANCELED,
}
OF_STEP = {
    "pending": Word.NOT_STARTED,
    "inprogress": Word.RUNNING,
    "success": Word.SUCCEEDED,
    "succeeded": Word.SUCCEEDED,
    "failure": Word.FAILED,
    "failed": Word.FAILED,
    "canceled": Word.CANCELED,
    "skipped": Word.SKIPPED,
    "partiallysucceeded": Word.PARTLY,
}
OF_APPROVAL: dict[str, Word] = {
    ApprovalStatus.PENDING: Word.WAITING,
    ApprovalStatus.APPROVED: Word.APPROVED,
    ApprovalStatus.REJECTED: Word.REJECTED,
    ApprovalStatus.REASSIGNED: Word.REASSIGNED,
    ApprovalStatus.CANCELED: Word.CANCELED,
    ApprovalStatus.SKIPPED: Word.SKIPPED,
}


def stage_word(status: str, *, release_status: str, is_waiting: bool = False, was_refused: bool = False) -> Word:
    """A stage of one release. Azure's `rejected` is a failed deployment unless a person refused an approval."""
    word = OF_STAGE.get(status, Word.UNKNOWN)
    if word is Word.FAILED and was_refused:
        return Word.REJECTED
    if word in {Word.NOT_STARTED, Word.RUNNING, Word.QUEUED, Word.SCHEDULED} and is_waiting:
        return Word.WAITING
    if word is Word.NOT_STARTED and release_status == ReleaseStatus.ABANDONED:
        return Word.SKIPPED
    return word


def attempt_word(status: str, *, operation: str, is_waiting: bool = False, was_refused: bool = False) -> Word:
    """One attempt. `notDeployed` says nothing by itself: the operation status and its approvals tell why."""
    if word := OF_DEPLOYMENT.get(status):
        if word is Word.FAILED and was_refused:
            return Word.REJECTED
        return Word.WAITING if word is Word.RUNNING and is_waiting else word
    if was_refused:
        return Word.REJECTED
    if is_waiting:
        return Word.WAITING
    operation = operation.lower()
    return Word.QUEUED if operation.startswith("queued") else OF_OPERATION.get(operation, Word.NOT_STARTED)


def step_word(status: str) -> Word:
    """One step; Azure's words for tasks differ from those for stages, and an unknown one stays unknown."""
    return OF_STEP.get(status.lower(), Word.UNKNOWN)


def approval_word(status: str) -> Word:
    """One approval."""
    return OF_APPROVAL.get(status, Word.UNKNOWN)


def worst(words: list[Word]) -> Word:
    """The word that needs a person most; `NOT_STARTED` for nothing at all."""
    return next((word for word in ORDER_OF_CONCERN if word in words), Word.NOT_STARTED)
