"""What goes over the wire, for handlers: Request, Response, Refused, Route. Written to by every part of the sandbox.

Must not know sockets (that is `server`) nor the company (that is `sandbox.company`).
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

JSON_TYPE = "application/json; charset=utf-8; api-version=7.1"


class Headers(Mapping[str, str]):
    """Header fields, looked up without regard to case."""

    def __init__(self, pairs: Mapping[str, str] | None = None) -> None:
        self._fields = {name.lower(): value for name, value in (pairs or {}).items()}

    def __getitem__(self, name: str) -> str:
        return self._fields[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)


class Refused(Exception):
    """A handler says no. The server renders it in the dialect of its service (Azure DevOps or ARM).

    `type_key` is Azure DevOps's discriminator ("ReleaseNotFoundException"); for ARM it is `error.code`.
    """

    def __init__(self, status: int, type_key: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.type_key = type_key
        self.message = message


@dataclass(frozen=True)
class Request:
    """One request as a handler sees it. `query` keys are lower-cased and keep their `$`; `path` has no query."""

    method: str
    path: str
    route: dict[str, str]
    query: dict[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    base_url: str

    def json(self) -> Any:
        """The body as JSON; a body that is none is refused as Azure does, with 400."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise Refused(400, "InvalidRequestException", f"The request body is not JSON: {error}") from error

    def first(self, key: str, default: str = "") -> str:
        """The first value of a query parameter, whatever the case of its name."""
        values = self.query.get(key.lower())
        return values[0] if values else default


@dataclass
class Response:
    """One answer. `effect` names what changed ("approve"); it is counted when the handler has run, sent or not."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON_TYPE
    headers: dict[str, str] = field(default_factory=dict)
    effect: str | None = None

    @classmethod
    def json_of(cls, value: Any, status: int = 200, **headers: str) -> Self:
        """An answer of JSON; header names may be written with underscores (`retry_after="7"`)."""
        body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
        return cls(status=status, body=body, headers={k.replace("_", "-"): v for k, v in headers.items()})


Handler = Callable[[Request], Response]


@dataclass(frozen=True)
class Route:
    """A pattern like "/{org}/{project}/_apis/Release/releases/{id:int}" and who answers it; `name` is for faults."""

    method: str
    pattern: str
    handler: Handler
    name: str


def azure_devops_envelope(refused: Refused) -> Response:
    """The error body of Azure DevOps. errorCode is always 0 there: typeKey tells errors apart."""
    key = refused.type_key
    body = {
        "$id": "1",
        "innerException": None,
        "message": refused.message,
        "typeName": f"Microsoft.VisualStudio.Services.ReleaseManagement.{key}, Microsoft.VisualStudio.Services",
        "typeKey": key,
        "errorCode": 0,
        "eventId": 3000,
    }
    return Response.json_of(body, refused.status)
