"""Online endpoints and their deployments: reads, logs, and the whole-endpoint PUT by which traffic is changed.

There is no ETag: who writes last wins, as with the service.
"""

from datetime import UTC, datetime
from typing import Any

from sandbox.company.registry import Endpoint, EndpointDeployment
from sandbox.http.messages import Refused, Request, Response, Route
from sandbox.ml.arm import PROVIDER, Json, Place, offset, page, system_data, wanted
from sandbox.ml.scoring_log import scoring_log

_KIND = f"{PROVIDER}/workspaces/onlineEndpoints"
_TENANT = "2c895908-04e0-4952-89fd-54b0046d6288"


def routes(place: Place) -> list[Route]:
    """Endpoints are made and deleted by release pipelines only: a PUT for one that does not exist is refused."""

    def listed(request: Request) -> Response:
        return page(request, [render(place, one) for one in place.registry.endpoints.values()])

    def get(request: Request) -> Response:
        return Response.json_of(render(place, _endpoint(place, request)))

    def deployments(request: Request) -> Response:
        endpoint = _endpoint(place, request)
        return page(request, [deployment(place, endpoint, one) for one in endpoint.deployments.values()])

    def get_deployment(request: Request) -> Response:
        endpoint = _endpoint(place, request)
        return Response.json_of(deployment(place, endpoint, _deployment(endpoint, request)))

    def logs(request: Request) -> Response:
        endpoint = _endpoint(place, request)
        tail = int((request.json() if request.body else {}).get("tail") or 100)
        lines = scoring_log(endpoint, _deployment(endpoint, request), now=datetime.now(UTC), tail=tail)
        return Response.json_of({"content": "\n".join(lines) + "\n"})

    return [
        place.route("GET", "/onlineEndpoints", listed, "ml.endpoints.list"),
        place.route("GET", "/onlineEndpoints/{endpoint}", get, "ml.endpoints.get"),
        place.route("PUT", "/onlineEndpoints/{endpoint}", lambda asked: _update(place, asked), "ml.endpoints.update"),
        place.route("GET", "/onlineEndpoints/{endpoint}/deployments", deployments, "ml.deployments.list"),
        place.route("GET", "/onlineEndpoints/{endpoint}/deployments/{name}", get_deployment, "ml.deployments.get"),
        place.route("POST", "/onlineEndpoints/{endpoint}/deployments/{name}/getLogs", logs, "ml.deployments.logs"),
    ]


def _endpoint(place: Place, request: Request) -> Endpoint:
    return wanted(place.registry.endpoints, kind="Endpoint", name=request.route["endpoint"])


def _deployment(endpoint: Endpoint, request: Request) -> EndpointDeployment:
    return wanted(endpoint.deployments, kind="Deployment", name=request.route["name"])


def _update(place: Place, request: Request) -> Response:
    """The traffic is replaced as a whole: a deployment that the body leaves out gets none. Nothing else changes."""
    endpoint, asked = _endpoint(place, request), request.json()
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
        "type": _KIND,
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


def deployment(place: Place, endpoint: Endpoint, row: EndpointDeployment) -> Json:
    """The deployment; its number of instances is `sku.capacity`."""
    probe = {
        "failureThreshold": 30,
        "successThreshold": 1,
        "timeout": "PT2S",
        "period": "PT10S",
        "initialDelay": "PT10S",
    }
    properties = {
        "description": None,
        "properties": dict(row.properties),
        "codeConfiguration": {
            "codeId": place.id("codes", f"{endpoint.name}-{row.name}", "versions", "1"),
            "scoringScript": row.scoring_script,
        },
        "environmentId": place.id("environments", row.environment, "versions", "1"),
        "environmentVariables": {},
        "scaleSettings": _scale(row),
        "requestSettings": {
            "maxQueueWait": _duration(row.max_queue_wait_ms),
            "requestTimeout": _duration(row.scoring_timeout_ms),
            "maxConcurrentRequestsPerInstance": row.max_concurrent_requests,
        },
        "modelMountPath": None,
        "appInsightsEnabled": row.app_insights,
        "livenessProbe": probe,
        "readinessProbe": probe,
        "provisioningState": row.provisioning_state,
        "instanceType": row.instance_type,
        "model": place.id("models", row.model, "versions", row.model_version),
        "endpointComputeType": endpoint.kind,
    }
    if endpoint.kind == "Kubernetes":
        asked = {"cpu": row.cpu, "memory": f"{row.memory_gb:g}Gi", "gpu": None}
        properties["containerResourceRequirements"] = {
            "containerResourceRequests": asked,
            "containerResourceLimits": asked,
        }
    return {
        "id": place.id("onlineEndpoints", endpoint.name, "deployments", row.name),
        "name": row.name,
        "type": f"{_KIND}/deployments",
        "properties": properties,
        "systemData": system_data(row.created_on, row.created_by, modified=row.modified_on, time=offset),
        "tags": dict(row.tags),
        "location": place.registry.workspace.location,
        "kind": "Managed" if endpoint.kind == "Managed" else "K8S",
        "sku": {"name": "Default", "tier": "Standard", "capacity": row.instance_count},
    }


def _scale(row: EndpointDeployment) -> Json:
    if row.max_replicas is None:
        return {"scaleType": "Default"}
    return {
        "scaleType": "TargetUtilization",
        "minInstances": row.min_replicas or 1,
        "maxInstances": row.max_replicas,
        "targetUtilizationPercentage": row.target_utilization,
        "pollingInterval": "PT1S",
    }


def _duration(milliseconds: int) -> str:
    """ISO 8601: 60000 is PT1M, 500 is PT0.5S."""
    seconds = milliseconds / 1000
    return f"PT{seconds / 60:g}M" if seconds and seconds % 60 == 0 else f"PT{seconds:g}S"
