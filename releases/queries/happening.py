"""What happened last and what comes next, as the overview tells it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from releases.models import Pipeline, Release, ReleaseStage, Stage
from releases.queries.pipelines import StageNow
from releases.queries.schedules import Schedule
from releases.queries.statuses import Word
from releases.states import StageStatus

ACTIVITY_SHOWN = 6
COMING_SHOWN = 6


@dataclass(frozen=True)
class Happened:
    """Something that happened on a stage: how it ended, which release, when."""

    at: datetime
    word: Word
    release: Release
    stage: Stage | None
    who: str = ""


@dataclass(frozen=True)
class Coming:
    """Something that will happen by itself."""

    at: datetime
    pipeline: Pipeline
    schedule: Schedule | None = None
    release_stage: ReleaseStage | None = None


def activity(stages: Sequence[StageNow], newest: Sequence[Release]) -> list[Happened]:
    """From the rows already read: how the newest attempts ended, what drifts, and which releases are the newest."""
    ended = [
        Happened(
            at=stage.newest.finished_on or stage.newest.queued_on or stage.newest.release_stage.release.created_on,
            word=stage.word,
            release=stage.newest.release_stage.release,
            stage=stage.stage,
            who=str(stage.newest.requested_for or ""),
        )
        for stage in stages
        if stage.newest
    ]
    drifted = [
        Happened(stage.drift.drift_from, Word.DRIFT, stage.span.release, stage.stage)
        for stage in stages
        if stage.drift and stage.span
    ]
    made = [Happened(release.created_on, Word.NOT_STARTED, release, None) for release in newest]
    return sorted(ended + drifted + made, key=lambda one: one.at, reverse=True)[:ACTIVITY_SHOWN]


def coming(planned: dict[int, list[Schedule]], stages: Sequence[StageNow], *, now: datetime) -> list[Coming]:
    """The next run of every schedule and the stages that wait for their time, soonest first. One query."""
    pipelines = {stage.stage.pipeline_id: stage.stage.pipeline for stage in stages}
    runs = [
        Coming(at=at, pipeline=pipelines[pipeline], schedule=schedule)
        for pipeline, found in planned.items()
        if pipeline in pipelines
        for schedule in found
        if (at := schedule.next_after(now))
    ]
    waiting = ReleaseStage.objects.filter(
        stage__in=[stage.stage.pk for stage in stages],
        status=StageStatus.SCHEDULED,
        scheduled_on__gt=now - timedelta(days=1),
    ).select_related("release__project", "stage__pipeline")
    starts = [Coming(row.scheduled_on, row.stage.pipeline, release_stage=row) for row in waiting if row.scheduled_on]
    return sorted(runs + starts, key=lambda one: one.at)[:COMING_SHOWN]
