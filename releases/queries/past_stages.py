"""Stages that a pipeline had in earlier revisions and has no longer. What they deployed stays in the history."""

from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery

from releases.models import Pipeline, PipelineRevision, ReleaseStage, Stage

COUNTED_TO = 10_000
SHOWN = 20


class _Counted(Subquery):
    """How many rows a query finds, counted to its own limit and no further."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"


@dataclass(frozen=True)
class PastStage:
    """One stage that is gone: the revisions it was in (0 where that is not known) and how many releases had it."""

    stage: Stage
    first: int
    last: int
    releases: int

    @property
    def is_more_than_counted(self) -> bool:
        """Whether there are more releases than were counted."""
        return self.releases > COUNTED_TO


def past_stages(pipeline: Pipeline) -> list[PastStage]:
    """The newest of the stages that are gone. One query, a second one where there are any."""
    releases: QuerySet[ReleaseStage] = ReleaseStage.objects.filter(stage=OuterRef("pk")).order_by()
    counted = _Counted(releases.values("pk")[: COUNTED_TO + 1])
    gone = Stage.objects.filter(pipeline=pipeline, gone_at__isnull=False).annotate(releases=counted)
    rows = list(gone.order_by("-gone_at", "-definition_environment_id")[:SHOWN])
    revisions = _revisions(pipeline) if rows else []
    return [_past(row, revisions) for row in rows]


def _revisions(pipeline: Pipeline) -> list[tuple[int, list[int]]]:
    rows = PipelineRevision.objects.filter(pipeline=pipeline).order_by("revision")
    return list(rows.values_list("revision", "stage_numbers"))


def _past(row: Stage, revisions: list[tuple[int, list[int]]]) -> PastStage:
    mine = [number for number, stages in revisions if row.definition_environment_id in (stages or ())]
    count: int = getattr(row, "releases", 0)
    return PastStage(row, min(mine, default=0), max(mine, default=0), count)
