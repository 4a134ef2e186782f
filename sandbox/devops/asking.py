"""Reads what clients ask for: pages, orders, times, lists of ids. Used by the handlers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.http.messages import Refused, Request, Response

DEFAULT_TOP, MOST = 50, 100
TOKEN = "x-ms-continuationtoken"  # noqa: S105


@dataclass(frozen=True)
class Page:
    """How many, from which id on, and in which order. More than `most` are never given, and nobody is told."""

    top: int
    token: int | None
    ascending: bool

    @classmethod
    def of(cls, request: Request, *, most: int = MOST, top_name: str = "$top") -> "Page":
        """What this request asks for."""
        top = number(request, top_name)
        order = request.first("queryOrder").lower()
        return cls(min(top or DEFAULT_TOP, most), number(request, "continuationToken") or None, "asc" in order)


def number(request: Request, name: str) -> int | None:
    """A whole number, None if it is not there; 400 for anything else."""
    text = request.first(name)
    if not text:
        return None
    try:
        return int(text)
    except ValueError as error:
        raise Refused(
            400, "VssPropertyValidationException", f"The value {text!r} of {name} is not a number."
        ) from error


def moment(request: Request, name: str) -> datetime | None:
    """A time in the query, None if it is not there."""
    return moment_of(request.first(name), name)


def moment_of(text: str | None, name: str) -> datetime | None:
    """A time as text, None for nothing or the sentinel; 400 for anything else."""
    if not text or text.startswith("0001-01-01"):
        return None
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError as error:
        raise Refused(400, "VssPropertyValidationException", f"The value {text!r} of {name} is not a time.") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def ids(request: Request, name: str) -> list[int] | None:
    """Ids with commas between; empty parts are passed over, as the service does."""
    values = request.query.get(name.lower())
    if not values:
        return None
    return [int(part) for value in values for part in value.split(",") if part.strip().isdigit()]


def flag(request: Request, name: str) -> bool:
    """A boolean that is false unless said otherwise."""
    return request.first(name).lower() == "true"


def json_list(parts: Iterable[bytes], *, next_token: int | str | None = None) -> Response:
    """`{"count","value"}` of things already rendered; the token of the next page travels in a header."""
    made = list(parts)
    body = b'{"count":%d,"value":[%s]}' % (len(made), b",".join(made))
    headers = {TOKEN: str(next_token)} if next_token is not None else {}
    return Response(body=body, headers=headers)
