"""Filters and pages of the made-up lists, with the same limits and tokens as the service."""

from collections.abc import Callable
from datetime import datetime

from sandbox.http.messages import Refused, Request, Response
from sandbox.replay.recording import Json, time_of

MOST = 100
USUAL = 50


def within(request: Request, low: str, high: str) -> Callable[[object], bool]:
    """Whether a recorded time lies between two query parameters, either of which may be absent."""
    since, until = (_time(request, name) for name in (low, high))

    def fits(text: object) -> bool:
        time = time_of(text)
        return (since is None or time >= since) and (until is None or time <= until)

    return fits


def _time(request: Request, name: str) -> datetime | None:
    return time_of(request.first(name)) if request.first(name) else None


def numbers(request: Request, name: str) -> set[int]:
    """The ids of a comma-separated parameter; refused when one is no number."""
    try:
        return {int(part) for value in request.query.get(name.lower(), []) for part in value.split(",") if part}
    except ValueError as error:
        raise Refused(400, "VssPropertyValidationException", f"{name}: {error}") from error


def page(request: Request, rows: list[Json], *, top: str = "$top", order: str = "descending") -> Response:
    """One page by id; the continuation token is the id of the row that the next page begins with."""
    ascending = (request.first("queryorder") or order).lower() == "ascending"
    ordered = sorted(rows, key=lambda row: row["id"], reverse=not ascending)
    if request.first("continuationtoken"):
        first = int(request.first("continuationtoken"))
        ordered = [row for row in ordered if (row["id"] >= first if ascending else row["id"] <= first)]
    size = min(int(request.first(top) or USUAL), MOST)
    shown = ordered[:size]
    response = Response.json_of({"count": len(shown), "value": shown})
    if len(ordered) > size:
        response.headers["x-ms-continuationtoken"] = str(ordered[size]["id"])
    return response
