"""One endpoint: what it serves against what was deployed, its settings, its health, its drifts. Asked by its page.

Fixed number of queries, whatever the history: drifts and what it served are read for the newest `SHOWN_DAYS` alone.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from releases.models import Drift, Endpoint, EndpointCheck, Stage, StageBinding, User, Watermark
from releases.queries import artifacts, health, spans
from releases.queries.access import visible_to
from releases.queries.bindings import offered
from releases.queries.endpoints import Bound, EndpointSeen, models_of, seen_of
from releases.queries.health import Health
from releases.queries.sentences import version_words
from releases.queries.served import served_of, served_words
from releases.queries.stage_settings import StageSettings, stage_settings

SHOWN_DAYS = 30
DRIFTS_SHOWN = 50
SPANS_SHOWN = 60
STAGES_COMPARED = 3


@dataclass(frozen=True)
class Stretch:
    """Something that lasted: what it is called, its hue, from when until when (None: it goes on)."""

    text: str
    hue: str
    start: datetime
    until: datetime | None


@dataclass(frozen=True)
class History:
    """What was deployed, what was served and what drifted, in the newest days."""

    start: datetime
    until: datetime
    deployed: list[Stretch] = field(default_factory=list)
    served: list[Stretch] = field(default_factory=list)
    drifted: list[Stretch] = field(default_factory=list)


@dataclass(frozen=True)
class EndpointPageSeen:
    """Everything an endpoint's page shows. `drifts`: newest first, those of the reader's stages; `drift_count`: all."""

    seen: EndpointSeen
    settings: list[tuple[Bound, StageSettings]]
    day: Health
    day_before: Health
    why: str
    why_in_full: str
    mark: Watermark | None
    drifts: list[Drift]
    drift_count: int
    history: History
    offered: list[Stage]

    @property
    def row(self) -> Endpoint:
        """The endpoint."""
        return self.seen.row


def endpoint_seen(user: User, *, workspace: int, name: str, now: datetime) -> EndpointPageSeen | None:
    """The endpoint of this name, or None when there is none that this person may see."""
    if "\x00" in name:
        return None
    rows = visible_to(user, Endpoint).filter(workspace_id=workspace, name=name).select_related("workspace", "cluster")
    row = rows.first()
    return _page(user, row, now=now) if row else None


def _page(user: User, row: Endpoint, *, now: datetime) -> EndpointPageSeen:
    seen = seen_of([row], bindings=visible_to(user, StageBinding), now=now)[0]
    before = health.over([row.pk], start=now - 2 * health.DAY, until=now - health.DAY)
    mark = health.marks([row.workspace_id]).get(row.workspace_id)
    drifts = visible_to(user, Drift).filter(endpoint=row).select_related("stage__pipeline", "span__release__project")
    return EndpointPageSeen(
        seen=seen,
        settings=_settings(seen),
        day=seen.day,
        day_before=before.get(row.pk, health.NOTHING),
        why=seen.why_no_health,
        why_in_full=health.why_in_full(row, mark),
        mark=mark,
        drifts=(listed := list(drifts.order_by("-drift_from", "-pk")[:DRIFTS_SHOWN])),
        drift_count=len(listed) if len(listed) < DRIFTS_SHOWN else drifts.count(),
        history=_history(row, seen, listed, now=now),
        offered=offered(user, [row.workspace_id])[row.workspace_id],
    )


def _settings(seen: EndpointSeen) -> list[tuple[Bound, StageSettings]]:
    """The deployment with the most traffic against the release of each stage; the newest one where none has any."""
    known = [share.row for share in seen.shares if share.row]
    if not known:
        return []
    deployment = known[0] if seen.serving else max(known, key=lambda one: (one.created_on or one.changed_at, one.name))
    deployment.endpoint = seen.row
    return [(bound, stage_settings(deployment, bound.span)) for bound in seen.bound[:STAGES_COMPARED]]


def _history(row: Endpoint, seen: EndpointSeen, drifts: list[Drift], *, now: datetime) -> History:
    start = now - timedelta(days=SHOWN_DAYS)
    checks = EndpointCheck.objects.filter(Q(seen_until=None) | Q(seen_until__gt=start), endpoint=row)
    looks = list(checks.order_by("-seen_from")[:SPANS_SHOWN])
    shown = [drift for drift in drifts if drift.drift_until is None or drift.drift_until > start]
    return History(
        start=start,
        until=now,
        deployed=_deployed(seen, start=start),
        served=[Stretch(_served(look), _look_hue(look), look.seen_from, look.seen_until) for look in looks],
        drifted=[Stretch(told_words(one.served), "drift", one.drift_from, one.drift_until) for one in shown],
    )


def _deployed(seen: EndpointSeen, *, start: datetime) -> list[Stretch]:
    """What the releases of the first stage bound here put live."""
    if not seen.bound:
        return []
    rows = spans.reaching(seen.bound[0].binding.stage_id, start).select_related("release")
    found = list(rows.order_by("-live_from")[:SPANS_SHOWN])
    carried = artifacts.of_releases({span.release_id for span in found})
    return [
        Stretch(
            ", ".join([span.release.name, *(version_words(m) for m in models_of(carried.get(span.release_id, [])))]),
            "old" if span.live_until else "run",
            span.live_from,
            span.live_until,
        )
        for span in found
    ]


def told_words(served: list[dict[str, Any]]) -> str:
    """`v11`, or `v5 (90 %) and v6 (10 %)`, of what a look or a drift holds."""
    return served_words(served_of(served))


def _served(look: EndpointCheck) -> str:
    words = {"idle": "no traffic", "unreadable": "unknown", "gone": "gone"}
    return words.get(look.state) or told_words(look.served)


def _look_hue(look: EndpointCheck) -> str:
    return "wait" if look.state == "unreadable" else "run" if look.seen_until is None else "old"
