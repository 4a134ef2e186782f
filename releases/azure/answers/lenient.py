"""Reads what Azure should not send: null where it always sends text, a number in the place of text. Used by `pages`.

Small types that stand in an answer by the thousand (people, references) are `Plain`: decoded without a second look.
Where that fails, the answer is read once more by twins of its types, made here, which take more and tidy up after it.
"""

from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from releases.azure.answers.base import Plain

T = TypeVar("T", bound=msgspec.Struct)

_TAKEN: dict[Any, Any] = {str: str | int | float | bool | None, int: int | None, bool: bool | None}
_EMPTY: dict[Any, Any] = {str: "", int: 0, bool: False}


@cache
def lenient(kind: type[T]) -> type[T]:
    """The twin of a type: a subclass of it with the same fields, itself and all it holds less strict."""
    hints = get_type_hints(kind, include_extras=True)
    is_plain = issubclass(kind, Plain)
    fields = [
        (one.name, _loosened(hints[one.name], is_plain=is_plain and not one.required), _like(one))
        for one in msgspec.structs.fields(kind)
    ]
    more = {"__post_init__": _tidied} if is_plain else {}
    return msgspec.defstruct(kind.__name__, fields, bases=(kind,), namespace=more, kw_only=True, gc=False)  # type: ignore[return-value]


def _loosened(hint: Any, *, is_plain: bool) -> Any:
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return lenient(hint)
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return Union[tuple(_loosened(one, is_plain=False) for one in inner)]  # noqa: UP007 - made of parts
    if origin in (list, dict):
        return origin[tuple(_loosened(one, is_plain=False) for one in inner)]
    if origin is Annotated or not is_plain:
        return hint
    return _TAKEN.get(hint, hint)


def _like(one: msgspec.structs.FieldInfo) -> Any:
    """A field with the same name on the wire and the same default."""
    given: dict[str, Any] = {"default": one.default, "default_factory": one.default_factory}
    return msgspec.field(name=one.encode_name, **given)


@cache
def _expected(twin: type) -> list[tuple[str, Any]]:
    kind = twin.__bases__[0]
    hints = get_type_hints(kind)
    return [(one.name, hints[one.name]) for one in msgspec.structs.fields(kind) if hints[one.name] in _EMPTY]


def _tidied(thing: msgspec.Struct) -> None:
    """Nulls become the empty value, numbers text; booleans as Azure spells them ("True")."""
    for name, kind in _expected(type(thing)):
        value = getattr(thing, name)
        if isinstance(value, NoneType):
            setattr(thing, name, _EMPTY[kind])
        elif kind is str and not isinstance(value, str):
            setattr(thing, name, str(value))
