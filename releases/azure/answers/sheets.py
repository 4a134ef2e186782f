"""A page of releases taken apart but not read: what stands in each item is only decoded where somebody needs it.

Made by `releases.azure.devops`, so that the next request can leave before a page is understood; used by the passes,
which leave unread what they have already. A release that did not change costs a hash, not its decoding.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import msgspec

from releases.azure.answers.base import Moment, moment
from releases.azure.answers.depth import is_too_deep
from releases.azure.answers.pages import MARK, TOO_DEEP, Item, Malformed, collection_of, malformed_item, read_item
from releases.azure.answers.release import ReleaseAnswer

NOUN = "release"


@dataclass(frozen=True, slots=True)
class Unread:
    """The answer to a list request as it came, and the token that asks for the next page (None: the end)."""

    body: bytes
    token: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """One release, unread: Azure's own JSON of it, when it was created, and the SHA-256 of the JSON in hex."""

    raw: bytes
    id: int
    created_on: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The releases of one page. `malformed` are those that do not even tell their id and when they were created."""

    lines: list[Line]
    malformed: list[Malformed]
    token: str | None


class _Head(msgspec.Struct, rename="camel"):
    id: int
    created_on: Moment


_HEAD = msgspec.json.Decoder(_Head)


def taken_apart(unread: Unread) -> Sheet:
    """The releases of a page, one by one. Raises AzureUnreadable when it is no list of things at all."""
    body = unread.body
    collection = collection_of(body.removeprefix(MARK))
    deep = is_too_deep(body)
    lines: list[Line] = []
    malformed: list[Malformed] = []
    for at, raw in enumerate(collection):
        one = bytes(raw)
        if deep and is_too_deep(one):
            malformed.append(malformed_item(one, at=at, noun=NOUN, reason=TOO_DEEP))
            continue
        line = _line(one, at=at)
        if isinstance(line, Line):
            lines.append(line)
        else:
            malformed.append(line)
    return Sheet(lines, malformed, unread.token)


def _line(raw: bytes, *, at: int) -> Line | Malformed:
    try:
        head = _HEAD.decode(raw)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError, OverflowError):
        head = None
    created_on = moment(head.created_on) if head else None
    if head is not None and created_on is not None:
        return Line(raw, head.id, created_on, sha256(raw).hexdigest())
    item = read_item(raw, ReleaseAnswer, noun=NOUN, at=at)
    if isinstance(item, Malformed):
        return item
    created_on = item.value.created_on
    assert created_on is not None, "a release without a creation time is malformed"
    return Line(item.raw, item.value.id, created_on, sha256(item.raw).hexdigest())


def read_line(line: Line) -> Item[ReleaseAnswer] | Malformed:
    """The release of a line, or why it cannot be read."""
    return read_item(line.raw, ReleaseAnswer, noun=NOUN)
