"""The OpenAPI file in a form that a page can show: nouns with their parameters, and the forms of their answers."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from releases.api.schema import document


@dataclass(frozen=True)
class Field:
    """A parameter or a part of an answer; `form` names the form it has, empty for a plain value."""

    name: str
    kind: str
    told: str
    form: str = ""


@dataclass(frozen=True)
class Address:
    """One address that can be asked; `bodies` are the forms of what is sent, one for each kind."""

    method: str
    path: str
    told: str
    parameters: list[Field]
    bodies: list[str]
    form: str


@dataclass(frozen=True)
class Form:
    """What an answer, or a part of one, consists of."""

    name: str
    told: str
    fields: list[Field]


@dataclass(frozen=True)
class Reference:
    """Everything the page shows."""

    addresses: list[Address]
    forms: list[Form]


Schemas = dict[str, Any]


@cache
def reference() -> Reference:
    """The API described; made once, because it is the same for everybody as long as the process lives."""
    told = document()
    forms: Schemas = told["components"]["schemas"]
    return Reference(
        addresses=[
            _address(method, path, operation, forms)
            for path, operations in told["paths"].items()
            for method, operation in operations.items()
        ],
        forms=[_form(name, form, forms) for name, form in forms.items() if _is_told_of(form)],
    )


def _is_told_of(form: Schemas) -> bool:
    """Lists of words stand where they are used; a page of a list has the form of its rows."""
    return "properties" in form and "results" not in form["properties"]


def _address(method: str, path: str, operation: Schemas, forms: Schemas) -> Address:
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
    name = _named(answer).removeprefix("Paginated").removesuffix("List")
    parameters = [
        _field(one["name"], one["schema"], forms, told=_plain(one)) for one in operation.get("parameters", [])
    ]
    return Address(method.upper(), path, _plain(operation), parameters, _bodies(operation, forms), name)


def _bodies(operation: Schemas, forms: Schemas) -> list[str]:
    """The forms of what may be sent; none for what takes no body."""
    sent = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    name = _named(sent)
    kinds = [_named(one) for one in forms.get(name, {}).get("oneOf", [])]
    return kinds or ([name] if name else [])


def _form(name: str, form: Schemas, forms: Schemas) -> Form:
    fields = [_field(key, value, forms) for key, value in form["properties"].items()]
    return Form(name=name, told=_plain(form), fields=fields)


def _field(name: str, schema: Schemas, forms: Schemas, *, told: str = "") -> Field:
    form = _named(schema) or _named(schema.get("items", {}))
    words = schema.get("enum") or forms.get(form, {}).get("enum")
    kind = ", ".join(map(str, words)) if words else schema.get("format") or schema.get("type") or "any"
    return Field(name=name, kind=kind, told=told or _plain(schema), form="" if words else form)


def _plain(thing: Schemas) -> str:
    """Its description without the marks that the file's readers turn into type."""
    return str(thing.get("description", "")).replace("`", "")


def _named(schema: Schemas) -> str:
    """The form this refers to, whichever way OpenAPI says it; empty for none."""
    found = schema.get("$ref") or next((one.get("$ref", "") for one in schema.get("allOf", [])), "")
    return str(found).rpartition("/")[2]
