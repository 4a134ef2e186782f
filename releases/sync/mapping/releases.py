"""One release with all that hangs on it, as rows. Pure; the store fills in ids and merges with what it holds."""

from dataclasses import dataclass
from datetime import datetime

from releases.azure.answers import ReleaseAnswer, StageAnswer
from releases.states import UNFINISHED_STAGE_STATUSES, ApprovalStatus, Depth, StageStatus
from releases.sync.mapping.approvals import approval_rows
from releases.sync.mapping.artifacts import artifact_rows
from releases.sync.mapping.attempts import MappedAttempt, mapped_attempts, tasks_of
from releases.sync.mapping.identities import approvals_of
from releases.sync.mapping.known import Known
from releases.sync.mapping.tables import ARTIFACT, Row
from releases.sync.mapping.texts import words_of_release
from releases.sync.triggers import cause_of
from releases.sync.versions import versions_hash

FLAGGED = (StageStatus.REJECTED, StageStatus.PARTIALLY_SUCCEEDED, StageStatus.CANCELED, StageStatus.SUCCEEDED)
"""What a release notes of its stages, in the order of its columns `has_failed` and so on."""


@dataclass(slots=True)
class MappedStage:
    """The row of one stage of a release, its release still missing, with attempts by number and approvals by id."""

    row: Row
    attempts: dict[int, MappedAttempt]
    approvals: dict[int, Row]


@dataclass(slots=True)
class Mapped:
    """A release as rows. `stages` and `artifacts` are None when the answer did not carry them at all.

    `words` are what it can be found by.
    """

    azure_id: int
    row: Row
    stages: dict[int, MappedStage] | None
    artifacts: dict[str, Row] | None
    words: str


def mapped_release(answer: ReleaseAnswer, known: Known, *, depth: Depth, sha256: str, now: datetime) -> Mapped:
    """The rows of one release as read at `depth`; `sha256` is of the answer's bytes as they came."""
    artifacts = artifact_rows(answer.artifacts, known, answer.created_on) if answer.artifacts else {}
    definition = answer.release_definition.id
    cause = cause_of(
        answer.reason,
        [candidate for _, candidate, _ in artifacts.values()],
        stated_alias=answer.triggering_artifact_alias,
        description=answer.description,
        cd_aliases=known.cd_aliases.get((definition, answer.release_definition_revision), frozenset()),
    )
    if cause.alias in artifacts:  # Azure marks it on builds only; of the others we found it out
        artifacts[cause.alias][0][ARTIFACT.at["is_triggering"]] = True
    is_detailed = depth is Depth.DETAILED
    row: Row = [
        known.project,
        answer.id,
        known.pipelines[definition],
        answer.release_definition_revision,
        answer.definition_snapshot_revision,
        answer.name,
        answer.status,
        answer.reason,
        answer.description,
        answer.created_on,
        answer.modified_on,
        known.identity(answer.created_by),
        known.identity(answer.created_for),
        known.identity(answer.modified_by),
        cause.kind.value,
        cause.alias,
        versions_hash(version for _, _, version in artifacts.values()),
        answer.variables,
        answer.tags,
        answer.keep_forever,
        is_unfinished(answer),
        *(any(stage.status == status for stage in answer.environments or ()) for status in FLAGGED),
        depth.value,
        "" if is_detailed else sha256,
        sha256 if is_detailed else "",
        now if is_detailed else None,
        _newest_end(answer) if is_detailed else None,
        now,
        None,
    ]
    rows = {alias: row for alias, (row, _, _) in artifacts.items()}
    return Mapped(
        answer.id,
        row,
        None if answer.environments is None else {one.id: _stage(answer, one, known) for one in answer.environments},
        None if answer.artifacts is None else rows,
        words_of_release(answer, rows),
    )


def is_unfinished(answer: ReleaseAnswer) -> bool:
    """Decision 2: a stage runs, is queued or scheduled, or waits for somebody's approval."""
    return any(
        stage.status in UNFINISHED_STAGE_STATUSES
        or any(one.status == ApprovalStatus.PENDING and not one.is_automated for one in approvals_of(stage))
        for stage in answer.environments or ()
    )


def _newest_end(answer: ReleaseAnswer) -> datetime | None:
    """When the step ended that ended last, whose log may not be kept yet."""
    attempts = (attempt for stage in answer.environments or () for attempt in stage.deploy_steps)
    ends = [task.finished_on for attempt in attempts for _, task in tasks_of(attempt) if task.started_on]
    return max((end for end in ends if end), default=None)


def _stage(answer: ReleaseAnswer, stage: StageAnswer, known: Known) -> MappedStage:
    stage_id = known.stage(answer, stage)
    row: Row = [
        None,
        stage.id,
        stage_id,
        stage.name,
        stage.rank,
        stage.status,
        stage.trigger_reason,
        stage.conditions,
        stage.variables,
        stage.created_on,
        stage.modified_on,
        stage.scheduled_deployment_time or stage.next_scheduled_utc_time,
    ]
    return MappedStage(row, mapped_attempts(stage, known, stage_id=stage_id), approval_rows(stage, known))
