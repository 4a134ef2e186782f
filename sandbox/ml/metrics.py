"""Azure Monitor's figures of the online endpoints, under the resource manager's own path.

Reckoned, not remembered: the same quarter of an hour always reads the same. Traffic follows what the registry knows of
when which deployment came.
"""

import math
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sandbox.company.registry import Endpoint
from sandbox.http.messages import Refused, Request, Response, Route
from sandbox.ml.arm import Json, Place
from sandbox.ml.endpoints import KIND, endpoint_of

STEP = timedelta(minutes=15)
MOST_POINTS = 3000
SILENT = {"tide-prod"}
"""Kubernetes endpoints need not have metrics; these have none."""
UNITS = {"RequestsPerMinute": "Count", "RequestLatency_P95": "MilliSeconds"}


def routes(place: Place) -> list[Route]:
    """The one question that is answered: a list of metrics over time."""

    def listed(request: Request) -> Response:
        endpoint = endpoint_of(place, request)
        names, start, until = _asked(request)
        values = [_metric(place, endpoint, name, request, start=start, until=until) for name in names]
        span = f"{_zulu(start)}/{_zulu(until)}"
        location = place.registry.workspace.location
        about = {"cost": 0, "timespan": span, "interval": "PT15M", "namespace": KIND, "resourceregion": location}
        return Response.json_of({**about, "value": values})

    path = "/onlineEndpoints/{endpoint}/providers/Microsoft.Insights/metrics"
    return [place.route("GET", path, listed, "ml.metrics.list")]


def _asked(request: Request) -> tuple[list[str], datetime, datetime]:
    """Which metrics, from when until when; refused as the service refuses what it does not know."""
    names = str(request.first("metricnames") or "").split(",")
    unknown = [name for name in names if name not in UNITS]
    if unknown:
        raise Refused(400, "BadRequest", f"Failed to find metric configuration for metric: {unknown[0]}.")
    if request.first("interval") != "PT15M" or str(request.first("aggregation")).lower() != "average":
        raise Refused(400, "BadRequest", "Only averages of PT15M are answered here.")
    start, _, until = str(request.first("timespan") or "").partition("/")
    try:
        span = datetime.fromisoformat(start), datetime.fromisoformat(until)
    except ValueError as error:
        raise Refused(400, "BadRequest", "The timespan is no pair of times.") from error
    if not timedelta() < span[1] - span[0] <= MOST_POINTS * STEP:
        raise Refused(400, "BadRequest", "The timespan is empty or too long.")
    return names, span[0].astimezone(UTC), span[1].astimezone(UTC)


def _metric(place: Place, endpoint: Endpoint, name: str, request: Request, *, start: datetime, until: datetime) -> Json:
    split = _dimensions(str(request.first("$filter") or ""))
    points = {} if endpoint.name in SILENT else _points(endpoint, name, split, start=start, until=until)
    most = int(request.first("top") or 10)
    return {
        "id": f"{place.id('onlineEndpoints', endpoint.name)}/providers/Microsoft.Insights/metrics/{name}",
        "type": "Microsoft.Insights/metrics",
        "name": {"value": name, "localizedValue": name},
        "unit": UNITS[name],
        "timeseries": [_series(split, values, data) for values, data in list(points.items())[:most]],
        "errorCode": "Success",
    }


def _dimensions(asked: str) -> list[str]:
    return [part.split(" eq ")[0].strip() for part in asked.split(" and ") if " eq " in part]


def _series(split: list[str], values: tuple[str, ...], data: list[Json]) -> Json:
    """Azure writes the names of dimensions in lower case."""
    labels = [
        {"name": {"value": name.lower(), "localizedValue": name.lower()}, "value": value}
        for name, value in zip(split, values, strict=False)
    ]
    return {"metadatavalues": labels, "data": data}


def _points(
    endpoint: Endpoint, name: str, split: list[str], *, start: datetime, until: datetime
) -> dict[tuple[str, ...], list[Json]]:
    found: dict[tuple[str, ...], list[Json]] = {}
    for at in _steps(start, until):
        for deployment, share in _serving(endpoint, at).items():
            for status, value in _values(endpoint, deployment, name, at).items():
                key = (deployment, status) if "statusCode" in split else (deployment,)
                amount = value * share / 100 if name == "RequestsPerMinute" else value
                found.setdefault(key, []).append({"timeStamp": _zulu(at), "average": round(amount, 4)})
    return found


def _steps(start: datetime, until: datetime) -> Iterator[datetime]:
    at = datetime.fromtimestamp(math.ceil(start.timestamp() / STEP.total_seconds()) * STEP.total_seconds(), UTC)
    while at < until:
        yield at
        at += STEP


def _serving(endpoint: Endpoint, at: datetime) -> dict[str, int]:
    """Percent by deployment then: as now since the last change, before it the newest one that was there."""
    if at < endpoint.created_on or not endpoint.deployments:
        return {}
    if at >= endpoint.modified_on:
        return {name: percent for name, percent in endpoint.traffic.items() if percent}
    rows = sorted(endpoint.deployments.values(), key=lambda row: row.created_on)
    there = [row.name for row in rows if row.created_on <= at]
    return {there[-1] if there else rows[-1].name: 100}


def _values(endpoint: Endpoint, deployment: str, name: str, at: datetime) -> dict[str, float]:
    """Busy by day, quiet by night; p95 and errors as the endpoint's name and the hour have it."""
    usual = random.Random(endpoint.name)
    base, slow, failing = usual.uniform(6, 40), usual.uniform(28, 70), usual.uniform(0.0005, 0.004)
    now = random.Random(f"{endpoint.name}/{deployment}/{at.isoformat()}")
    if name == "RequestLatency_P95":
        return {"": slow * now.uniform(0.9, 1.15)}
    busy = 0.35 + 0.65 * max(0.0, math.sin(math.pi * (at.hour + at.minute / 60 - 4) / 18))
    requests = base * busy * now.uniform(0.85, 1.15)
    failed = requests * failing * now.uniform(0.2, 2.0)
    return {"200": requests - failed, "424": failed * 0.7, "503": failed * 0.3}


def _zulu(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
