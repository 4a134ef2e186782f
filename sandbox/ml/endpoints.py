"""Online endpoints: reads, and the whole-endpoint PUT by which traffic is changed.

There is no ETag: who writes last wins, as with the service.
"""

from typing import Any

from sandbox.company.registry import Endpoint
from sandbox.http.messages import Refused, Request, Response, Route
from sandbox.ml.arm import PROVIDER, Json, Place, offset, page, system_data, wanted

KIND = f"{PROVIDER}/workspaces/onlineEndpoints"
_TENANT = "2c895908-04e0-4952-89fd-54b0046d6288"


def routes(place: Place) -> list[Route]:
    """Endpoints are made and deleted by release pipelines only: a PUT for one that does not exist is refused."""

    def listed(request: Request) -> Response:
        return page(request, [render(place, one) for one in place.registry.endpoints.values()])

    def get(request: Request) -> Response:
        return Response.json_of(render(place, endpoint_of(place, request)))

    return [
        place.route("GET", "/onlineEndpoints", listed, "ml.endpoints.list"),
        place.route("GET", "/onlineEndpoints/{endpoint}", get, "ml.endpoints.get"),
        place.route("PUT", "/onlineEndpoints/{endpoint}", lambda asked: _update(place, asked), "ml.endpoints.update"),
    ]


def endpoint_of(place: Place, request: Request) -> Endpoint:
    """The endpoint named in the path; a 404 if there is none."""
    return wanted(place.registry.endpoints, kind="Endpoint", name=request.route["endpoint"])


def _update(place: Place, request: Request) -> Response:
    """The traffic is replaced as a whole: a deployment that the body leaves out gets none. Nothing else changes."""
    endpoint, asked = endpoint_of(place, request), request.json()
    traffic = _traffic(endpoint, (asked.get("properties") or {}).get("traffic") or {}, most=100)
    place.holder.act("set_traffic", endpoint=endpoint.name, traffic=traffic)
    response = Response.json_of(render(place, endpoint))
    response.headers |= place.operations.begin(request, location=place.registry.workspace.location)
    response.effect = "update_endpoint"
    return response


def _traffic(endpoint: Endpoint, asked: dict[str, Any], *, most: int) -> dict[str, int]:
    """Percent by deployment; refused for a deployment that is not there or a sum the service does not take."""
    unknown = sorted(set(asked) - set(endpoint.deployments))
    if unknown:
        raise Refused(400, "BadRequest", f"Traffic names deployments that do not exist: {', '.join(unknown)}.")
    traffic = {name: int(percent) for name, percent in asked.items()}
    if any(percent < 0 for percent in traffic.values()) or sum(traffic.values()) > most:
        raise Refused(400, "BadRequest", f"Traffic must be between 0 and {most} percent in all.")
    return traffic


def render(place: Place, endpoint: Endpoint) -> Json:
    """The endpoint; deployments without traffic are not in `traffic`."""
    host = f"{endpoint.name}.{place.registry.workspace.location}.inference.ml.azure.com"
    managed = endpoint.kind == "Managed"
    return {
        "id": place.id("onlineEndpoints", endpoint.name),
        "name": endpoint.name,
        "type": KIND,
        "properties": {
            "description": endpoint.description,
            "properties": {
                "azureml.onlineendpointid": place.id("onlineEndpoints", endpoint.name).lower(),
                **endpoint.properties,
            },
            "scoringUri": f"https://{host}/score",
            "swaggerUri": f"https://{host}/swagger.json",
            "authMode": endpoint.auth_mode,
            "provisioningState": endpoint.provisioning_state,
            "compute": None if managed or not endpoint.compute else place.id("computes", endpoint.compute),
            "traffic": _without_zeroes(endpoint.traffic),
            "mirrorTraffic": _without_zeroes(endpoint.mirror_traffic),
            "publicNetworkAccess": "Enabled",
        },
        "systemData": system_data(endpoint.created_on, endpoint.created_by, modified=endpoint.modified_on, time=offset),
        "tags": dict(endpoint.tags),
        "location": place.registry.workspace.location,
        "kind": "Managed" if managed else "K8S",
        "identity": {
            "type": "SystemAssigned",
            "principalId": "b2c40329-0834-41a1-a1ea-ec041d61b255",
            "tenantId": _TENANT,
        },
    }


def _without_zeroes(traffic: dict[str, int]) -> dict[str, int]:
    return {name: percent for name, percent in traffic.items() if percent}
