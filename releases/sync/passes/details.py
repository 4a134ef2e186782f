"""Reads releases one by one in full: steps, gates, approval history. Called by the details line."""

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from django.db.models import QuerySet
from django.utils import timezone

from releases.azure.answers import Item, Malformed, ReleaseAnswer
from releases.azure.devops import DevOps
from releases.errors import AzureUnreadable, NotThere
from releases.models import Release, ReleaseStage, SetAside
from releases.states import Depth, StageStatus
from releases.sync.connections import Calls
from releases.sync.passes.ages import newest_first
from releases.sync.passes.inflight import in_flight
from releases.sync.passes.pages import Answered, keep
from releases.sync.passes.reading import mark_gone, nothing
from releases.sync.passes.work import Work

FEED = "details"
AT_ONCE = 25
"""Releases stored in one transaction."""

RUNNING_AT_MOST = 50
UNREADABLE_TRIES = 3
UNREADABLE_RESTS = timedelta(hours=1)


@dataclass
class _Answer:
    """What came for one release; exactly one of `item`, `is_gone`, `reason` says something."""

    asked_at: datetime
    item: Item[ReleaseAnswer] | None = None
    is_gone: bool = False
    reason: str = ""


@dataclass
class _Releases:
    """The releases of one round, in order."""

    work: Work
    ids: Iterator[int]
    asked: set[int] = field(default_factory=set)
    ahead: int = AT_ONCE // 2

    def take(self) -> int | None:
        if self.work.budget.is_spent:
            return None
        return next((one for one in self.ids if one not in self.asked), None)

    def ask(self, question: int, calls: Calls) -> "Future[_Answer]":
        self.asked.add(question)
        asked_at = calls.asked_at()
        project = self.work.project.azure_id
        return calls.elsewhere(lambda devops: _ask(devops, project, question, asked_at))

    def came(self, question: int, answer: _Answer) -> None:
        """Nothing follows from an answer."""


def _ask(devops: DevOps, project: str, release_id: int, asked_at: datetime) -> _Answer:
    reason = ""
    for _ in range(UNREADABLE_TRIES):
        try:
            return _Answer(asked_at, item=devops.release(project, release_id))
        except NotThere:
            return _Answer(asked_at, is_gone=True)
        except AzureUnreadable as error:
            reason = error.sentence
    return _Answer(asked_at, reason=reason)


def waiting(work: Work) -> int:
    """How many releases are not read in full yet."""
    return _unread(work).count()


def details(work: Work, *, running: bool = True) -> bool:
    """Go on until nothing is left to read in full (True) or the budget is spent (False).

    `running` also reads those again that have a stage in progress, whose steps move without any list telling.
    """
    ids = list(islice(_in_order(work, running=running), 1))
    if not ids:
        work.end(FEED)
        return True
    work.begin(FEED).expects(waiting(work))
    source = _Releases(work, _in_order(work, running=running))
    batch: list[tuple[int, _Answer]] = []
    for answered in in_flight(source, work.calls):
        batch.append(answered)
        if len(batch) >= AT_ONCE:
            _keep(work, batch)
            batch = []
    if batch:
        _keep(work, batch)
    if work.budget.is_spent:
        return False
    work.end(FEED)
    return True


def _in_order(work: Work, *, running: bool) -> Iterator[int]:
    """Running ones, then unfinished ones, then by age; asked for as needed, so that it stays short."""
    if running:
        stages = ReleaseStage.objects.filter(
            release__project=work.project, release__is_unfinished=True, status=StageStatus.IN_PROGRESS
        )
        ids = stages.values_list("release__azure_id", flat=True).distinct()
        yield from list(ids.order_by("-release__azure_id")[:RUNNING_AT_MOST])
    unread = _unread(work)
    yield from list(unread.filter(is_unfinished=True).order_by("-created_on").values_list("azure_id", flat=True))
    for chunk in newest_first(unread):
        yield from (azure_id for azure_id, _ in chunk)


def _unread(work: Work) -> QuerySet[Release]:
    """Releases to read in full; those that could not be read lately rest for a while."""
    resting = SetAside.objects.filter(
        project=work.project,
        resolved_at=None,
        key__startswith="release:",
        last_seen_at__gt=timezone.now() - UNREADABLE_RESTS,
    ).values_list("key", flat=True)
    ids = [int(key[8:]) for key in resting if key[8:].isdigit()]
    unread = Release.objects.filter(project=work.project, detailed_sha256="", gone_at=None)
    return unread.exclude(azure_id__in=ids) if ids else unread


def _keep(work: Work, batch: list[tuple[int, _Answer]]) -> None:
    items = [answer.item for _, answer in batch if answer.item is not None]
    unreadable = [Malformed(f"release:{one}", b"", answer.reason) for one, answer in batch if answer.reason]
    gone = [one for one, answer in batch if answer.is_gone]
    earliest = min(answer.asked_at for _, answer in batch)
    if items or unreadable:
        keep(work, Answered(items, earliest, Depth.DETAILED, unreadable), then=nothing)
    if gone:
        mark_gone(work, gone)
