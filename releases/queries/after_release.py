"""How endpoints did in the first 24 hours after a release went live, against the 24 hours before. For the release page.

Three queries, whatever the release; nothing is told of a release whose samples are past their time (`health.KEPT`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from releases.models import Endpoint, HealthSample, LiveSpan, Release, Stage, StageBinding
from releases.queries import health
from releases.queries.health import DAY, KEPT, Health

STAGES_TOLD = 3
SPANS_LOOKED_AT = 20


@dataclass(frozen=True)
class After:
    """One stage: its endpoint, the first hours with this release, the day before, and why there is nothing to tell."""

    stage: Stage
    endpoint: Endpoint | None
    since: datetime
    until: datetime
    has_ended: bool = False
    first: Health = health.NOTHING
    before: Health = health.NOTHING
    why: str = ""

    @property
    def is_over(self) -> bool:
        """Whether the 24 hours are over, or another release took its place before."""
        return self.has_ended or self.length >= DAY

    @property
    def length(self) -> timedelta:
        """How long that was, so far."""
        return self.until - self.since


def after_release(release: Release, *, now: datetime) -> list[After]:
    """The newest stages that went live with it; empty while it is live nowhere, or when that was too long ago."""
    spans = _newest(release, since=now - KEPT)
    bindings = StageBinding.objects.filter(stage_id__in=[span.stage_id for span in spans]).select_related("endpoint")
    places = {one.stage_id: one for one in bindings} if spans else {}
    ids = {one.endpoint_id for one in places.values() if one.endpoint_id}
    samples = _samples(ids, spans) if ids else []
    marks = health.marks({one.endpoint.workspace_id for one in places.values() if one.endpoint}) if ids else {}
    return [
        _after(span, place.endpoint, samples, marks, now=now) for span in spans if (place := places.get(span.stage_id))
    ]


def _newest(release: Release, *, since: datetime) -> list[LiveSpan]:
    """The newest time in each stage, stages of the greatest rank first."""
    rows = LiveSpan.objects.filter(release=release, live_from__gt=since).select_related("stage")
    found = {span.stage_id: span for span in sorted(rows[:SPANS_LOOKED_AT], key=lambda span: span.live_from)}
    return sorted(found.values(), key=lambda span: (-span.stage.rank, span.pk))[:STAGES_TOLD]


def _samples(endpoints: Iterable[int], spans: Sequence[LiveSpan]) -> list[HealthSample]:
    start, until = min(s.live_from for s in spans) - DAY, max(s.live_from for s in spans) + DAY
    return list(HealthSample.objects.filter(endpoint_id__in=endpoints, at__gte=start, at__lt=until))


def _after(
    span: LiveSpan, endpoint: Endpoint | None, samples: Sequence[HealthSample], marks: health.Marks, *, now: datetime
) -> After:
    since, until = span.live_from, min(now, span.live_until or now, span.live_from + DAY)
    if endpoint is None:
        return After(
            span.stage,
            None,
            since,
            until,
            bool(span.live_until),
            why="no data: what a legacy cluster serves cannot be seen",
        )
    mine = [one for one in samples if one.endpoint_id == endpoint.pk]
    first = health.of(one for one in mine if since <= one.at < until)
    before = health.of(one for one in mine if since - DAY <= one.at < since)
    why = "" if first.is_there else _why(endpoint, marks, since=since, until=until)
    return After(span.stage, endpoint, since, until, bool(span.live_until), first, before, why)


def _why(endpoint: Endpoint, marks: health.Marks, *, since: datetime, until: datetime) -> str:
    """The first quarter of an hour takes a while to be read."""
    why = health.why_none(endpoint, marks.get(endpoint.workspace_id))
    return "no data: not read yet" if why == health.NO_REQUESTS and until - since < timedelta(minutes=30) else why
