"""Clients of the `azure-devops` package that return answers as they came. Loaded only through `Connection.get_client`.

The package's own methods drop the continuation token and take 30 ms a release to build models; the inherited `_send`
keeps its discovery, sign-in and version negotiation. Nothing else may import this module: it loads the SDK.
"""

from typing import Any

from azure.devops.client import Client

from releases.azure.sdk import NotRegistered

RELEASE_AREA = "efc2f575-36ef-48e9-b672-0c6fb4a48ac5"


class RawClient(Client):  # type: ignore[misc]
    """The organization itself: projects, connection data."""

    resource_area_identifier: str | None = None

    def ask(
        self,
        method: str,
        location: str,
        *,
        version: str,
        route: dict[str, Any],
        query: dict[str, Any],
        content: dict[str, Any] | None = None,
        accept: str = "application/json",
    ) -> Any:
        """Send one request to a resource by its location id; a `requests.Response`. Raises NotRegistered.

        Asked beforehand, because the client would go on to look for an unknown location one path level up.
        """
        if self._get_organization_resource_location(location) is None:
            raise NotRegistered(location)
        response = self._send(
            method,
            location,
            version,
            route_values=route,
            query_parameters=query,
            content=content,
            accept_media_type=accept,
        )
        # It leads back to the response: megabytes would wait for the garbage collector.
        response._universal_http_response = None
        return response


class RawReleaseClient(RawClient):
    """The Release area, which Azure serves from another host."""

    resource_area_identifier = RELEASE_AREA
