"""Bytes to typed answers: a page item by item, so that one malformed item never hides the others.

Called by `releases.azure.devops`. Raises AzureUnreadable when nothing of an answer can be read.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

import msgspec

from releases.azure.answers.base import Answer
from releases.azure.answers.depth import is_too_deep
from releases.azure.answers.lenient import lenient
from releases.errors import AzureUnreadable

T = TypeVar("T", bound=Answer)

MARK = b"\xef\xbb\xbf"
_LONE_SURROGATES = re.compile(
    rb"(?<!\\)((?:\\\\)*)(?:(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)
_END_OF_TIME = re.compile(rb'"9999-12-31T23:59:59\.\d+Z?"')


@dataclass(frozen=True, slots=True)
class Item(Generic[T]):
    """One thing: `raw` is Azure's own JSON of it (text that is no Unicode replaced), `value` what it means."""

    raw: bytes
    value: T


@dataclass(frozen=True, slots=True)
class Malformed:
    """One item that does not fit its type. `key` names it as well as can be ("release:178"), `reason` says why."""

    key: str
    raw: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list. `token` asks for the next one; None is the end. `size_bytes` is of the whole answer."""

    items: list[Item[T]]
    malformed: list[Malformed]
    token: str | None
    size_bytes: int


class _Collection(msgspec.Struct):
    value: list[msgspec.Raw] | None = None


class _Named(msgspec.Struct):
    id: int | str | None = None


_COLLECTION = msgspec.json.Decoder(_Collection)
_NAMED = msgspec.json.Decoder(_Named)


@cache
def decoder(kind: type[T]) -> "msgspec.json.Decoder[T]":
    """The decoder of one answer type, made once."""
    return msgspec.json.Decoder(kind)


def read_page(body: bytes, kind: type[T], *, noun: str, token: str | None = None) -> Page[T]:
    """All items of a list answer; `noun` names what they are in the keys of malformed ones."""
    collection = collection_of(body.removeprefix(MARK))
    deep = is_too_deep(body)
    items: list[Item[T]] = []
    malformed: list[Malformed] = []
    for at, raw in enumerate(collection):
        one = bytes(raw)
        if deep and is_too_deep(one):
            malformed.append(malformed_item(one, at=at, noun=noun, reason=TOO_DEEP))
            continue
        match read_item(one, kind, noun=noun, at=at):
            case Malformed() as bad:
                malformed.append(bad)
            case item:
                items.append(item)
    return Page(items, malformed, token, len(body))


def collection_of(body: bytes) -> list[msgspec.Raw]:
    """The items, unread. Half a surrogate pair anywhere would make the whole answer unreadable, so it is mended."""
    try:
        return _COLLECTION.decode(body).value or []
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        mended = _mended(body)
    try:
        return _COLLECTION.decode(mended).value or []
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise unreadable(error) from error


def decoded(raw: bytes, kind: type[T]) -> T:
    """The thing; read again by the lenient twin of its type where Azure sent what it should not. Raises of msgspec."""
    try:
        thing: T = decoder(kind).decode(raw)
    except msgspec.ValidationError:
        twin: type[T] = lenient(kind)
        thing = decoder(twin).decode(raw)
    return thing


def read_item(raw: bytes, kind: type[T], *, noun: str, at: int = 0) -> Item[T] | Malformed:
    """One item by its type, or why it cannot be read."""
    try:
        return Item(raw, decoded(raw, kind))
    except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError, OverflowError):
        mended = _mended(raw)
    try:
        return Item(mended, decoded(mended, kind))
    except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError, OverflowError) as error:
        return malformed_item(mended, at=at, noun=noun, reason=str(error))


def read_one(body: bytes, kind: type[T], *, noun: str) -> Item[T]:
    """An answer that is one thing. Raises AzureUnreadable with the reason when it does not fit its type."""
    if is_too_deep(body):
        raise AzureUnreadable(f"Azure DevOps sent a {noun} that cannot be read: {TOO_DEEP}.")
    read = read_item(body.removeprefix(MARK), kind, noun=noun)
    if isinstance(read, Malformed):
        raise AzureUnreadable(f"Azure DevOps sent a {noun} that cannot be read: {read.reason}.")
    return read


def read_json(body: bytes, *, noun: str) -> dict[str, Any]:
    """An answer that is one thing, as the JSON it is: every key, every null. Raises AzureUnreadable."""
    if is_too_deep(body):
        raise AzureUnreadable(f"Azure DevOps sent a {noun} that cannot be read: {TOO_DEEP}.")
    try:
        found = json.loads(body.removeprefix(MARK))
    except (ValueError, RecursionError) as error:
        raise unreadable(error) from error
    if not isinstance(found, dict):
        raise AzureUnreadable(f"Azure DevOps sent a {noun} that cannot be read: it is no object.")
    return found


TOO_DEEP = "it is nested deeper than 200 levels"


def unreadable(error: Exception) -> AzureUnreadable:
    """What is said of an answer of which nothing can be read; never the answer's own text."""
    return AzureUnreadable(f"Azure DevOps sent an answer that is not readable JSON ({error}). It will be asked again.")


def _mended(raw: bytes) -> bytes:
    """The same JSON without what no database stores: bytes that are not UTF-8, halves of surrogate pairs.

    The end of time, which Azure uses for "never" and which overflows when rounded, becomes null.
    """
    text = raw.decode("utf-8", "replace").encode()
    text = _LONE_SURROGATES.sub(lambda found: found[1] + (found[2] or rb"\ufffd"), text)
    return _END_OF_TIME.sub(b"null", text)


def malformed_item(raw: bytes, *, at: int, noun: str, reason: str) -> Malformed:
    """An item that is set aside, named by its id if it tells one."""
    try:
        known: Any = _NAMED.decode(raw).id
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        known = None
    return Malformed(f"{noun}:{known}" if known is not None else f"{noun}:unknown-{at}", raw, reason)
