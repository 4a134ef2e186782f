"""The attempts to deploy one stage of a release, and their steps, as rows. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from releases.azure.answers import AttemptAnswer, PhaseAnswer, StageAnswer, TaskAnswer
from releases.states import FINISHED_DEPLOYMENT_STATUSES, DeploymentStatus
from releases.sync.mapping.known import Known
from releases.sync.mapping.tables import Row

_GIVEN_UP = frozenset({"rejected", "canceled", "phaseCanceled", "phaseFailed", "gateFailed"})
"""Operation statuses in which an attempt that deployed nothing came to its end."""


@dataclass(slots=True)
class MappedAttempt:
    """The row of one attempt, its release stage still missing, and those of its steps by (phase, task)."""

    row: Row
    steps: dict[tuple[int, int], Row]


def mapped_attempts(stage: StageAnswer, known: Known, *, stage_id: int) -> dict[int, MappedAttempt]:
    """The attempts at a stage by their number."""
    return {one.attempt: MappedAttempt(_attempt(one, known, stage_id), _steps(one)) for one in stage.deploy_steps}


def _attempt(attempt: AttemptAnswer, known: Known, stage_id: int) -> Row:
    return [
        None,
        stage_id,
        attempt.attempt,
        attempt.deployment_id,
        attempt.status,
        attempt.operation_status,
        attempt.reason,
        known.identity(attempt.requested_by),
        known.identity(attempt.requested_for),
        attempt.queued_on,
        started_on(attempt),
        finished_on(attempt),
        attempt.last_modified_on,
    ]


def started_on(attempt: AttemptAnswer) -> datetime | None:
    """When its first phase started, None as long as none did or the answer holds no phases."""
    return min((phase.started_on for phase in attempt.release_deploy_phases if phase.started_on), default=None)


def finished_on(attempt: AttemptAnswer) -> datetime | None:
    """When it came to its end, approvals after it included; None while it goes on.

    Azure gives no such field. Nothing touches an attempt after its end, and both a list page and the release itself
    carry the time of the last touch, so a span's ends do not depend on how deep a release was read.
    """
    ended = attempt.status in FINISHED_DEPLOYMENT_STATUSES or (
        attempt.status in (DeploymentStatus.NOT_DEPLOYED, DeploymentStatus.UNDEFINED)
        and attempt.operation_status in _GIVEN_UP
    )
    return (attempt.last_modified_on or attempt.queued_on) if ended else None


def _steps(attempt: AttemptAnswer) -> dict[tuple[int, int], Row]:
    rows: dict[tuple[int, int], Row] = {}
    for phase, task in tasks_of(attempt):
        phase_id, phase_name = (phase.id, phase.name) if phase else (0, "")
        rows[phase_id, task.id] = [
            None,
            phase_id,
            task.id,
            phase_name,
            task.name,
            len(rows) + 1,
            task.status,
            task.started_on,
            task.finished_on,
            task.agent_name,
            [{"type": issue.issue_type, "message": issue.message} for issue in task.issues],
        ]
    return rows


def tasks_of(attempt: AttemptAnswer) -> Iterator[tuple[PhaseAnswer | None, TaskAnswer]]:
    """Every task in the order it ran: by phase, then job, then rank. Old releases have them without a phase."""
    for phase in sorted(attempt.release_deploy_phases, key=lambda one: one.rank):
        for job in phase.deployment_jobs:
            for task in sorted(job.tasks, key=lambda one: one.rank):
                yield phase, task
    for task in attempt.tasks:
        yield None, task
