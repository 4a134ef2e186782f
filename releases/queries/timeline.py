"""What happened to a release, newest first, from the rows its page has read already."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from releases.models import Approval, Drift
from releases.queries.approvals_seen import word_of
from releases.queries.commands import asker
from releases.queries.release import ReleaseSeen
from releases.queries.release_stages import Attempt, StageOfRelease
from releases.queries.served import served_of, served_words
from releases.queries.statuses import Word
from releases.states import ApprovalStatus, ReleaseStatus


@dataclass(frozen=True)
class Event:
    """One thing that happened: what (`kind`), who, on which stage and attempt, with the comment given.

    `service`: as whom Slipway passed it on, where the person asked for it here.
    """

    at: datetime | None
    kind: str
    stage: str = ""
    who: str = ""
    attempt: int = 0
    comment: str = ""
    step: str = ""
    endpoint: str = ""
    served: str = ""
    service: str = ""


ENDS = {
    Word.SUCCEEDED: "live",
    Word.PARTLY: "partly",
    Word.FAILED: "failed",
    Word.CANCELED: "canceled",
}


def timeline(seen: ReleaseSeen, *, drifts: Iterable[Drift] = ()) -> list[Event]:
    """The events, newest first; what still waits stands on top and has no time. `drifts`: those while it was live."""
    events = [*_of_release(seen), *(event for stage in seen.stages for event in _of_stage(stage))]
    events += [event for drift in drifts for event in _of_drift(drift)]
    waiting = [event for event in events if event.at is None]
    dated = [(event.at, number, event) for number, event in enumerate(events) if event.at]
    return waiting + [event for _, _, event in sorted(dated, reverse=True)]


def _of_release(seen: ReleaseSeen) -> Iterator[Event]:
    release = seen.release
    service, creating = str(release.created_for or release.created_by or ""), seen.asked.creating
    if creating:
        yield Event(release.created_on, "created_here", who=asker(creating), service=service)
    else:
        yield Event(release.created_on, "created", who=service)
    if release.status == ReleaseStatus.ABANDONED:
        yield _abandoned(seen)
    if release.gone_at:
        yield Event(release.gone_at, "gone")
    for flag in seen.flags:
        yield Event(flag.set_at, "flagged", who=flag.set_by.name, comment=flag.reason)
        if flag.lifted_at and flag.lifted_by:
            yield Event(flag.lifted_at, "unflagged", who=flag.lifted_by.name, comment=flag.lifted_reason)


def _abandoned(seen: ReleaseSeen) -> Event:
    release, command = seen.release, seen.asked.abandoning
    at, by = release.modified_on or release.changed_at, str(release.modified_by or "")
    if command is None:
        return Event(at, "abandoned", who=by)
    return Event(at, "abandoned", who=asker(command), comment=command.reason, service=by)


def _of_drift(drift: Drift) -> Iterator[Event]:
    """Where it was live its endpoint served something else: when that began, and when and by what it ended."""
    stage, endpoint = drift.stage.name, drift.endpoint.name
    yield Event(drift.drift_from, "drift", stage, endpoint=endpoint, served=served_words(served_of(drift.served)))
    if drift.drift_until:
        yield Event(drift.drift_until, "drift_ended", stage, comment=drift.ended_by, endpoint=endpoint)


def _of_stage(stage: StageOfRelease) -> Iterator[Event]:
    for approval in stage.seats.approvals:
        yield from _of_approval(stage, approval)
    for attempt in stage.attempts:
        yield from _of_attempt(stage, attempt)


def _of_approval(stage: StageOfRelease, approval: Approval) -> Iterator[Event]:
    name, who = stage.row.name, str(approval.approved_by or approval.approver or "")
    if approval.created_on:
        yield Event(approval.created_on, "asked", name, str(approval.approver or ""), approval.attempt)
    if word_of(approval, stage.row.release) is Word.ABANDONED:
        at = approval.modified_on or stage.row.release.modified_on or stage.row.release.changed_at
        yield Event(at, "closed", name, str(approval.approver or ""), approval.attempt)
    elif approval.status == ApprovalStatus.PENDING:
        yield Event(None, "waits", name, str(approval.approver or ""), approval.attempt)
    elif approval.status in {ApprovalStatus.APPROVED, ApprovalStatus.REJECTED} and approval.modified_on:
        yield Event(approval.modified_on, approval.status, name, who, approval.attempt, approval.comments)


def _of_attempt(stage: StageOfRelease, attempt: Attempt) -> Iterator[Event]:
    row, name = attempt.deployment, stage.row.name
    if attempt.asked:
        kind = "rolled_back" if attempt.asked.is_roll_back else "redeployed"
        told = {"comment": attempt.asked.reason, "service": attempt.service}
        yield Event(row.queued_on or attempt.asked.asked_at, kind, name, asker(attempt.asked), row.attempt, **told)
    elif row.attempt > 1 and row.queued_on:
        yield Event(row.queued_on, "redeployed", name, str(row.requested_for or row.requested_by or ""), row.attempt)
    if row.started_on:
        yield Event(row.started_on, "started", name, attempt=row.attempt)
    if attempt.canceled:
        ended, told = attempt.canceled, {"comment": attempt.canceled.reason, "service": attempt.service}
        yield Event(row.finished_on or ended.ended_at, "canceled_by", name, asker(ended), row.attempt, **told)
    elif attempt.word in ENDS and row.finished_on:
        failed = attempt.failed_step.step.name if attempt.failed_step else ""
        yield Event(row.finished_on, ENDS[attempt.word], name, attempt=row.attempt, step=failed)
