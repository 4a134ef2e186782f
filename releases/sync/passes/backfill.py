"""Reads a project's history once, oldest first, several stretches of it at a time. Called by the history line.

The cursor holds every stretch with its continuation token, saved with each page: what was killed goes on where it was.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection
from django.utils import timezone

from releases.azure.answers import Line, Sheet, taken_apart
from releases.azure.devops import DevOps
from releases.models import Watermark
from releases.states import Depth
from releases.sync import gaps, store, watermarks
from releases.sync.connections import Calls
from releases.sync.passes.desk import desk, read_ahead
from releases.sync.passes.feeds import Tokens
from releases.sync.passes.inflight import in_flight
from releases.sync.passes.listing import FEED as LISTING
from releases.sync.passes.listing import Seen, listed, mark_missing, note
from releases.sync.passes.pages import Answered, commit, keep
from releases.sync.passes.reading import newest_release
from releases.sync.passes.stretches import Stretch, Stretches
from releases.sync.passes.work import Work

FEED = "history"
AGAIN = "again"
"""In the cursor: when somebody asked to read the history once more."""

EDGE = timedelta(seconds=1)
"""Asked for beyond each end of a stretch: whether Azure's bounds are inclusive is not documented."""


_Answer = tuple[datetime, "Future[Sheet]"]
"""When a page was asked for, and the page as soon as the desk has taken it apart."""


@dataclass(frozen=True)
class _Sheet:
    """One page of a stretch, taken apart: the releases that belong to the stretch, and when it was asked for."""

    stretch: Stretch
    asked_at: datetime
    all: Sheet
    lines: list[Line]
    unchanged: set[int]


@dataclass
class _Pages:
    """The pages of all stretches; one request at a time in each."""

    work: Work
    stretches: Stretches
    desk: ThreadPoolExecutor
    waiting: list[tuple[Stretch, str | None]] = field(default_factory=list)
    tokens: dict[int, Tokens] = field(default_factory=dict)
    ahead: int = 1
    """One request waits for a thread, so that no connection idles while a page is looked at here."""

    def __post_init__(self) -> None:
        self.waiting = [(one, one.token) for one in self.stretches.all if not one.is_done]

    def take(self) -> tuple[Stretch, str | None] | None:
        if self.work.budget.is_spent:
            return None
        if not self.waiting and (new := self.stretches.halve_longest()):
            self.waiting.append((new, None))
        return self.waiting.pop(0) if self.waiting else None

    def ask(self, question: tuple[Stretch, str | None], calls: Calls) -> "Future[_Answer]":
        stretch, token = question
        asked_at = calls.asked_at()
        project = self.work.project.azure_id
        since = stretch.since - EDGE if stretch.since else None
        bound = stretch.bound + EDGE if stretch.bound else None

        def page(devops: DevOps) -> _Answer:
            unread = devops.unread_releases(project, token=token, min_created=since, max_created=bound)
            return asked_at, self.desk.submit(taken_apart, unread)

        return calls.elsewhere(page)

    def came(self, question: tuple[Stretch, str | None], answer: "_Answer") -> None:
        stretch, token = question
        sheet = answer[1].result()
        self.tokens.setdefault(id(stretch), Tokens(token)).note(sheet.token)
        beyond = stretch.until is not None and any(line.created_on >= stretch.until for line in sheet.lines)
        if sheet.token and not beyond:
            self.waiting.append((stretch, sheet.token))

    def sheet(self, stretch: Stretch, asked_at: datetime, whole: Sheet) -> _Sheet:
        """The page that came, with what of it is stored already."""
        lines = [line for line in whole.lines if stretch.takes(line.created_on)]
        hashes = {line.id: line.sha256 for line in lines}
        unchanged = store.unchanged(self.work.project, hashes, depth=Depth.LISTED)
        return _Sheet(stretch, asked_at, whole, lines, unchanged)


def is_complete(mark: Watermark) -> bool:
    """Whether the history was read to its end, and nobody asked to read it again."""
    return mark.completed_at is not None and AGAIN not in mark.cursor


def unread(mark: Watermark) -> list[gaps.Range]:
    """What of the history was never read and is not: nothing before its reading began, and none once it was whole."""
    is_first = mark.completed_at is None and mark.cursor.get("stretches")
    return Stretches.from_json(mark.cursor["stretches"]).unread if is_first else []


def backfill(work: Work, mark: Watermark) -> bool:
    """Go on reading the history until it is complete (True) or the budget is spent (False)."""
    stretches = _stretches(work, mark)
    with desk() as threads:
        pages = _Pages(work, stretches, threads)
        came = in_flight(pages, work.calls)
        sheets = (pages.sheet(stretch, asked_at, sheet.result()) for (stretch, _), (asked_at, sheet) in came)
        for sheet, ready in read_ahead(sheets, partial(_make_ready, work, threads)):
            _keep(work, mark, stretches, sheet, ready)
    if stretches.is_done:
        _end(work, mark, stretches)
    return stretches.is_done


def _make_ready(work: Work, threads: ThreadPoolExecutor, sheet: _Sheet) -> "Future[store.Ready]":
    lines = [line for line in sheet.lines if line.id not in sheet.unchanged]
    is_alone = not connection.in_atomic_block  # or another connection would not see what was made in that block
    return threads.submit(store.ready, work.project, lines, now=sheet.asked_at, maps=is_alone)


def _keep(work: Work, mark: Watermark, stretches: Stretches, sheet: _Sheet, ready: store.Ready) -> None:
    seen = _seen(mark, sheet.all)
    sheet.stretch.stored([line.created_on for line in sheet.all.lines], token=sheet.all.token, read=len(sheet.lines))

    def save() -> None:
        mark.cursor = {**mark.cursor, **seen, "stretches": stretches.as_json(), "read": stretches.read}
        watermarks.save(mark)
        if sheet.stretch.is_done:
            gaps.history_read(mark, unread=stretches.unread)

    aside = [*sheet.all.malformed, *ready.malformed]
    answered = Answered(
        ready.told, sheet.asked_at, Depth.LISTED, aside, sheet.unchanged, parents_written=ready.parents_written
    )
    keep(work, answered, then=save)


def _seen(mark: Watermark, sheet: Sheet) -> dict[str, Any]:
    """When the history is read again: which releases came, so that missing ones can be told at the end."""
    if AGAIN not in mark.cursor:
        return {}
    seen = Seen(mark.cursor.get("seen", ""))
    is_blind = note(seen, [line.id for line in sheet.lines], sheet.malformed) or mark.cursor.get("is_blind", False)
    return {"seen": seen.as_text(), "is_blind": is_blind}


def _end(work: Work, mark: Watermark, stretches: Stretches) -> None:
    """The history is complete: changes go on from the newest release, the next listing is a day away."""
    cursor = mark.cursor
    if AGAIN in cursor and not cursor.get("is_blind"):
        mark_missing(work, Seen(cursor.get("seen", "")), began=datetime.fromisoformat(cursor[AGAIN]))

    def save() -> None:
        mark.cursor = {"recent_since": cursor.get("recent_since")}
        mark.value, mark.completed_at = stretches.read_to, timezone.now()
        watermarks.save(mark, "value", "completed_at")
        listed(work.mark(LISTING))

    commit(work, save)


def _stretches(work: Work, mark: Watermark) -> Stretches:
    """Where the backfill goes on, or its beginning: how far the history reaches, cut for as many requests at once."""
    if mark.cursor.get("stretches"):
        return Stretches.from_json(mark.cursor["stretches"])
    oldest, newest = newest_release(work, ascending=True), newest_release(work)
    stretches = Stretches.between(
        oldest.created_on if oldest else None, newest.created_on if newest else None, count=work.calls.width
    )
    expected = newest.id - oldest.id + 1 if oldest and newest else 0

    def save() -> None:
        mark.cursor = {**mark.cursor, "stretches": stretches.as_json(), "read": 0, "expected": expected}
        watermarks.save(mark)
        if work.run:
            work.run.expects(work.run.row.read + expected)  # what is live was read first and comes again

    commit(work, save)
    return stretches
