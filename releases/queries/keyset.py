"""Pages of any list by keyset: a page costs the same first or two thousandth, and rows that arrive move nothing.

The order is newest first by the named columns, the last of them unique and none of them empty. Asked by the API.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Field, Model, Q, QuerySet

from releases.errors import Invalid

Row = TypeVar("Row", bound=Model)
Place = tuple[datetime | int | UUID, ...]

LONGEST_CURSOR = 300


@dataclass(frozen=True)
class Cursor:
    """A place between two rows: the page holds what is older than `place`, or newer when `is_back`."""

    place: Place
    is_back: bool = False


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page, newest first; `older` and `newer` lead to its neighbours, None where there are none."""

    rows: list[Row]
    older: Cursor | None
    newer: Cursor | None


def page(rows: QuerySet[Row], *, order: Sequence[str], cursor: Cursor | None, size: int) -> Page[Row]:
    """The page at this cursor, or the newest. Going on gives each row once, whatever arrives meanwhile."""
    is_back = cursor is not None and cursor.is_back
    if cursor is not None:
        rows = rows.filter(beyond(cursor, order))
    found = list(rows.order_by(*(name if is_back else f"-{name}" for name in order))[: size + 1])
    has_more, found = len(found) > size, found[:size]
    if is_back:
        found.reverse()
    if not found:
        return Page(rows=[], older=None, newer=None)
    has_newer, has_older = (has_more, True) if is_back else (cursor is not None, has_more)
    return Page(
        rows=found,
        older=Cursor(_place(found[-1], order)) if has_older else None,
        newer=Cursor(_place(found[0], order), is_back=True) if has_newer else None,
    )


def written(cursor: Cursor) -> str:
    """The cursor as it stands in an address."""
    place = [_plain(value) for value in cursor.place]
    text = json.dumps([cursor.is_back, *place], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(text: str, *, model: type[Model], order: Sequence[str]) -> Cursor:
    """The cursor in an address. Raises Invalid for anything that `written` did not make for this order."""
    try:
        if len(text) > LONGEST_CURSOR:
            raise ValueError
        is_back, *place = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(is_back, bool) or len(place) != len(order):
            raise ValueError
        values = tuple(_value(value, model=model, name=name) for value, name in zip(place, order, strict=True))
    except (ValueError, TypeError, OverflowError, binascii.Error, ValidationError, RecursionError):
        raise Invalid("This cursor is none of ours. Start again from the first page.", code="invalid_cursor") from None
    return Cursor(values, is_back=is_back)


def _plain(value: datetime | int | UUID) -> str | int:
    return value.isoformat() if isinstance(value, datetime) else str(value) if isinstance(value, UUID) else value


def _value(value: object, *, model: type[Model], name: str) -> datetime | int | UUID:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError
    field = model._meta.get_field(name)
    found = field.to_python(value) if isinstance(field, Field) else None
    if isinstance(found, datetime) and found.tzinfo is not None:
        return found.astimezone(UTC)
    if not isinstance(found, int | UUID):
        raise ValueError
    return found


def beyond(cursor: Cursor, order: Sequence[str]) -> Q:
    """Strictly past the place in this order: (a, b) < (x, y) said so that an index on (a, b) finds it."""
    sign = "gt" if cursor.is_back else "lt"
    name, value = order[0], cursor.place[0]
    if len(order) == 1:
        return Q(**{f"{name}__{sign}": value})
    rest = beyond(Cursor(cursor.place[1:], is_back=cursor.is_back), order[1:])
    return Q(**{f"{name}__{sign}e": value}) & (Q(**{f"{name}__{sign}": value}) | rest)


def _place(row: Model, order: Sequence[str]) -> Place:
    return tuple(getattr(row, name) for name in order)
