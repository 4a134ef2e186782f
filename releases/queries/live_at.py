"""What was live at a moment: the release that each stage ran then, or why nobody can say. Asked by the audit pages.

Seventeen queries, whatever the history: each stage costs one look-up by index.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from releases.models import Artifact, LiveSpan, Project, Release, Stage, SyncGap, User
from releases.queries import artifacts, records, spans
from releases.queries.access import visible_to
from releases.queries.artifacts import Version, beside
from releases.queries.proofs import proofs_of
from releases.queries.records import Absence, Reading
from releases.queries.served_at import Seen, seen_at


@dataclass(frozen=True)
class StageThen:
    """One stage at the moment: what it ran (`span`) or why there is no record (`absence`), and what it runs now.

    `versions` are those of then; `before` of each is what now runs, where that differs.
    """

    stage: Stage
    at: datetime
    span: LiveSpan | None = None
    versions: tuple[Version, ...] = ()
    replaced_by: Release | None = None
    now: LiveSpan | None = None
    absence: Absence | None = None
    is_unsure: bool = False
    seen: Seen | None = None
    proof: int | None = None

    @property
    def project(self) -> Project:
        """The project it belongs to."""
        return self.stage.pipeline.project

    @property
    def begins_here(self) -> bool:
        """Whether the release went live at this very moment."""
        return bool(self.span and self.span.live_from == self.at)

    @property
    def is_uncertain(self) -> bool:
        """Whether a failed attempt before the moment may have changed what the stage ran (decision 7)."""
        since = self.span.uncertain_since if self.span else None
        return bool(since and since <= self.at)

    @property
    def is_still(self) -> bool:
        """Whether it runs the same release now, without having run another meanwhile."""
        return bool(self.span and self.span.live_until is None)

    @property
    def is_back(self) -> bool:
        """Whether it runs that release again, after others."""
        return bool(self.span and self.now and not self.is_still and self.now.release_id == self.span.release_id)


@dataclass(frozen=True)
class PipelineThen:
    """One pipeline with its stages in order."""

    stages: list[StageThen]

    @property
    def stage(self) -> StageThen:
        """Any of them: it knows pipeline and project."""
        return self.stages[0]


@dataclass(frozen=True)
class LiveAt:
    """Everything the page shows of one moment."""

    at: datetime
    pipelines: list[PipelineThen]
    gaps: list[SyncGap]
    reading: list[Reading]

    @property
    def stages(self) -> list[StageThen]:
        """Every stage."""
        return [stage for pipeline in self.pipelines for stage in pipeline.stages]

    @property
    def known(self) -> list[StageThen]:
        """Those with a record."""
        return [stage for stage in self.stages if stage.span]

    @property
    def boundaries(self) -> list[StageThen]:
        """Those where a release took over at this very moment."""
        return [stage for stage in self.stages if stage.begins_here]

    @property
    def open_gaps(self) -> list[SyncGap]:
        """What is missing to this day."""
        return [gap for gap in self.gaps if gap.filled_at is None]


def stages_to_ask(user: User) -> list[Stage]:
    """Every stage this person may ask about, by project, pipeline and rank."""
    rows = visible_to(user, Stage).select_related("pipeline__project")
    return list(rows.order_by("pipeline__project__name", "pipeline__name", "pipeline_id", "rank", "id"))


def live_at(user: User, moment: datetime, *, stages: Sequence[Stage]) -> LiveAt:
    """What these stages, which the person may see, ran at the moment."""
    ids = [stage.pk for stage in stages]
    then = spans.by_stage_at(ids, moment)
    asked = [one for one in stages if one.pk in then or not _was_gone(one, moment)]
    projects = {one.pipeline.project_id for one in asked}
    reading = records.readings(projects)
    now = spans.open_by_stage(ids)
    carried = artifacts.of_releases({span.release_id for span in [*then.values(), *now.values()]})
    deployed = {pk: carried.get(span.release_id, []) for pk, span in then.items()}
    known = _Known(
        then=then,
        now=now,
        after=spans.after(then.values()),
        carried=carried,
        seen=seen_at(moment, deployed=deployed, stages=ids),
        absent=records.absences({one.pk: one for one in asked if one.pk not in then}, moment, reading=reading),
        reading=reading,
        gaps=records.gaps_at(user, moment, projects=projects),
        proofs=proofs_of(then.values()),
    )
    rows = [_row(one, moment, known) for one in asked]
    slow = [one for one in reading.values() if not one.reaches(moment)]
    return LiveAt(moment, _by_pipeline(rows), known.gaps, slow)


def chosen(stages: Sequence[Stage], word: str) -> list[Stage] | None:
    """The stages that a word in an address means: all, those in production, one by its id. None: there is none."""
    if not word:
        return list(stages)
    if word == "production":
        return [stage for stage in stages if stage.is_production]
    return [stage for stage in stages if str(stage.pk) == word] or None


@dataclass(frozen=True)
class _Known:
    """What was read, by stage, span, release and project."""

    then: Mapping[int, LiveSpan]
    now: Mapping[int, LiveSpan]
    after: Mapping[int, Release]
    carried: Mapping[int, Sequence[Artifact]]
    absent: Mapping[int, Absence]
    reading: Mapping[int, Reading]
    gaps: list[SyncGap]
    seen: Mapping[int, Seen]
    proofs: Mapping[int, int]


def _row(stage: Stage, moment: datetime, known: _Known) -> StageThen:
    span, now = known.then.get(stage.pk), known.now.get(stage.pk)
    if span is None:
        return StageThen(stage, moment, now=now, absence=known.absent.get(stage.pk))
    return StageThen(
        stage=stage,
        at=moment,
        span=span,
        versions=tuple(
            beside(known.carried.get(span.release_id, ()), other=known.carried.get(now.release_id, ()) if now else ())
        ),
        replaced_by=known.after.get(span.pk),
        now=now,
        is_unsure=_is_unsure(span, stage.pipeline.project_id, known),
        seen=known.seen.get(stage.pk),
        proof=known.proofs.get(span.pk),
    )


def _is_unsure(span: LiveSpan, project: int, known: _Known) -> bool:
    """Whether another release may have been live that nobody read of: it would be among what is missing."""
    slow = known.reading.get(project)
    if slow and not slow.reaches(span.live_from):
        return True
    return any(gap.project_id == project and gap.filled_at is None for gap in known.gaps)


def _was_gone(stage: Stage, moment: datetime) -> bool:
    return stage.gone_at is not None and stage.gone_at <= moment


def _by_pipeline(rows: Sequence[StageThen]) -> list[PipelineThen]:
    found: dict[int, list[StageThen]] = {}
    for row in rows:
        found.setdefault(row.stage.pipeline_id, []).append(row)
    return [PipelineThen(stages) for stages in found.values()]
