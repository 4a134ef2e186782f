"""How far a stage is behind the one before it: so many releases, so much older. Asked by the overview.

Two queries for all stages together. Their cost grows with the gaps, up to a limit, never with history.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import OuterRef, Q, Subquery

from releases.models import LiveSpan, Release, Stage
from releases.queries.conditions import stage_before
from releases.queries.pipelines import StageNow

COUNTED = 99
"""From here on the number of releases reads "99+"."""


@dataclass(frozen=True)
class Gap:
    """What a stage has not got yet of what went live in the stage before it."""

    before: Stage
    releases: int
    older_by: timedelta

    @property
    def is_more(self) -> bool:
        """Whether there are more than were counted."""
        return self.releases > COUNTED


@dataclass(frozen=True)
class Pair:
    """A stage with the one before it, each with what it runs."""

    stage: Stage
    before: Stage
    runs: Release
    before_runs: Release


def gap_of(pair: Pair, went_live: Iterable[int]) -> Gap | None:
    """The gap of a stage; None where it has all that the stage before runs.

    `went_live`: ids in Azure DevOps, which grow with time, of the releases that went live in the stage before. Counted
    are those newer than what this stage runs and not newer than what the stage before runs: a release that was taken
    back there is nothing to catch up with. `older_by` is between the creation of what the two stages run.
    """
    newer = {one for one in went_live if pair.runs.azure_id < one <= pair.before_runs.azure_id}
    older_by = pair.before_runs.created_on - pair.runs.created_on
    return Gap(pair.before, len(newer), max(older_by, timedelta())) if newer else None


def gaps_of(pipelines: Iterable[Sequence[StageNow]]) -> dict[int, Gap]:
    """The gaps by stage id; `pipelines` are the stages of each in order. Stages without a gap are left out."""
    pairs = [pair for stages in pipelines for pair in _pairs(stages)]
    behind = [pair for pair in pairs if pair.before_runs.azure_id > pair.runs.azure_id]
    went_live = _went_live(behind)
    found = {pair.stage.pk: gap_of(pair, went_live.get(pair.before.pk, ())) for pair in behind}
    return {stage: gap for stage, gap in found.items() if gap}


def _pairs(stages: Sequence[StageNow]) -> list[Pair]:
    spans = {now.stage.pk: now.span for now in stages if now.span}
    found = []
    for place, now in enumerate(stages):
        before = stage_before(now.stage, [one.stage for one in stages[:place]])
        if now.span and before and (span := spans.get(before.pk)):
            found.append(Pair(now.stage, before, now.span.release, span.release))
    return found


def _went_live(pairs: Sequence[Pair]) -> Mapping[int, list[int]]:
    """By stage before: which releases went live there since what the later stage runs was made, newest first."""
    limits = _oldest_counted({pair.before.pk for pair in pairs})
    wanted = Q(pk__in=[])
    for pair in pairs:
        wanted |= Q(stage=pair.before.pk, live_from__gte=_later(pair.runs.created_on, limits.get(pair.before.pk)))
    found: dict[int, list[int]] = {}
    for stage, release in LiveSpan.objects.filter(wanted).values_list("stage_id", "release__azure_id"):
        found.setdefault(stage, []).append(release)
    return found


def _oldest_counted(stages: Collection[int]) -> dict[int, datetime | None]:
    """When the last span that is counted began in each stage; nothing for stages with fewer."""
    newest = LiveSpan.objects.filter(stage=OuterRef("pk")).order_by("-live_from").values("live_from")
    rows = Stage.objects.filter(pk__in=stages).annotate(limit=Subquery(newest[COUNTED : COUNTED + 1]))
    return dict(rows.values_list("pk", "limit"))


def _later(one: datetime, other: datetime | None) -> datetime:
    return max(one, other) if other else one
