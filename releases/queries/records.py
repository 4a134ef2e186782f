"""How complete the history of a project is, and why a stage has no record of a moment. Asked for what was live at T.

"No record" is never "nothing": Azure DevOps forgets old releases, and Slipway may not have read everything yet.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import OuterRef, Q, Subquery

from releases.models import Deployment, LiveSpan, PipelineRevision, Project, Stage, SyncGap, User, Watermark
from releases.queries.access import visible_to
from releases.queries.sources import HISTORY, progress_of


class Why(StrEnum):
    """Why a stage has no record of a moment."""

    NOT_CREATED = "not_created"
    NOT_READ = "not_read"
    BEFORE_FIRST = "before_first"
    NONE_SUCCEEDED = "none_succeeded"
    NEVER_TRIED = "never_tried"


@dataclass(frozen=True)
class Absence:
    """Why there is no record. `at`: when the pipeline was made, the history begins or the first record is."""

    why: Why
    at: datetime | None = None
    first: LiveSpan | None = None


@dataclass(frozen=True)
class Reading:
    """A project whose history is not read wholly: what is older than `back_to` may be missing (None: anything may)."""

    project: Project
    back_to: datetime | None

    def reaches(self, moment: datetime) -> bool:
        """Whether everything that began then or later is read."""
        return self.back_to is not None and moment >= self.back_to


def readings(projects: Collection[int]) -> dict[int, Reading]:
    """By project id, those whose history is still being read. One query."""
    marks = Watermark.objects.filter(project_id__in=projects, feed=HISTORY, completed_at=None).select_related("project")
    return {
        mark.project_id: Reading(mark.project, progress_of(mark).read_back_to)
        for mark in marks
        if mark.project_id and mark.project
    }


def gaps_at(user: User, moment: datetime, *, projects: Collection[int]) -> list[SyncGap]:
    """The stretches known to be missing that may hide what was live then, and the filled ones that lay there.

    One that is not filled hides everything after its beginning; a filled one is told of where it covers the moment.
    """
    rows = visible_to(user, SyncGap).filter(project_id__in=projects, gap_from__lte=moment)
    rows = rows.filter(Q(filled_at=None) | Q(gap_until__gt=moment))
    return list(rows.select_related("project").order_by("filled_at", "-gap_from", "-id")[:20])


def absences(stages: Mapping[int, Stage], moment: datetime, *, reading: Mapping[int, Reading]) -> dict[int, Absence]:
    """Why these stages have no record of the moment, by stage id. Three queries, none where all have one."""
    if not stages:
        return {}
    first = _first_spans(stages)
    tried = _first_attempts(stages)
    made = _made({stage.pipeline_id for stage in stages.values()})
    found = {}
    for pk, stage in stages.items():
        created = made.get(stage.pipeline_id)
        slow = reading.get(stage.pipeline.project_id)
        if created and moment < created:
            found[pk] = Absence(Why.NOT_CREATED, created)
        elif slow and not slow.reaches(moment):
            found[pk] = Absence(Why.NOT_READ, slow.back_to)
        elif pk in first:
            found[pk] = Absence(Why.BEFORE_FIRST, first[pk].live_from, first[pk])
        else:
            found[pk] = Absence(Why.NONE_SUCCEEDED, tried[pk]) if tried.get(pk) else Absence(Why.NEVER_TRIED)
    return found


def _first_spans(stages: Collection[int]) -> dict[int, LiveSpan]:
    oldest = LiveSpan.objects.filter(stage=OuterRef("pk")).order_by("live_from", "id").values("pk")[:1]
    ids = Stage.objects.filter(pk__in=stages).annotate(oldest=Subquery(oldest)).values("oldest")
    rows = LiveSpan.objects.filter(pk__in=ids).select_related("release__project")
    return {span.stage_id: span for span in rows}


def _first_attempts(stages: Collection[int]) -> dict[int, datetime | None]:
    oldest = Deployment.objects.filter(stage=OuterRef("pk")).order_by("azure_id").values("queued_on")[:1]
    rows = Stage.objects.filter(pk__in=stages).annotate(oldest=Subquery(oldest))
    return dict(rows.values_list("pk", "oldest"))


def _made(pipelines: Collection[int]) -> dict[int, datetime | None]:
    """When the first revision of each pipeline was saved, where that one was read."""
    rows = PipelineRevision.objects.filter(pipeline_id__in=pipelines, revision=1)
    return dict(rows.values_list("pipeline_id", "changed_on"))
