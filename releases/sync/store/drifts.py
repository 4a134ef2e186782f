"""Keeps `Drift` true to what was live and what was seen, span by span: a drift never crosses the end of its span.

Called at the end of each look for the spans it can reach, and by the store of spans for those that changed, within
their transactions. Everything outside the window asked for stays as it is; the intervals themselves are `sync.drift`'s.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from django.db.models import Min, OuterRef, Q, QuerySet, Subquery

from releases.models import Deployment, Drift, EndpointCheck, LiveSpan, StageBinding, Watermark
from releases.queries import artifacts
from releases.queries.served import deployed_of
from releases.states import DeploymentStatus
from releases.sync.drift import MOVES_TRAFFIC, Attempt, Interval, Life, Piece, drifts_of
from releases.sync.spans import Window
from releases.sync.store.locking import lock_stages

FEED = "serving"
LONGEST = 400
WINDOWS_AT_ONCE = 200
"""SQLite takes conditions of a limited depth only."""
_OPENER = "opened_by__requested_for"
BEGINNING = datetime(1, 1, 2, tzinfo=UTC)

Line = tuple[str, str]
"""A manifest line: what changed and the SHA-256 of what it is now."""


class Place(NamedTuple):
    """Where a stage is served, since when that is looked at, and when the newest look began."""

    endpoint: int
    first_look: datetime
    looked_at: datetime


def follow(windows: Collection[Window]) -> int:
    """Spans or attempts changed within these windows: judge their spans again. How many rows were written."""
    places = _places({one.stage for one in windows})
    reached = [one for one in windows if (at := places.get(one.stage)) and (one.until or at.looked_at) >= at.first_look]
    return len(_judged(reached, places)) if reached else 0


def judge(since: Mapping[int, datetime | None]) -> list[Line]:
    """Judge these stages again from these times on (None: from the first look); a manifest line for each change."""
    lock_stages(since)
    places = _places(since)
    unbound = Drift.objects.filter(stage__in=since.keys() - places.keys())
    lines = [_line(row, "none") for row in unbound.select_related("stage__pipeline")]
    unbound.delete()
    windows = [Window(stage, at or BEGINNING, None) for stage, at in since.items() if stage in places]
    return lines + _judged(windows, places)


def _judged(windows: Sequence[Window], places: Mapping[int, Place]) -> list[Line]:
    """Compare what the spans in these windows come to with what is held, and write the difference."""
    lines: list[Line] = []
    for start in range(0, len(windows), WINDOWS_AT_ONCE):
        lines += _some_judged(windows[start : start + WINDOWS_AT_ONCE], places)
    return lines


def _some_judged(windows: Sequence[Window], places: Mapping[int, Place]) -> list[Line]:
    spans = list(_spans(windows, places))
    if not spans:
        return []
    stages = {one.stage_id for one in spans}
    pieces = _pieces({places[stage].endpoint: places[stage] for stage in stages}, min(one.live_from for one in spans))
    attempts = _attempts(stages, min(one.live_from for one in spans))
    lives = _lives(spans)
    held = _held(spans)
    lines: list[Line] = []
    for span in spans:
        at = places[span.stage_id]
        wanted = drifts_of(lives[span.pk], pieces[at.endpoint], attempts[span.stage_id])
        lines += _write(span, at, wanted, held[span.pk])
    return lines


def _places(stages: Iterable[int]) -> dict[int, Place]:
    """Of the stages that are served by an endpoint which was looked at. One query."""
    mark = Watermark.objects.filter(workspace=OuterRef("endpoint__workspace"), feed=FEED).values("checked_at")[:1]
    rows = StageBinding.objects.filter(stage__in=list(stages), endpoint__isnull=False)
    rows = rows.annotate(first=Min("endpoint__checks__since"), looked_at=Subquery(mark)).filter(first__isnull=False)
    found = rows.values_list("stage_id", "endpoint_id", "first", "looked_at")
    return {stage: Place(endpoint, first, looked_at or first) for stage, endpoint, first, looked_at in found}


def _spans(windows: Iterable[Window], places: Mapping[int, Place]) -> QuerySet[LiveSpan]:
    """Spans that overlap the windows and reach into the time that was looked at, or did so while they were longer."""
    wanted = Q(pk__in=[])
    for one in windows:
        earliest = max(one.since, places[one.stage].first_look)
        held = Drift.objects.filter(Q(drift_until__isnull=True) | Q(drift_until__gt=one.since), stage=one.stage)
        reaches = Q(live_until__isnull=True) | Q(live_until__gt=earliest) | Q(pk__in=held.values("span"))
        overlaps = Q(stage=one.stage) & reaches
        wanted |= overlaps & Q(live_from__lte=one.until) if one.until else overlaps
    rows = LiveSpan.objects.filter(wanted).select_related("release", "stage__pipeline", _OPENER)
    return rows.order_by("stage_id", "live_from")


def _pieces(places: Mapping[int, Place], since: datetime) -> dict[int, list[Piece]]:
    """What each endpoint was seen to serve from then on."""
    rows = EndpointCheck.objects.filter(Q(seen_until__isnull=True) | Q(seen_until__gte=since), endpoint__in=places)
    by_endpoint: dict[int, list[EndpointCheck]] = defaultdict(list)
    for row in rows.order_by("seen_from"):
        by_endpoint[row.endpoint_id].append(row)
    found: dict[int, list[Piece]] = defaultdict(list)
    for endpoint, checks in by_endpoint.items():
        for row, following in zip(checks, [*checks[1:], None], strict=True):
            found[endpoint].append(_piece(row, following, places[endpoint].looked_at))
    return found


def _piece(row: EndpointCheck, following: EndpointCheck | None, looked_at: datetime) -> Piece:
    last_seen = row.seen_until or max(row.seen_from, looked_at)
    until = following.since if following else None
    is_dated = bool(following and following.since < following.seen_from)
    return Piece(row.since, until, last_seen, row.state, row.served, is_dated)


def _attempts(stages: Collection[int], since: datetime) -> dict[int, list[Attempt]]:
    """Attempts from then on that may have moved traffic. One whose phases are not known began when it was queued."""
    rows = Deployment.objects.filter(stage__in=stages, status__in=MOVES_TRAFFIC)
    rows = rows.filter(Q(finished_on__gte=since) | Q(finished_on=None, status=DeploymentStatus.IN_PROGRESS))
    found: dict[int, list[Attempt]] = defaultdict(list)
    for row in rows.select_related("release_stage__release", "requested_for"):
        began = row.started_on or row.queued_on or row.finished_on
        if began:
            who = str(row.requested_for or "")
            found[row.stage_id].append(Attempt(began, row.finished_on, row.release_stage.release.name, who))
    return found


def _lives(spans: Sequence[LiveSpan]) -> dict[int, Life]:
    carried = artifacts.of_releases({one.release_id for one in spans})
    following = _following(spans)
    lives = {}
    for span in spans:
        ended = following.get((span.stage_id, span.live_until))
        lives[span.pk] = Life(
            span=span.pk,
            release=span.release.name,
            live_from=span.live_from,
            live_until=span.live_until,
            deployed=deployed_of(carried.get(span.release_id, ())),
            ended_by=_opening(ended) if ended else "The next release was deployed",
        )
    return lives


def _following(spans: Sequence[LiveSpan]) -> dict[tuple[int, datetime | None], LiveSpan]:
    """The spans that begin where one of these ends, by stage and time. One query where some are not among them."""
    found: dict[tuple[int, datetime | None], LiveSpan] = {(one.stage_id, one.live_from): one for one in spans}
    missing = [one for one in spans if one.live_until and (one.stage_id, one.live_until) not in found]
    if missing:
        stages, times = {one.stage_id for one in missing}, {one.live_until for one in missing if one.live_until}
        rows = LiveSpan.objects.filter(stage__in=stages, live_from__in=times)
        found |= {(one.stage_id, one.live_from): one for one in rows.select_related("release", _OPENER)}
    return found


def _opening(span: LiveSpan) -> str:
    who = span.opened_by.requested_for
    return f"Deployment of {span.release.name}" + (f" by {who}" if who else "")


def _held(spans: Sequence[LiveSpan]) -> dict[int, dict[datetime, Drift]]:
    found: dict[int, dict[datetime, Drift]] = defaultdict(dict)
    for row in Drift.objects.filter(span__in=[one.pk for one in spans]):
        found[row.span_id][row.drift_from] = row
    return found


def _write(span: LiveSpan, at: Place, wanted: Sequence[Interval], held: dict[datetime, Drift]) -> list[Line]:
    """Remove, close, then open: at no moment has a stage two open drifts."""
    lines: list[Line] = []
    told = {one.drift_from: one for one in wanted}
    for row in [held.pop(time) for time in held.keys() - told.keys()]:
        row.stage = span.stage
        lines.append(_line(row, "none"))
        row.delete()
    for time, one in sorted(told.items()):
        values = _values(one, at)
        old = held.get(time)
        row = old or Drift(stage=span.stage, span=span, drift_from=time)
        if old and all(getattr(old, name) == value for name, value in values.items()):
            continue
        for name, value in values.items():
            setattr(row, name, value)
        row.save()
        row.stage = span.stage
        lines.append(_line(row, json.dumps(values, sort_keys=True, default=str)))
    return lines


def _values(one: Interval, at: Place) -> dict[str, Any]:
    return {
        "endpoint_id": at.endpoint,
        "drift_until": one.drift_until,
        "served": one.served,
        "deployed": one.deployed,
        "ended_by": one.ended_by[:LONGEST],
    }


def _line(row: Drift, told: str) -> Line:
    pipeline = row.stage.pipeline
    key = f"drift:{pipeline.azure_id}/{row.stage.definition_environment_id}/{row.drift_from.isoformat()}"
    return key[:200], sha256(told.encode()).hexdigest()
