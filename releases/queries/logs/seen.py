"""What the logs page of a release shows: its attempts, the steps of one, the log of one step, in a few queries."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from releases.models import Deployment, Release, Step, StepLog, User
from releases.queries.access import visible_to
from releases.queries.logs.lines import MOST_LINES, Hits, Window, search, window
from releases.queries.logs.text import stamped
from releases.queries.statuses import Word, attempt_word, step_word

TAIL_LINES = 500
"""Shown of a log that is followed."""

BEFORE = 200
"""Lines shown before the one that is asked for."""

SETTLED = {Word.SUCCEEDED, Word.PARTLY, Word.FAILED, Word.CANCELED}


@dataclass(frozen=True)
class Asked:
    """What an address asks for; nothing in it is trusted. `first`: the first line shown; `hit` counts from 1.

    `is_tail`: the end, followed while it grows; `paused`: the last line shown of a log that goes on.
    """

    stage: int | None = None
    attempt: int | None = None
    step: tuple[int, int] | None = None
    line: int | None = None
    first: int | None = None
    words: str = ""
    hit: int | None = None
    is_tail: bool = False
    paused: int | None = None

    @property
    def is_anywhere(self) -> bool:
        """Whether it leaves open where in the log to look."""
        return not (self.line or self.first or self.words or self.is_tail or self.paused)


@dataclass(frozen=True)
class Try:
    """One attempt on one stage that can be chosen."""

    deployment: Deployment
    word: Word

    @property
    def stage(self) -> int:
        """Azure's id of the stage in this release."""
        return self.deployment.release_stage.azure_id


@dataclass(frozen=True)
class StepSeen:
    """One step, how it stands, and what is known of its log."""

    step: Step
    word: Word
    log: StepLog | None
    number: int

    @property
    def name(self) -> str:
        """What an address calls it."""
        return f"{self.step.phase_id}-{self.step.task_id}"

    @property
    def is_running(self) -> bool:
        """Whether its log may still grow."""
        return self.word is Word.RUNNING and self.step.finished_on is None

    @property
    def has_run(self) -> bool:
        """Whether it can have a log."""
        return self.step.started_on is not None

    @property
    def state(self) -> str:
        """One of kept, growing, coming (it ended, its log is still to be fetched), missing, gone, none."""
        if self.log and (self.log.state != StepLog.State.GROWING or self.is_running):
            return self.log.state
        return "growing" if self.is_running else "coming" if self.has_run else "none"

    @property
    def wants_asking(self) -> bool:
        """Whether a page that shows it should have Azure asked."""
        return self.has_run and self.state in {"growing", "coming", "missing"}


@dataclass(frozen=True)
class LogsSeen:
    """The page. `window` and `hits` are of the chosen step's log; `at` is the line pointed at."""

    release: Release
    tries: list[Try]
    chosen: Try | None
    steps: list[StepSeen]
    step: StepSeen | None
    asked: Asked
    window: Window = field(default_factory=lambda: Window([], has_earlier=False, has_later=False))
    hits: Hits | None = None
    hit: int = 0
    at: int | None = None

    @property
    def log(self) -> StepLog | None:
        """Of the chosen step."""
        return self.step.log if self.step else None

    @property
    def follows(self) -> bool:
        """Whether the end of a log that grows is shown and goes on by itself."""
        is_open = self.step is not None and self.step.state in {"growing", "coming"}
        return is_open and (self.asked.is_tail or self.asked.is_anywhere)

    @property
    def is_moving(self) -> bool:
        """Whether what is shown may change by itself."""
        return self.step is not None and self.step.state in {"growing", "coming"}

    @property
    def failing_line(self) -> int | None:
        """Where the log of a failed step is opened."""
        is_bad = self.step is not None and self.step.word in {Word.FAILED, Word.PARTLY, Word.CANCELED}
        return self.log.first_failing_line if self.log and is_bad else None

    @cached_property
    def newest_at(self) -> datetime | None:
        """When the newest line shown was written."""
        return next((at for line in reversed(self.window.lines) if (at := stamped(line.text)[0])), None)

    @property
    def waiting_lines(self) -> int:
        """Lines that came since it was paused."""
        return max(0, self.log.line_count - self.asked.paused) if self.log and self.asked.paused else 0


def logs_seen(user: User, *, project: str, azure_id: int, asked: Asked) -> LogsSeen | None:
    """The page, or None when there is no such release that this person may see."""
    rows = visible_to(user, Release).filter(project__slug=project, azure_id=azure_id)
    release = rows.select_related("project").first()
    if release is None:
        return None
    tries = _tries(release)
    chosen = _chosen(tries, asked)
    steps = _steps(chosen.deployment) if chosen else []
    step = _step(steps, asked)
    return _with_lines(LogsSeen(release, tries, chosen, steps, step, asked))


def _tries(release: Release) -> list[Try]:
    """Attempts that began, newest first within their stage, the latest stage first."""
    rows = Deployment.objects.filter(release_stage__release=release).select_related("release_stage")
    found = rows.order_by("-release_stage__rank", "-release_stage__azure_id", "-attempt")
    return [Try(row, attempt_word(row.status, operation=row.operation_status)) for row in found if row.started_on]


def _chosen(tries: list[Try], asked: Asked) -> Try | None:
    """The attempt asked for; else the one that runs, the newest one that failed, the newest one."""
    named = [one for one in tries if one.stage == asked.stage]
    exact = [one for one in named if one.deployment.attempt == asked.attempt]
    if exact or named:
        return (exact or named)[0]
    for word in (Word.RUNNING, Word.FAILED):
        if found := [one for one in tries if one.word is word]:
            return max(found, key=lambda one: one.deployment.azure_id)
    return max(tries, key=lambda one: one.deployment.azure_id, default=None)


def _steps(deployment: Deployment) -> list[StepSeen]:
    rows = Step.objects.filter(deployment=deployment).select_related("log").order_by("rank", "phase_id", "task_id")
    return [StepSeen(row, step_word(row.status), getattr(row, "log", None), n) for n, row in enumerate(rows, 1)]


def _step(steps: list[StepSeen], asked: Asked) -> StepSeen | None:
    """The step asked for; else the first that failed, the one that runs, the last that ran."""
    if named := [one for one in steps if (one.step.phase_id, one.step.task_id) == asked.step]:
        return named[0]
    for word in (Word.FAILED, Word.RUNNING):
        if found := [one for one in steps if one.word is word]:
            return found[0]
    return next((one for one in reversed(steps) if one.has_run), steps[0] if steps else None)


def _with_lines(seen: LogsSeen) -> LogsSeen:
    log, asked = seen.log, seen.asked
    if log is None or not log.line_count:
        return seen
    hits = search(log, asked.words, around=asked.hit, after=asked.line) if asked.words else None
    hit, at = (hits.chosen, hits.line) if hits else (0, asked.line)
    first, most = _place(seen, at=at)
    shown = window(log, first=first, most=most)
    return LogsSeen(
        seen.release, seen.tries, seen.chosen, seen.steps, seen.step, asked, shown, hits, hit, at or asked.line
    )


def _place(seen: LogsSeen, *, at: int | None) -> tuple[int, int]:
    """The first line to show, and how many."""
    asked, log = seen.asked, seen.log
    assert log is not None
    if asked.paused:
        first = max(1, asked.paused - TAIL_LINES + 1)
        return first, asked.paused - first + 1
    if seen.follows or asked.is_tail:
        return max(1, log.line_count - TAIL_LINES + 1), MOST_LINES
    if asked.first and not at:
        return asked.first, MOST_LINES
    at = at or asked.line or (seen.failing_line if asked.is_anywhere else None)
    return max(1, (at or 1) - BEFORE), MOST_LINES
