"""One lane per stage and one joint between two, as the overview shows them. Pure functions of rows already read.

A lane tells of the newest attempt while it runs or when it failed, else of what is live; a joint tells why the next
stage has not got what the one before it has.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

from releases.models import Artifact, Command, LiveSpan, Release, Stage
from releases.queries.approvals_seen import NOBODY, Seats
from releases.queries.artifacts import Version, beside
from releases.queries.behind import Gap
from releases.queries.conditions import needed_stages, starts_with_release
from releases.queries.pipelines import StageNow
from releases.queries.served import served_words
from releases.queries.serving import ServedNow, Truth, is_uncertain
from releases.queries.statuses import Word
from releases.queries.steps_told import StepTold

TELLS_OF_ATTEMPT = frozenset({Word.RUNNING, Word.WAITING, Word.FAILED, Word.PARTLY})
ON_ITS_WAY = frozenset({Word.RUNNING, Word.QUEUED, Word.SCHEDULED, Word.WAITING})
Artifacts = Mapping[int, Sequence[Artifact]]
NO_STEPS: Mapping[int, StepTold] = MappingProxyType({})


class Pill(NamedTuple):
    """A stage's word and how its pill says it; without a `text` the word's own label."""

    word: Word
    text: str = ""


@dataclass(frozen=True)
class Lane:
    """One stage: the release it tells of, how it stands, its versions, and what to know besides."""

    stage: Stage
    word: Word
    release: Release | None = None
    since: datetime | None = None
    is_live: bool = False
    versions: tuple[Version, ...] = ()
    by: str = ""
    live: LiveSpan | None = None
    on_its_way: Release | None = None
    way_word: Word = Word.NOT_STARTED
    step: StepTold | None = None
    served: ServedNow | None = None
    gap: Gap | None = None
    asked_now: Command | None = None

    @cached_property
    def pill(self) -> Pill:
        """Its word, and how the lane says it. Healthy is only what an endpoint was seen to serve, as deployed."""
        state = self.served.state if self.served else Truth.NOT_BOUND
        if not self.is_live:
            return Pill(self.word)
        if state is Truth.DRIFT:
            return Pill(Word.DRIFT, "Drift")
        if state is Truth.IDLE:
            return Pill(Word.UNCERTAIN, "No traffic")
        if state is Truth.UNKNOWN and self.served and not self.served.served:
            return Pill(Word.UNKNOWN, "Unknown")
        seen = ", healthy" if state is Truth.AS_DEPLOYED else ""
        return Pill(self.word, "Live, partly" if self.word is Word.PARTLY else f"Live{seen}")

    @property
    def first_version(self) -> str:
        """The version of what stands first in it, in a word; empty without any."""
        return self.versions[0].now if self.versions else ""

    @property
    def is_running(self) -> bool:
        """Whether something is deployed to it now."""
        return self.word is Word.RUNNING

    @property
    def is_seen(self) -> bool:
        """Whether there is something to say of what its endpoint serves."""
        return bool(self.served and self.served.state is not Truth.NOT_BOUND)

    @property
    def serves(self) -> str:
        """The versions its endpoint serves, in a word or two."""
        return served_words(self.served.served, self.served.deployed) if self.served else ""

    @property
    def is_uncertain(self) -> bool:
        """Whether what is live may have been changed by a failed attempt (decision 7)."""
        return is_uncertain(self.live, self.served)

    @property
    def tells_of_attempt(self) -> bool:
        """Whether another release than the one named stays live below the attempt told of."""
        return bool(self.live and self.release and self.live.release_id != self.release.pk)


@dataclass(frozen=True)
class Joint:
    """The gate between two stages: its state, in a word or two."""

    word: Word
    kind: str
    seats: Seats = NOBODY
    stages: tuple[str, ...] = ()


def lane_of(now: StageNow, *, artifacts: Artifacts, steps: Mapping[int, StepTold] = NO_STEPS) -> Lane:
    """The lane of a stage. `steps`: where attempts that run or failed are, by attempt."""
    span = now.span
    if _tells_of_attempt(now):
        return _lane_of_attempt(now, artifacts=artifacts, steps=steps)
    if span is None:
        return Lane(stage=now.stage, word=Word.NOT_STARTED, on_its_way=_on_its_way(now), way_word=now.word)
    word = Word.PARTLY if span.is_partial else Word.SUCCEEDED
    versions = tuple(beside(artifacts.get(span.release_id, ())))
    by = str(now.newest.requested_for or "") if now.newest and now.newest.pk == span.opened_by_id else ""
    coming = _on_its_way(now)
    return Lane(now.stage, word, span.release, span.live_from, True, versions, by, span, coming, now.word)


def joint_of(left: StageNow, right: StageNow) -> Joint:
    """What stands between two neighbouring stages."""
    if right.newest and (asked := _asked(right, right.newest.attempt)):
        return asked
    if left.ran and left.ran_word in {Word.FAILED, Word.REJECTED} and not _went_on(left, right):
        return Joint(Word.FAILED, "blocked", stages=(left.stage.name,))
    if left.ran and left.ran_word in ON_ITS_WAY and not _went_on(left, right):
        return Joint(Word.NOT_STARTED, "needs", stages=(left.stage.name,))
    if right.ran and left.span and right.ran.release_stage.release_id == left.span.release_id:
        seats = right.ran_seats.before(right.ran.attempt)
        return Joint(Word.SUCCEEDED, "approved" if seats.given else "auto", seats=seats)
    if _same_release(left, right):
        return Joint(Word.SUCCEEDED, "auto")
    return _by_condition(left, right)


def _tells_of_attempt(now: StageNow) -> bool:
    """While it runs or waits after its deployment, and when it failed; never when it is what is live."""
    if now.ran is None or (now.span and now.span.opened_by_id == now.ran.pk):
        return False
    return now.ran_word in TELLS_OF_ATTEMPT


def _asked(right: StageNow, attempt: int) -> Joint | None:
    seats = right.seats.before(attempt)
    if seats.pending:
        return Joint(Word.WAITING, "waits", seats=seats)
    if seats.refused and right.word is Word.REJECTED:
        return Joint(Word.REJECTED, "refused", seats=seats)
    return None


def _by_condition(left: StageNow, right: StageNow) -> Joint:
    needed = needed_stages(right.stage.conditions)
    if not needed:
        return Joint(Word.NOT_STARTED, "auto" if starts_with_release(right.stage.conditions) else "by hand")
    others = tuple(name for name in needed if name != left.stage.name)
    return Joint(Word.NOT_STARTED, "needs", stages=others) if others else Joint(Word.NOT_STARTED, "not yet")


def _went_on(left: StageNow, right: StageNow) -> bool:
    """Whether the next stage was tried with the very release last deployed to the one before."""
    if left.ran is None or right.newest is None:
        return False
    return left.ran.release_stage.release_id == right.newest.release_stage.release_id


def _same_release(left: StageNow, right: StageNow) -> bool:
    return bool(left.span and right.span and left.span.release_id == right.span.release_id)


def _lane_of_attempt(now: StageNow, *, artifacts: Artifacts, steps: Mapping[int, StepTold]) -> Lane:
    assert now.ran is not None
    release = now.ran.release_stage.release
    live = artifacts.get(now.span.release_id, ()) if now.span else ()
    coming = _on_its_way(now)
    return Lane(
        stage=now.stage,
        word=now.ran_word,
        release=release,
        since=now.ran.finished_on or now.ran.started_on or now.ran.queued_on,
        versions=tuple(beside(artifacts.get(release.pk, ()), other=live)),
        by=str(now.ran.requested_for or ""),
        live=now.span,
        on_its_way=coming if coming and coming.pk != release.pk else None,
        way_word=now.word,
        step=steps.get(now.ran.pk),
    )


def _on_its_way(now: StageNow) -> Release | None:
    if now.newest is None or now.word not in ON_ITS_WAY | {Word.CANCELED, Word.REJECTED}:
        return None
    return now.newest.release_stage.release
