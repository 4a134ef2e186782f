"""The door to the passes: each project is read by three lines, each by one worker at a time.

The history line keeps the list of releases right; the details line follows and reads them in full; the logs line
fetches what their steps wrote. Tasks call `advance`
with a few seconds, the sync command with none; both go on where the last one stopped.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.conf import settings
from django.utils import timezone

from releases.errors import (
    AzureError,
    AzureNoAnswer,
    AzureRefused,
    AzureStopped,
    AzureThrottled,
    AzureUnreachable,
    AzureUnreadable,
    CredentialRefused,
    NotThere,
    PermissionMissing,
)
from releases.models import Organization, Project, Watermark
from releases.sync import gaps, gate, runs, watermarks
from releases.sync.connections import Calls
from releases.sync.passes import backfill, background, history, logs
from releases.sync.passes.work import Budget, FeedInCircles, Work
from releases.sync.standing import note_standing
from releases.sync.watermarks import Lease, LeaseLost

log = logging.getLogger(__name__)

MOST_FAILURES = 5
"""Tries of the same thing before a run is called failed."""

MOST_WAITS = 100
"""Times in a row that Azure may ask to wait before a run is called failed."""

PAUSED_RESTS = timedelta(minutes=5)
"""How long nothing is asked after Azure refused the credential or the project."""


class Ended(StrEnum):
    """How a unit of work ended; `more` and `waiting` go on by themselves."""

    DONE = "done"
    MORE = "more"
    WAITING = "waiting"
    FAILED = "failed"
    PAUSED = "paused"
    BUSY = "busy"


@dataclass(frozen=True)
class Outcome:
    """How it ended, with the error that did it; `rests` is how long nobody tries again."""

    ended: Ended
    error: AzureError | None = None
    rests: timedelta | None = None
    failures: int = 0


@dataclass(frozen=True)
class Line:
    """A feed whose lease it is, and one step of work that returns whether everything is done for now.

    `unread` tells what is missing when the line was given up; without it, its silence is no gap.
    """

    feed: str
    step: Callable[[Work], bool]
    unread: Callable[[Watermark], list[gaps.Range]] | None = None


HISTORY = Line(history.FEED, history.step, backfill.unread)
DETAILS = Line(background.FEED, background.step)
LOGS = Line(logs.FEED, logs.step)


def advance(
    line: Line,
    project: Project,
    *,
    budget: Budget,
    insist: bool = False,
    full: bool = False,
    connections: int | None = None,
    on_progress: Callable[[runs.Run], None] | None = None,
) -> Outcome:
    """Do one unit of work. `insist`: also before the time at which a failed line is due again.

    `full` begins to read the whole history once more.
    """
    due_at = watermarks.of(project, feed=line.feed).due_at
    if due_at and not insist and due_at > timezone.now():
        return Outcome(Ended.WAITING, rests=due_at - timezone.now())
    lease = watermarks.claim(project, feed=line.feed)
    if lease is None:
        return Outcome(Ended.BUSY)
    outcome = Outcome(Ended.MORE, failures=lease.mark.failures)
    try:
        if line.unread:
            gaps.notice(lease)
        width = connections or settings.SLIPWAY_SYNC_CONNECTIONS
        with Calls(project.organization, width) as calls:
            outcome = _try(line, Work(project, calls, lease, budget, full=full, on_progress=on_progress))
    except LeaseLost:
        outcome = Outcome(Ended.BUSY)
    except CredentialRefused as error:  # the variable that should hold the credential is not there
        runs.go_on(line.feed, project=project).pause(error)
        _hindered(line, lease, error)
        outcome = _refused(project.organization, error)
    finally:
        due_at = timezone.now() + outcome.rests if outcome.rests is not None else None
        lease.release(failures=outcome.failures, due_at=due_at)
    return outcome


def _try(line: Line, work: Work) -> Outcome:
    """Steps until done, given up, or out of time; what fails in passing is tried again after a wait."""
    failures, waits = work.lease.mark.failures, 0
    while True:
        pages = work.pages
        try:
            done = line.step(work)
            note_standing(work.project.organization, Organization.State.CONNECTED, "")
            return Outcome(Ended.DONE if done else Ended.MORE)
        except AzureThrottled as error:
            waits = waits + 1 if work.pages == pages else 1
            if waits > MOST_WAITS:
                return _failed(line, work, error, failures)
            rests = _throttled(work, error)
            _hindered(line, work.lease, error)
        except AzureStopped:  # no failure of Azure's: whoever comes next asks again at once
            return Outcome(Ended.WAITING, failures=work.lease.mark.failures)
        except AzureRefused as error:
            _hindered(line, work.lease, error)
            return _paused(work, error)
        except FeedInCircles as error:
            return _failed(line, work, error, failures)
        except (AzureUnreachable, AzureNoAnswer, AzureUnreadable) as error:
            failures = failures + 1 if work.pages == pages else 1
            if failures >= MOST_FAILURES:
                return _failed(line, work, error, failures)
            work.failed(error)
            rests = gate.backoff(failures)
            _hindered(line, work.lease, error)
        if not work.budget.wait(rests):
            return Outcome(Ended.WAITING, rests=timedelta(seconds=rests), failures=failures)


def _hindered(line: Line, lease: Lease, error: AzureError, *, given_up: bool = False) -> None:
    """What is not read meanwhile may be a gap; not when another worker took over."""
    if line.unread is None:
        return
    lease.mark.refresh_from_db()
    with suppress(LeaseLost):
        gaps.hindered(lease, error, unread=line.unread(lease.mark) if given_up else [])


def _throttled(work: Work, error: AzureThrottled) -> float:
    """Close the gate for everybody, say so on the run, and return how long to wait."""
    if work.calls.gate.seconds_left < error.retry_after:
        work.calls.gate.close(error.retry_after)
    if work.run and not work.run.is_over:
        work.run.asked(work.calls.taken())
        work.run.waits(error.sentence, code=error.code)
    return max(error.retry_after, work.calls.gate.seconds_left)


def _paused(work: Work, error: AzureRefused) -> Outcome:
    if work.run and not work.run.is_over:
        work.run.asked(work.calls.taken())
        work.run.pause(error)
    return _refused(work.project.organization, error)


def _refused(organization: Organization, error: AzureRefused) -> Outcome:
    """A person has to do something; until then Azure is asked again only now and then."""
    log.warning("Reading %s waits for a person: %s", organization.name, error.code)
    if isinstance(error, CredentialRefused):
        note_standing(organization, Organization.State.AUTH_FAILED, error.sentence)
    elif isinstance(error, (PermissionMissing, NotThere)):  # whoever is told that is known to Azure
        note_standing(organization, Organization.State.CONNECTED, "")
    return Outcome(Ended.PAUSED, error, rests=PAUSED_RESTS)


def _failed(line: Line, work: Work, error: AzureError, failures: int) -> Outcome:
    log.warning("Reading %s failed: %s", work.project.slug, error.code)
    _hindered(line, work.lease, error, given_up=True)
    if work.run and not work.run.is_over:
        work.run.asked(work.calls.taken())
        work.run.fail(error)
    if isinstance(error, AzureUnreachable):
        note_standing(work.project.organization, Organization.State.UNREACHABLE, error.sentence)
    rests = timedelta(seconds=gate.backoff(max(failures, MOST_FAILURES)))
    return Outcome(Ended.FAILED, error, rests=rests, failures=failures)
