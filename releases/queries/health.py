"""How endpoints did, from the samples of Azure Monitor: requests, 95th percentile of latency, share of errors.

A figure that is not there comes with the reason. Asked by the Clusters pages and, after a release, by its page. One
query for any number of endpoints, over the samples of the time asked for alone.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Count, F, FloatField, QuerySet, Sum, When
from django.db.models.functions import Cast

from releases.models import Endpoint, HealthSample, Watermark

FEED = "health"
DAY = timedelta(hours=24)
KEPT = timedelta(days=30)
"""How long samples stay."""


@dataclass(frozen=True)
class Health:
    """One endpoint over one stretch of time. `p95` is the mean of the quarter hours' p95, weighted by requests (ms)."""

    requests: float | None = None
    per_minute: float | None = None
    p95: float | None = None
    error_share: float | None = None

    @property
    def errors_percent(self) -> float | None:
        """The share of requests that failed, in per cent."""
        return None if self.error_share is None else self.error_share * 100

    @property
    def is_there(self) -> bool:
        """Whether Azure Monitor reported requests, be it that there were none."""
        return self.requests is not None


@dataclass(frozen=True)
class LastDay:
    """One endpoint's last 24 hours as a door tells them: the figures, or why there is none.

    `why` is in a few words, `azure_said` Azure's own sentence where it refused or failed; both are empty where there
    are figures. `read_at`: when Azure Monitor was asked last.
    """

    since: datetime
    until: datetime
    health: Health
    why: str = ""
    azure_said: str = ""
    read_at: datetime | None = None


NOTHING = Health()
NO_REQUESTS = "no requests"
Marks = Mapping[int, Watermark]


def over(endpoints: Collection[int], *, start: datetime, until: datetime) -> dict[int, Health]:
    """Each endpoint's health from `start` (inclusive) until then (exclusive); one without samples is left out."""
    return _figures(HealthSample.objects.filter(endpoint_id__in=endpoints, at__gte=start, at__lt=until))


def of(samples: Iterable[HealthSample]) -> Health:
    """The same of samples at hand."""
    rows = [one for one in samples if one.requests_per_minute is not None]
    if not rows:
        return NOTHING
    load = {one: (one.requests_per_minute or 0) * one.minutes for one in rows}
    slow = {one: load[one] for one in rows if one.latency_p95 is not None}
    failed = [(one.error_share, load[one]) for one in rows if one.error_share is not None]
    return _health(
        {
            "requests": sum(load.values()),
            "stretches": len({one.at for one in rows}),
            "minutes_each": sum(one.minutes for one in rows) / len(rows),
            "slow": sum((one.latency_p95 or 0) * part for one, part in slow.items()),
            "measured": sum(slow.values()),
            "failed": sum(share * part for share, part in failed) if failed else None,
        }
    )


def last_day(endpoints: Collection[int], *, now: datetime) -> dict[int, Health]:
    """Each endpoint's last 24 hours."""
    return over(endpoints, start=now - DAY, until=now)


def last_days(rows: Sequence[Endpoint], *, now: datetime) -> dict[int, LastDay]:
    """The last 24 hours of each of these endpoints, with the reason where there is no figure. Two queries."""
    found = last_day([row.pk for row in rows], now=now)
    read = marks({row.workspace_id for row in rows})
    return {row.pk: _told(row, found.get(row.pk, NOTHING), read.get(row.workspace_id), now=now) for row in rows}


def _told(row: Endpoint, health: Health, mark: Watermark | None, *, now: datetime) -> LastDay:
    told = LastDay(now - DAY, now, health, read_at=mark.checked_at if mark else None)
    return told if health.is_there else replace(told, why=why_none(row, mark), azure_said=why_in_full(row, mark))


def marks(workspaces: Collection[int]) -> dict[int, Watermark]:
    """How far each workspace's health was read."""
    rows = Watermark.objects.filter(workspace_id__in=workspaces, feed=FEED)
    return {mark.workspace_id: mark for mark in rows if mark.workspace_id}


def why_none(endpoint: Endpoint, mark: Watermark | None) -> str:
    """Why there is no figure of this endpoint, in a few words."""
    if mark is None:
        return "no data: not read yet"
    refused = mark.cursor.get("refused", {})
    if endpoint.name in refused or mark.hindered_by:
        return "no data: Azure Monitor is not allowed" if _is_refused(endpoint, mark) else "no data: could not be read"
    if endpoint.name not in mark.cursor.get("until", {}):
        return "no data: not read yet"
    return "no data: Azure Monitor has none of this Kubernetes endpoint" if _is_kubernetes(endpoint) else NO_REQUESTS


def why_in_full(endpoint: Endpoint, mark: Watermark | None) -> str:
    """The sentence Azure gave, where it refused or failed."""
    if mark is None:
        return ""
    refused: Mapping[str, str] = mark.cursor.get("refused", {})
    return refused.get(endpoint.name, "") or mark.hindered_by


def _is_refused(endpoint: Endpoint, mark: Watermark) -> bool:
    return endpoint.name in mark.cursor.get("refused", {}) or bool(mark.cursor.get("is_refused"))


def _is_kubernetes(endpoint: Endpoint) -> bool:
    return endpoint.kind.lower() in {"kubernetes", "k8s"}


def _figures(samples: QuerySet[HealthSample]) -> dict[int, Health]:
    load = Cast(F("requests_per_minute") * F("minutes"), FloatField())
    known = Case(When(latency_p95__isnull=False, then=load), output_field=FloatField())
    rows = samples.values("endpoint_id").annotate(
        requests=Sum(load),
        stretches=Count("at", distinct=True),
        minutes_each=Sum("minutes") * 1.0 / Count("pk"),
        slow=Sum(load * F("latency_p95")),
        measured=Sum(known),
        failed=Sum(load * F("error_share")),
    )
    return {row["endpoint_id"]: _health(row) for row in rows}


def _health(row: Mapping[str, Any]) -> Health:
    requests, minutes = row["requests"], row["stretches"] * (row["minutes_each"] or 0)
    if requests is None:
        return NOTHING
    return Health(
        requests=requests,
        per_minute=requests / minutes if minutes else None,
        p95=(row["slow"] or 0) / row["measured"] if row["measured"] else None,
        error_share=(row["failed"] or 0) / requests if requests and row["failed"] is not None else None,
    )
