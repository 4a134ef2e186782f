"""One organization's connection and the ways to ask it: a page, or one thing. `releases.azure.devops` builds on it.

Raises only errors of `releases.errors`, whatever the client underneath raises.
"""

import weakref
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

from releases import outbound
from releases.azure import locations, sdk
from releases.azure.answers import Answer, Item, Page, Unread
from releases.azure.answers.pages import read_one, read_page
from releases.azure.changing import change
from releases.azure.throttle import Limits
from releases.azure.wire import Rules, SignedOverWire, Wire
from releases.errors import AzureError, AzureUnreadable

T = TypeVar("T", bound=Answer)

JSON = "application/json"
TOKEN_HEADER = "x-ms-continuationtoken"  # noqa: S105 - the name of a header


@dataclass(frozen=True)
class Access:
    """How to reach one organization. `authentication` is what `credentials.authentication` gives.

    `total_seconds` bounds one whole exchange, `read_seconds` each silence in it (None: the same). `ca_file` names a
    certificate authority besides the usual ones.
    """

    organization_url: str
    authentication: Any
    ca_file: str = ""
    total_seconds: float = 45.0
    read_seconds: float | None = None


def _nothing(*_: object) -> None:
    return None


class Asking:
    """One organization, for one thread; cheap to make again. Every call is one request, never repeated here.

    `before_request` runs before each request and may raise, which keeps the request here (the organization's gate). Its
    time counts: a process stopped in it, or after it, sends nothing once `total_seconds` are over.
    `on_limits` gets what the headers of each answer say of limits and time.
    """

    def __init__(
        self,
        access: Access,
        *,
        on_limits: Callable[[Limits], None] = _nothing,
        before_request: Callable[[], None] = _nothing,
    ) -> None:
        self.access = access
        own = outbound.origin(access.organization_url) or ""
        is_azure = outbound.is_known(own, outbound.AZURE_DEVOPS_HOSTS)
        self._wire = Wire(
            Rules(
                configured=(access.organization_url,),
                hosts=outbound.AZURE_DEVOPS_HOSTS if is_azure else (),
                total_seconds=access.total_seconds,
                read_seconds=access.read_seconds,
                ca_file=access.ca_file,
                before_request=before_request,
                on_limits=on_limits,
            )
        )
        self._connection: Any = None
        weakref.finalize(self, self._wire.close)  # threads that end leave no sockets behind

    def close(self) -> None:
        """Close the open connections. The object can still be used afterwards."""
        self._wire.close()

    def sent_before(self, moment: float) -> AbstractContextManager[None]:
        """Inside, nothing is sent after this moment of `time.monotonic`: AzureUnreachable instead.

        For who may act only so long (a lease): a process can be stopped between any two lines and go on much later.
        """
        return self._wire.sent_before(moment)

    def _page(
        self,
        resource: str,
        kind: type[T],
        *,
        noun: str,
        project: str | None = None,
        route: dict[str, Any] | None = None,
        query: dict[str, Any] | None = None,
    ) -> Page[T]:
        unread = self._unread(resource, project=project, route=route, query=query)
        return read_page(unread.body, kind, noun=noun, token=unread.token)

    def _unread(
        self,
        resource: str,
        *,
        project: str | None = None,
        route: dict[str, Any] | None = None,
        query: dict[str, Any] | None = None,
    ) -> Unread:
        """A page as it came."""
        response = self._get(locations.of(resource), project=project, route=route, query=query)
        token = (response.headers.get(TOKEN_HEADER) or "").strip()
        return Unread(response.content, None if token in ("", "0") else token)

    def _one(
        self,
        resource: str,
        kind: type[T],
        *,
        noun: str,
        project: str | None = None,
        route: dict[str, Any] | None = None,
        query: dict[str, Any] | None = None,
    ) -> Item[T]:
        response = self._get(locations.of(resource), project=project, route=route, query=query)
        return read_one(response.content, kind, noun=noun)

    def _change(
        self,
        method: str,
        resource: str,
        *,
        project: str,
        route: dict[str, Any] | None = None,
        content: dict[str, Any],
    ) -> Any:
        """One request that changes something, sent once. Which error says what of it: see `releases.azure.changing`."""
        with change(self._wire, method=method):
            return self._ask(method, locations.of(resource), project=project, route=route, content=content)

    def _get(
        self,
        location: locations.Location,
        *,
        project: str | None,
        route: dict[str, Any] | None,
        query: dict[str, Any] | None,
    ) -> Any:
        return self._ask("GET", location, project=project, route=route, query=query)

    def _ask(
        self,
        method: str,
        location: locations.Location,
        *,
        project: str | None,
        route: dict[str, Any] | None,
        query: dict[str, Any] | None = None,
        content: dict[str, Any] | None = None,
        accept: str = JSON,
    ) -> Any:
        """One request through the real client; where discovery went stale, nothing was sent and it is done again."""
        values = {name: quote(str(value), safe="") for name, value in (route or {}).items()}
        if project:
            values["project"] = quote(project, safe="")
        asked = {name: str(value) for name, value in (query or {}).items() if value is not None}
        try:
            return self._send(method, location, route=values, query=asked, content=content, accept=accept)
        except sdk.NotRegistered:
            self._connection = None
            sdk.forget_locations()
        try:
            return self._send(method, location, route=values, query=asked, content=content, accept=accept)
        except sdk.NotRegistered as error:
            raise _not_understood(error) from error

    def _send(
        self,
        method: str,
        location: locations.Location,
        *,
        route: dict[str, str],
        query: dict[str, str],
        content: dict[str, Any] | None,
        accept: str,
    ) -> Any:
        try:
            client = self._client(location)
            return client.ask(
                method,
                location.id,
                version=location.version,
                route=dict(route),
                query=dict(query),
                content=content,
                accept=accept,
            )
        except (AzureError, sdk.NotRegistered):
            raise
        except Exception as error:  # the client may raise anything at answers it did not expect
            raise _not_understood(error) from error

    def _client(self, location: locations.Location) -> Any:
        if self._connection is None:
            signed = SignedOverWire(self.access.authentication, self._wire)
            self._connection = sdk.connection(self.access.organization_url, signed)
        return self._connection.get_client(location.client)


def _not_understood(error: Exception) -> AzureUnreadable:
    """What the server said about itself made no sense to the client."""
    return AzureUnreadable(
        "Azure DevOps answered in a way its client does not understand "
        f"({type(error).__name__}). Is the address that of an organization?"
    )
