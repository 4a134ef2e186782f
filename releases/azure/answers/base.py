"""The base of all answer types: what Azure leaves out, sends as null or as a sentinel, made plain. No Azure calls.

Decoding is native (msgspec); afterwards only the fields that need it are tidied, by a plan made once per type.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Union, cast, get_args, get_origin, get_type_hints

import msgspec

from releases.azure.answers.words import Vocabulary

# What a reader sees (left) and what the wire may hold (right): nulls become the empty value.
if TYPE_CHECKING:
    Text = str
    Number = int
    Flag = bool
    Many = list
    Mapped = dict
else:
    Text = str | None
    Number = int | None
    Flag = bool | None

    class Many:
        """`Many[X]`: a list of X, empty when Azure says null."""

        def __class_getitem__(cls, item: Any) -> Any:
            return list[item] | None

    class Mapped:
        """`Mapped[K, V]`: a dict, empty when Azure says null."""

        def __class_getitem__(cls, items: Any) -> Any:
            return dict[items] | None


Moment = datetime | None
"""A time in UTC; None where Azure has none or says `0001-01-01T00:00:00`."""

Tidy = Callable[[Any], Any]


def moment(value: datetime | None) -> datetime | None:
    """An aware time in UTC. Without a zone Azure means UTC; the year 1 is its way to say "no value"."""
    if value is None or value.year == 1:
        return None
    if value.tzinfo is UTC:
        return value
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Plain(msgspec.Struct, rename="camel", gc=False):
    """A small thing that holds no time and no word of Azure's, and that Azure tells whole. See `lenient`.

    Its fields are annotated `str`, `int`, `bool`: there is no second look at it, which would cost more than reading it.
    """


class Answer(msgspec.Struct, rename="camel", gc=False):
    """One thing as Azure tells it. Unknown keys are ignored; wrong types raise msgspec.ValidationError."""

    def __post_init__(self) -> None:
        moments, words, blanks = _plan(type(self))
        for name in moments:
            value = getattr(self, name)
            if value is not None and (value.tzinfo is not UTC or value.year == 1):
                setattr(self, name, moment(value))
        for name, read in words:
            setattr(self, name, read(getattr(self, name)))
        for name, empty in blanks:
            if getattr(self, name) is None:
                setattr(self, name, empty())


@cache
def _plan(kind: type[Answer]) -> tuple[list[str], list[tuple[str, Tidy]], list[tuple[str, Callable[[], Any]]]]:
    """Which fields of a type are times, words, or blank when null (those with a default that is not None)."""
    moments: list[str] = []
    words: list[tuple[str, Tidy]] = []
    blanks: list[tuple[str, Callable[[], Any]]] = []
    hints = get_type_hints(kind, include_extras=True)
    for field in msgspec.structs.fields(kind):
        hint = hints[field.name]
        vocabulary = next((m for m in getattr(hint, "__metadata__", ()) if isinstance(m, Vocabulary)), None)
        if vocabulary is not None:
            words.append((field.name, vocabulary.read))
        elif datetime in get_args(hint):
            moments.append(field.name)
        elif (empty := _empty(field)) is not None and _nullable(hint):
            blanks.append((field.name, empty))
    return moments, words, blanks


def _empty(field: msgspec.structs.FieldInfo) -> Callable[[], Any] | None:
    factory, default = field.default_factory, field.default
    if factory is not msgspec.NODEFAULT:
        return cast("Callable[[], Any]", factory)
    return None if default is None or default is msgspec.NODEFAULT else (lambda: default)


def _nullable(hint: Any) -> bool:
    if get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    return get_origin(hint) in (Union, UnionType) and NoneType in get_args(hint)
