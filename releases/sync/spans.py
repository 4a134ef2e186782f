"""What a stage ran, and when, from its finished attempts (decision 7). Pure; `sync.store.live` writes the result.

Attempts are ordered by (finished, deployment id). A success opens a span unless the success before it put the same
release live. A failure after the span's last success leaves the stage uncertain.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from releases.states import LIVE_STATUSES, DeploymentStatus

TURNS = frozenset({*LIVE_STATUSES, DeploymentStatus.FAILED})
"""The statuses that say something about what a stage runs."""

Position = tuple[datetime, int]
"""Where an attempt stands in a stage's life: when it finished, and Azure's deployment id."""


class Attempt(NamedTuple):
    """One finished attempt at one stage. `deployment` is our id of the row, `azure_id` Azure's."""

    deployment: int
    azure_id: int
    release: int
    status: str
    finished_on: datetime
    versions_hash: str = ""

    @property
    def position(self) -> Position:
        """Its place in the order of the stage's attempts."""
        return self.finished_on, self.azure_id


class Span(NamedTuple):
    """One unbroken time in which the stage ran one release; named by the attempt that opened it."""

    opened_by: int
    release: int
    live_from: datetime
    live_until: datetime | None
    versions_hash: str
    is_partial: bool
    uncertain_since: datetime | None


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a stage's life that has to be looked at again, both ends included; `until` None is the present."""

    stage: int
    since: datetime
    until: datetime | None


def spans_of(attempts: Iterable[Attempt], *, until: datetime | None = None) -> list[Span]:
    """The spans these attempts make, oldest first; the last one ends at `until` (None: it goes on)."""
    spans: list[Span] = []
    run: list[Attempt] = []
    for attempt in sorted(attempts, key=lambda one: one.position):
        if attempt.status in LIVE_STATUSES and not (run and run[0].release == attempt.release):
            if run:
                spans.append(_span(run, until=attempt.finished_on))
            run = [attempt]
        elif run and attempt.status in TURNS:
            run.append(attempt)
    if run:
        spans.append(_span(run, until=until))
    return spans


def _span(run: Sequence[Attempt], *, until: datetime | None) -> Span:
    """The span of one opening success and all that followed before the next release."""
    last = max(at for at, attempt in enumerate(run) if attempt.status in LIVE_STATUSES)
    failures = run[last + 1 :]
    return Span(
        opened_by=run[0].deployment,
        release=run[0].release,
        live_from=run[0].finished_on,
        live_until=until,
        versions_hash=run[0].versions_hash,
        is_partial=run[last].status == DeploymentStatus.PARTIALLY_SUCCEEDED,
        uncertain_since=failures[0].finished_on if failures else None,
    )


def clusters(times: Iterable[datetime], *, gap: timedelta = timedelta(days=7)) -> list[tuple[datetime, datetime]]:
    """The times as few stretches without a hole longer than `gap`, so that far-apart changes stay apart."""
    stretches: list[tuple[datetime, datetime]] = []
    for time in sorted(times):
        if stretches and time - stretches[-1][1] <= gap:
            stretches[-1] = stretches[-1][0], time
        else:
            stretches.append((time, time))
    return stretches


def merged(windows: Iterable[Window]) -> list[Window]:
    """The same windows with those of one stage that touch made one, by stage and time."""
    result: list[Window] = []
    for window in sorted(windows, key=lambda one: (one.stage, one.since)):
        last = result[-1] if result else None
        if last and last.stage == window.stage and (last.until is None or window.since <= last.until):
            ends = None if last.until is None or window.until is None else max(last.until, window.until)
            result[-1] = Window(last.stage, last.since, ends)
        else:
            result.append(window)
    return result
