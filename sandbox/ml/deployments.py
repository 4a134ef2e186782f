"""Deployments behind an online endpoint: reads, container logs, and the PUT that makes or replaces one."""

from datetime import UTC, datetime
from typing import Any

from sandbox.company.registry import Endpoint, EndpointDeployment
from sandbox.http.messages import Refused, Request, Response, Route
from sandbox.ml.arm import Json, Place, offset, page, system_data, wanted
from sandbox.ml.endpoints import KIND, endpoint_of
from sandbox.ml.scoring_log import scoring_log

_PATH = "/onlineEndpoints/{endpoint}/deployments"


def routes(place: Place) -> list[Route]:
    """List, get, put, and the logs."""

    def listed(request: Request) -> Response:
        endpoint = endpoint_of(place, request)
        return page(request, [render(place, endpoint, one) for one in endpoint.deployments.values()])

    def get(request: Request) -> Response:
        endpoint = endpoint_of(place, request)
        return Response.json_of(render(place, endpoint, _deployment(endpoint, request)))

    def logs(request: Request) -> Response:
        endpoint = endpoint_of(place, request)
        tail = int((request.json() if request.body else {}).get("tail") or 100)
        lines = scoring_log(endpoint, _deployment(endpoint, request), now=datetime.now(UTC), tail=tail)
        return Response.json_of({"content": "\n".join(lines) + "\n"})

    return [
        place.route("GET", _PATH, listed, "ml.deployments.list"),
        place.route("GET", _PATH + "/{name}", get, "ml.deployments.get"),
        place.route("PUT", _PATH + "/{name}", lambda request: _put(place, request), "ml.deployments.put"),
        place.route("POST", _PATH + "/{name}/getLogs", logs, "ml.deployments.logs"),
    ]


def _deployment(endpoint: Endpoint, request: Request) -> EndpointDeployment:
    return wanted(endpoint.deployments, kind="Deployment", name=request.route["name"])


def _put(place: Place, request: Request) -> Response:
    """The whole deployment is replaced; its model must be registered and its kind must be the endpoint's."""
    endpoint, name, asked = endpoint_of(place, request), request.route["name"], request.json()
    properties = asked.get("properties") or {}
    if properties.get("endpointComputeType") != endpoint.kind:
        raise Refused(400, "BadRequest", f"Endpoint {endpoint.name} takes deployments of kind {endpoint.kind} only.")
    model, version = _model(place, str(properties.get("model") or ""))
    is_new = name not in endpoint.deployments
    place.holder.act(
        "put_deployment",
        endpoint=endpoint.name,
        name=name,
        model=model,
        model_version=version,
        **_settings(asked, properties),
    )
    response = Response.json_of(render(place, endpoint, endpoint.deployments[name]), 201 if is_new else 200)
    response.headers |= place.operations.begin(request, location=place.registry.workspace.location)
    response.effect = "put_deployment"
    return response


def _model(place: Place, asked: str) -> tuple[str, str]:
    """Name and version of an ARM id of the workspace; refused when that is not registered."""
    parts = asked.rstrip("/").split("/")
    if len(parts) < 4 or parts[-4].lower() != "models" or parts[-2].lower() != "versions":
        raise Refused(400, "BadRequest", f"'{asked}' is not the id of a model version.")
    name, version = parts[-3], parts[-1]
    try:
        place.registry.version(name, version)
    except KeyError as error:
        raise Refused(400, "BadRequest", f"Model {name}:{version} is not registered in the workspace.") from error
    return name, version


def _settings(asked: Json, properties: Json) -> dict[str, Any]:
    """What the body says of size and scaling; what it does not say keeps its default."""
    scale, limits = properties.get("scaleSettings") or {}, properties.get("requestSettings") or {}
    resources = (properties.get("containerResourceRequirements") or {}).get("containerResourceRequests") or {}
    memory = str(resources.get("memory") or "")
    said = {
        "instance_count": (asked.get("sku") or {}).get("capacity"),
        "instance_type": properties.get("instanceType"),
        "app_insights": properties.get("appInsightsEnabled"),
        "min_replicas": scale.get("minInstances"),
        "max_replicas": scale.get("maxInstances"),
        "target_utilization": scale.get("targetUtilizationPercentage"),
        "max_concurrent_requests": limits.get("maxConcurrentRequestsPerInstance"),
        "cpu": resources.get("cpu"),
        "memory_gb": float(memory.removesuffix("Gi")) if memory.endswith("Gi") else None,
    }
    return {name: value for name, value in said.items() if value is not None}


def render(place: Place, endpoint: Endpoint, row: EndpointDeployment) -> Json:
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
        "type": f"{KIND}/deployments",
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
