"""The stages of one release: attempts with steps and approvals, what each stage runs, and what is served there."""

from dataclasses import dataclass, replace

from django.db.models import Prefetch

from releases.models import Command, Deployment, LiveSpan, Release, ReleaseStage, Step
from releases.queries import approvals_seen
from releases.queries.approvals_seen import Seats, StageSeats
from releases.queries.asked_here import NOTHING, AskedHere, attempt_words
from releases.queries.conditions import needed_stages
from releases.queries.links import stage_logs_url
from releases.queries.served import served_words
from releases.queries.serving import ServedNow, is_uncertain, served_now
from releases.queries.statuses import Word, attempt_word, stage_word, step_word

NO_SEATS = StageSeats()


@dataclass(frozen=True)
class StepLine:
    """One step of an attempt and how it stands."""

    step: Step
    word: Word


@dataclass(frozen=True)
class Attempt:
    """One attempt on one stage, with its steps and the approvals before and after it.

    `asked` and `canceled`: the commands that asked for it, and for its end, where that was done through Slipway.
    """

    deployment: Deployment
    word: Word
    steps: list[StepLine]
    seats: Seats
    is_newest: bool = True
    asked: Command | None = None
    canceled: Command | None = None

    @property
    def service(self) -> str:
        """The identity that Azure names for it."""
        return str(self.deployment.requested_by or self.deployment.requested_for or "")

    @property
    def asked_words(self) -> str:
        """Who asked for it here, and as whom that was passed on; a roll-back with its reason. Empty for Azure's own."""
        return attempt_words(self.asked, passed_on_as=self.service) if self.asked else ""

    @property
    def failed_step(self) -> StepLine | None:
        """The first step that failed."""
        return next((line for line in self.steps if line.word is Word.FAILED), None)

    @property
    def running_step(self) -> StepLine | None:
        """The step it is at."""
        return next((line for line in self.steps if line.word is Word.RUNNING), None)


@dataclass(frozen=True)
class StageOfRelease:
    """One stage of the release: its attempts, newest first, and what the stage runs now (`live`)."""

    row: ReleaseStage
    word: Word
    attempts: list[Attempt]
    seats: Seats
    live: LiveSpan | None
    needs: tuple[str, ...]
    logs_url: str = ""
    served: ServedNow | None = None
    blocked_by: tuple[str, ...] = ()

    @property
    def latest(self) -> Seats:
        """The approvals of the newest attempt that asked anybody."""
        return StageSeats(self.seats.approvals).latest

    @property
    def before(self) -> Seats:
        """The approvals asked for before the newest attempt."""
        newest = max((approval.attempt for approval in self.seats.approvals), default=0)
        return StageSeats(self.seats.approvals).before(newest)

    @property
    def is_live(self) -> bool:
        """Whether the stage runs this release now."""
        return bool(self.live and self.live.release_id == self.row.release_id)

    @property
    def is_quietly_live(self) -> bool:
        """Whether being live is all there is to say of it."""
        return self.is_live and self.word in {Word.SUCCEEDED, Word.PARTLY}

    @property
    def pill(self) -> tuple[Word, str]:
        """Its word, and how the lane says it."""
        return (Word.DRIFT, "Drift") if self.is_drifting else (self.word, "")

    @property
    def is_running(self) -> bool:
        """Whether it is deployed to now."""
        return self.word is Word.RUNNING

    @property
    def is_drifting(self) -> bool:
        """Whether it runs this release by Azure DevOps, and its endpoint serves something else."""
        return bool(self.is_live and self.served and self.served.is_drift)

    @property
    def serves(self) -> str:
        """The versions its endpoint serves, in a word or two; nothing where that is not seen."""
        return served_words(self.served.served, self.served.deployed) if self.served else ""

    @property
    def is_uncertain(self) -> bool:
        """Whether a failed attempt of this release may have changed what the stage runs (decision 7)."""
        return self.word is Word.FAILED and is_uncertain(self.live, self.served)


def stages_of(release: Release, *, live: dict[int, LiveSpan], asked: AskedHere = NOTHING) -> list[StageOfRelease]:
    """The stages of a release in order. `live`: what each runs now; `asked`: what was asked for through Slipway."""
    steps = Prefetch("steps", queryset=Step.objects.order_by("rank", "phase_id", "task_id"))
    attempts = Deployment.objects.select_related("requested_by", "requested_for").prefetch_related(steps)
    rows = release.stages.order_by("rank", "azure_id").select_related("stage")
    found = list(rows.prefetch_related(Prefetch("deployments", queryset=attempts.order_by("-attempt"))))
    seats = approvals_seen.of_stages([row.pk for row in found])
    served = served_now([row.stage_id for row in found], live=live)
    stages = [_stage(row, release, seats.get(row.pk, NO_SEATS), live.get(row.stage_id), asked) for row in found]
    failed = {stage.row.name for stage in stages if stage.word in {Word.FAILED, Word.REJECTED}}
    return [
        replace(
            stage,
            served=served.get(stage.row.stage_id),
            blocked_by=tuple(name for name in stage.needs if name in failed),
        )
        for stage in stages
    ]


def _stage(
    row: ReleaseStage, release: Release, seats: StageSeats, live: LiveSpan | None, asked: AskedHere
) -> StageOfRelease:
    row.release, latest = release, seats.latest
    word = stage_word(
        row.status,
        release_status=release.status,
        is_waiting=bool(latest.pending),
        was_refused=latest.refused is not None,
    )
    deployments = list(row.deployments.all())
    attempts = [_attempt(one, seats.of(one.attempt), asked, is_newest=one is deployments[0]) for one in deployments]
    needs = needed_stages(row.conditions)
    logs = (stage_logs_url(row, release) or "") if attempts else ""
    return StageOfRelease(row, word, attempts, Seats(seats.approvals), live, needs, logs)


def _attempt(deployment: Deployment, seats: Seats, asked: AskedHere, *, is_newest: bool) -> Attempt:
    word = attempt_word(
        deployment.status,
        operation=deployment.operation_status,
        is_waiting=bool(seats.pending),
        was_refused=seats.refused is not None,
    )
    steps = [StepLine(step, step_word(step.status)) for step in deployment.steps.all()]
    key = deployment.release_stage_id, deployment.attempt
    by, ended = asked.attempts.get(key), asked.cancels.get(key)
    return Attempt(deployment, word, steps, seats, is_newest, by, ended)
