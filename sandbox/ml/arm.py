"""What all Azure ML answers share: ids, times, errors, pages, and the check that the workspace is the company's."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

from sandbox.company.people import Person
from sandbox.company.registry import Registry
from sandbox.http.messages import Handler, Refused, Request, Response, Route
from sandbox.ml.operations import Operations

Json = dict[str, Any]
Row = TypeVar("Row")
PROVIDER = "Microsoft.MachineLearningServices"
WORKSPACE = f"/subscriptions/{{sub}}/resourceGroups/{{rg}}/providers/{PROVIDER}/workspaces/{{ws}}"
JSON_TYPE = "application/json; charset=utf-8"
USUAL_PAGE = 30
LARGEST_PAGE = 1000


class Holder(Protocol):
    """Who has a registry: the living company, or an empty one beside a replay. Changes go through `act` only."""

    @property
    def registry(self) -> Registry: ...
    @property
    def lock(self) -> AbstractContextManager[Any]: ...
    def see(self) -> None: ...
    def act(self, name: str, /, **arguments: Any) -> Any: ...


@dataclass(frozen=True)
class Place:
    """The one workspace that is served."""

    holder: Holder
    operations: Operations

    @property
    def registry(self) -> Registry:
        """The company's registry; read and changed under the lock that `route` takes."""
        return self.holder.registry

    def id(self, *parts: str) -> str:
        """An ARM id in the workspace: `id("models", name, "versions", "3")`."""
        return "/".join((self.registry.workspace.id, *parts))

    def route(self, method: str, path: str, handler: Handler, name: str) -> Route:
        """A route below the workspace: signed in, of this workspace, under the company's lock."""

        def guarded(request: Request) -> Response:
            self._check(request)
            with self.holder.lock:
                self.holder.see()
                response = handler(request)
            response.content_type = JSON_TYPE
            return response

        return Route(method, WORKSPACE + path, guarded, name)

    def _check(self, request: Request) -> None:
        if not request.headers.get("authorization"):
            raise Refused(401, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.")
        workspace, asked = self.registry.workspace, request.route
        if asked["sub"].lower() != workspace.subscription.lower():
            raise Refused(404, "SubscriptionNotFound", f"The subscription '{asked['sub']}' could not be found.")
        if asked["rg"].lower() != workspace.resource_group.lower():
            raise Refused(404, "ResourceGroupNotFound", f"Resource group '{asked['rg']}' could not be found.")
        if asked["ws"].lower() != workspace.name.lower():
            name = f"{PROVIDER}/workspaces/{asked['ws']}"
            message = f"The Resource '{name}' under resource group '{asked['rg']}' was not found."
            raise Refused(404, "ResourceNotFound", message)


def envelope(refused: Refused) -> Response:
    """The error body of ARM."""
    body = {"error": {"code": refused.type_key, "message": refused.message, "details": [], "additionalInfo": []}}
    return Response.json_of(body, refused.status)


def unknown_path(path: str) -> Response:
    """What ARM says to a path without a resource type."""
    return envelope(Refused(404, "InvalidResourceType", f"No registered resource type for '{path}'."))


def missing(kind: str, name: str) -> Refused:
    """Azure ML answers "not found" with the code UserError: clients must go by the status."""
    return Refused(404, "UserError", f"{kind} {name} not found in the workspace.")


def wanted(rows: dict[str, Row], *, kind: str, name: str) -> Row:
    """The row of that name, without regard to case as ARM; raises a 404."""
    for key, row in rows.items():
        if key.lower() == name.lower():
            return row
    raise missing(kind, name)


def zulu(moment: datetime) -> str:
    """As models show times: seven digits and Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z"


def offset(moment: datetime) -> str:
    """As jobs and endpoints show times: an offset, and trailing zeros cut off (at least five digits are left)."""
    digits = moment.astimezone(UTC).strftime("%f").rstrip("0").ljust(5, "0")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + digits + "+00:00"


def system_data(
    created: datetime, by: Person, *, modified: datetime | None = None, time: Callable[[datetime], str] = zulu
) -> Json:
    """Who and when; without `modified` the last change is unknown, as in answers about jobs."""
    kind = "Application" if by.kind == "service" else "User"
    known = {"createdAt": time(created), "createdBy": by.display_name, "createdByType": kind}
    if modified is None:
        return known
    return known | {
        "lastModifiedAt": time(modified),
        "lastModifiedBy": by.display_name,
        "lastModifiedByType": kind,
    }


def page(request: Request, rows: list[Json], *, size: int = USUAL_PAGE) -> Response:
    """One page; `nextLink` is absolute and carries the whole query, and is absent on the last page."""
    top = int(request.first("$top") or 0)
    skip = int(request.first("$skip") or 0)
    rows = rows[:top] if top else rows
    size = min(int(request.first("$maxpagesize") or size), LARGEST_PAGE)
    body: Json = {"value": rows[skip : skip + size]}
    if len(rows) > skip + size:
        query = {**request.query, "$skip": [str(skip + size)]}
        pairs = "&".join(f"{quote(key, safe='$-')}={quote(one)}" for key, values in query.items() for one in values)
        body["nextLink"] = f"{request.base_url}{quote(request.path)}?{pairs}"
    return Response.json_of(body)
