"""The logs line: fetches the logs of steps that ended, newest first and failed ones before all. Comes last of all.

While the history or the steps are still being read, only logs of the last day are fetched: they are the ones somebody
waits for, and Azure's limits are for the rest. Nothing is asked for that ended before SLIPWAY_LOG_DAYS.
"""

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from releases.errors import AzureNoAnswer
from releases.models import Release, Step, StepLog
from releases.sync.connections import Calls
from releases.sync.logs.fetching import Answer, Wanted, fetch, wanted
from releases.sync.logs.keeping import keep
from releases.sync.passes import backfill, details
from releases.sync.passes.inflight import in_flight
from releases.sync.passes.work import Work

FEED = "logs"
AT_ONCE = 20
"""Releases looked through at a time."""

FRESH = timedelta(days=1)


@dataclass
class _Batch:
    """Releases looked through at once, with when their logs were due, and the steps whose logs are still to come."""

    releases: list[tuple[int, datetime]]
    left: set[int]


@dataclass
class _Logs:
    """The logs of one unit, in order: those that are asked for again, then release by release."""

    work: Work
    waiting: Iterator[Wanted] = field(init=False)
    batches: list[_Batch] = field(default_factory=list)
    error: AzureNoAnswer | None = None
    ahead: int = 2

    def __post_init__(self) -> None:
        self.waiting = self._in_order()

    def take(self) -> Wanted | None:
        if self.work.budget.is_spent or self.error:
            return None
        return next(self.waiting, None)

    def ask(self, question: Wanted, calls: Calls) -> "Future[Answer]":
        calls.asked_at()
        return calls.elsewhere(lambda devops: fetch(devops, question))

    def came(self, question: Wanted, answer: Answer) -> None:  # noqa: ARG002 - as every source is told
        self.error = self.error or answer.error

    def stored(self, question: Wanted) -> None:
        """Its log is kept or missed; releases of which nothing is left to come are due no longer."""
        for batch in self.batches:
            batch.left.discard(question.step)
        for batch in [one for one in self.batches if not one.left]:
            self.batches.remove(batch)
            for pk, due_on in batch.releases:  # unless it was read again meanwhile
                Release.objects.filter(pk=pk, logs_due_on=due_on).update(logs_due_on=None)

    def _in_order(self) -> Iterator[Wanted]:
        for log in _retries(self.work).select_related(f"step__{_RELEASE}__project")[: AT_ONCE * 10]:
            yield wanted(log.step)
        while releases := self._next():
            steps = _steps(releases)
            self.batches.append(_Batch(releases, {one.step for one in steps}))
            yield from steps

    def _next(self) -> list[tuple[int, datetime]]:
        under_way = [pk for batch in self.batches for pk, _ in batch.releases]
        due = _due(self.work).exclude(pk__in=under_way).order_by("-logs_due_on")
        return [(pk, on) for pk, on in due.values_list("pk", "logs_due_on")[:AT_ONCE] if on]


def step(work: Work) -> bool:
    """Go on until no log is due (True) or the budget is spent (False)."""
    if not (_retries(work).exists() or _due(work).exists()):
        work.end(FEED)
        return True
    run = work.begin(FEED)
    source = _Logs(work)
    for question, answer in in_flight(source, work.calls):
        with transaction.atomic():
            work.lease.keep()
            log = keep(question, answer, project=work.project.pk, now=timezone.now())
            is_kept = log.state == StepLog.State.KEPT
            run.asked(work.calls.taken())
            run.add(read=1, changed=int(is_kept), manifest=[(_key(question), log.kept_sha256)] if is_kept else [])
            source.stored(question)
        work.stored()
    if source.error:
        raise source.error
    if work.budget.is_spent:
        return False
    work.end(FEED)
    return True


def _key(question: Wanted) -> str:
    return f"log:{question.release}/{question.environment}/{question.phase}/{question.task}"


_RELEASE = "deployment__release_stage__release"


def _steps(releases: list[tuple[int, datetime]]) -> list[Wanted]:
    """Their steps that ended and whose logs nobody asked for yet; failed ones first, then newest ends first."""
    steps = Step.objects.filter(
        Q(log=None) | Q(log__state=StepLog.State.GROWING),
        **{f"{_RELEASE}__in": [pk for pk, _ in releases]},
        started_on__isnull=False,
        finished_on__isnull=False,
    )
    found = [wanted(one) for one in steps.select_related(f"{_RELEASE}__project").order_by("-finished_on", "-pk")]
    return sorted(found, key=lambda one: not one.has_failed)


def _due(work: Work) -> QuerySet[Release]:
    now = timezone.now()
    since = now - timedelta(days=settings.SLIPWAY_LOG_DAYS)
    if not backfill.is_complete(work.mark(backfill.FEED)) or details.waiting(work):
        since = max(since, now - FRESH)
    return Release.objects.filter(project=work.project, logs_due_on__gte=since, gone_at=None)


def _retries(work: Work) -> QuerySet[StepLog]:
    return StepLog.objects.filter(project=work.project, retry_at__lte=timezone.now()).order_by("retry_at")
