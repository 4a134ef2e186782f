"""Keeps `LiveSpan`, and `Drift` with it, true to the attempts, touching only what a change can reach (decision 7).

Called by the store inside its transaction. A change at some time can alter the span it falls into and the next two
openings, never more: so each change is widened to that window, and only windows are read, compared and written.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from releases.models import LiveSpan
from releases.sync import spans
from releases.sync.mapping.tables import SPAN, Row
from releases.sync.spans import Attempt, Span, Window
from releases.sync.store import drifts, writing
from releases.sync.store.locking import lock_stages

Held = tuple[int, int, Span]
"""Our id of a span, Azure's id of the attempt that opened it, and the span."""

_BEGINNING = datetime(1, 1, 2, tzinfo=UTC)
_FAR = datetime(9999, 1, 1, tzinfo=UTC)

# Both ends are existing openings, so that what lies outside keeps its beginning and its end.
_BOUNDS = """
SELECT w.stage_id,
  (SELECT s.live_from FROM releases_livespan s
   WHERE s.stage_id = w.stage_id AND s.live_from < w.since ORDER BY s.live_from DESC LIMIT 1),
  (SELECT DISTINCT s.live_from FROM releases_livespan s
   WHERE s.stage_id = w.stage_id AND s.live_from > w.until ORDER BY s.live_from LIMIT 1 OFFSET 1)
FROM w"""
_ATTEMPTS = """
SELECT d.stage_id, d.id, d.azure_id, rs.release_id, d.status, d.finished_on, r.versions_hash
FROM w JOIN releases_deployment d ON d.stage_id = w.stage_id AND d.finished_on >= w.since AND d.finished_on <= w.until
JOIN releases_releasestage rs ON rs.id = d.release_stage_id JOIN releases_release r ON r.id = rs.release_id
WHERE d.status IN ('succeeded', 'partiallySucceeded', 'failed')"""
_SPANS = """
SELECT s.stage_id, s.id, d.azure_id, s.opened_by_id, s.release_id, s.live_from, s.live_until, s.versions_hash,
  s.is_partial, s.uncertain_since
FROM w JOIN releases_livespan s ON s.stage_id = w.stage_id AND s.live_from >= w.since AND s.live_from <= w.until
JOIN releases_deployment d ON d.id = s.opened_by_id"""


def refresh(turns: Mapping[int, Collection[datetime]], runs: Collection[Window] = ()) -> int:
    """Redo the spans around these times, per stage, and the drift there and while these attempts ran; how many rows
    were written. Inside a transaction only."""
    if not turns and not runs:
        return 0
    lock_stages(turns.keys() | {one.stage for one in runs})
    windows, written = _spans_redone(turns) if turns else ([], 0)
    return written + drifts.follow(spans.merged([*windows, *runs]))


def _spans_redone(turns: Mapping[int, Collection[datetime]]) -> tuple[list[Window], int]:
    """The windows that these times can reach, and how many rows were written in them."""
    changed = [Window(stage, *ends) for stage, times in turns.items() for ends in spans.clusters(times)]
    windows = spans.merged(_widened(changed))
    attempts = _by_stage(_attempts(windows))
    held = _by_stage(_held(windows))
    new: list[Row] = []
    moved: list[tuple[int, Row]] = []
    gone: list[int] = []
    for window in windows:
        wanted, there = redone(window, attempts[window.stage], held[window.stage])
        _compare(window.stage, wanted, there, new=new, moved=moved, gone=gone)
    return windows, _write(new, moved, gone)


def redone(
    window: Window, attempts: Sequence[Attempt], held: Sequence[Held]
) -> tuple[list[Span], list[tuple[int, Span]]]:
    """The spans that should be in a window, and those that are, by id.

    The window's ends are times of openings; several attempts may share such a time, so the exact cut is made here.
    """
    there = [one for one in held if window.since <= one[2].live_from and _within(one[2].live_from, window)]
    first = min(((one[2].live_from, one[1]) for one in there if one[2].live_from == window.since), default=None)
    last = min(((one[2].live_from, one[1]) for one in there if one[2].live_from == window.until), default=None)
    inside = [
        one
        for one in attempts
        if window.since <= one.finished_on
        and _within(one.finished_on, window)
        and (first is None or one.position >= first)
        and (last is None or one.position < last)
    ]
    wanted = spans.spans_of(inside, until=last[0] if last else None)
    return wanted, [(number, span) for number, opener, span in there if last is None or (span.live_from, opener) < last]


def _within(time: datetime, window: Window) -> bool:
    return window.until is None or time <= window.until


def _compare(
    stage: int,
    wanted: Sequence[Span],
    there: Sequence[tuple[int, Span]],
    *,
    new: list[Row],
    moved: list[tuple[int, Row]],
    gone: list[int],
) -> None:
    """Sort the differences into rows to add, to replace and to remove. The attempt that opens a span names it."""
    by_opener = {span.opened_by: (number, span) for number, span in there}
    for span in wanted:
        number, old = by_opener.pop(span.opened_by, (0, None))
        if old is None:
            new.append(_row(stage, span))
        elif old != span:
            moved.append((number, _row(stage, span)))
    gone.extend(number for number, _ in by_opener.values())


def _row(stage: int, span: Span) -> Row:
    return [
        stage,
        span.release,
        span.opened_by,
        span.live_from,
        span.live_until,
        span.versions_hash,
        span.is_partial,
        span.uncertain_since,
    ]


def _write(new: list[Row], moved: list[tuple[int, Row]], gone: list[int]) -> int:
    """Remove, close, then open: at no moment has a stage two open spans."""
    if gone:
        LiveSpan.objects.filter(id__in=gone).delete()
    at = SPAN.at["live_until"]
    writing.update(SPAN, [one for one in moved if one[1][at] is not None])
    writing.update(SPAN, [one for one in moved if one[1][at] is None])
    writing.insert(SPAN, new)
    return len(gone) + len(moved) + len(new)


def _widened(windows: Sequence[Window]) -> Iterator[Window]:
    """Each window from the opening before it to the second opening after it."""
    for stage, before, after in _ask(_BOUNDS, windows):
        yield Window(stage, _time(before) or _BEGINNING, _time(after))


def _attempts(windows: Sequence[Window]) -> Iterator[tuple[int, Attempt]]:
    for stage, number, azure_id, release, status, finished, versions in _ask(_ATTEMPTS, windows):
        yield stage, Attempt(number, azure_id, release, status, _utc(finished), versions)


def _held(windows: Sequence[Window]) -> Iterator[tuple[int, Held]]:
    for stage, number, azure_id, opener, release, since, until, versions, partial, uncertain in _ask(_SPANS, windows):
        span = Span(opener, release, _utc(since), _time(until), versions, bool(partial), _time(uncertain))
        yield stage, (number, azure_id, span)


def _ask(sql: str, windows: Sequence[Window]) -> list[tuple[Any, ...]]:
    """The rows of a query about all windows at once, which it knows as `w`."""
    cast = "%s::bigint, %s::timestamptz, %s::timestamptz" if connection.vendor == "postgresql" else "%s, %s, %s"
    values = ", ".join([f"({cast})"] * len(windows))
    adapt = connection.ops.adapt_datetimefield_value
    flat = [(one.stage, adapt(one.since), adapt(one.until or _FAR)) for one in windows]
    with connection.cursor() as cursor:
        cursor.execute(f"WITH w(stage_id, since, until) AS (VALUES {values}) {sql}", [x for one in flat for x in one])
        return list(cursor.fetchall())


def _utc(value: datetime | str) -> datetime:
    """A time as asked without Django's help: SQLite answers with text in UTC."""
    if isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def _time(value: datetime | str | None) -> datetime | None:
    return None if value is None else _utc(value)


def _by_stage(rows: Iterable[tuple[int, Any]]) -> defaultdict[int, list[Any]]:
    result: defaultdict[int, list[Any]] = defaultdict(list)
    for stage, row in rows:
        result[stage].append(row)
    return result
