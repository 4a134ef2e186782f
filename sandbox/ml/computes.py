"""Compute targets, the legacy AKS kind among them, and attaching a Kubernetes cluster."""

from datetime import UTC

from sandbox.company.attaching import TAKES
from sandbox.company.registry import Compute
from sandbox.http.faults.answers import ENDS_BADLY
from sandbox.http.messages import Refused, Request, Response, Route
from sandbox.ml.arm import PROVIDER, Json, Place, page, wanted
from sandbox.ml.operations import FAILED


def routes(place: Place) -> list[Route]:
    """List, get, attach (PUT). What the client may change of a compute that exists is its namespace."""

    def listed(request: Request) -> Response:
        return page(request, [render(place, compute) for compute in place.registry.computes.values()])

    def get(request: Request) -> Response:
        found = wanted(place.registry.computes, kind="Compute", name=request.route["name"])
        return Response.json_of(render(place, found))

    def attach(request: Request) -> Response:
        return _attach(place, request)

    return [
        place.route("GET", "/computes", listed, "ml.computes.list"),
        place.route("GET", "/computes/{name}", get, "ml.computes.get"),
        place.route("PUT", "/computes/{name}", attach, "ml.computes.attach"),
    ]


def _attach(place: Place, request: Request) -> Response:
    """A Kubernetes cluster becomes a compute, in a moment. A name of another kind is refused: it cannot become one."""
    name, asked = request.route["name"], request.json()
    properties = asked.get("properties") or {}
    if properties.get("computeType") != "Kubernetes":
        raise Refused(400, "BadRequest", "Only computes of type Kubernetes can be attached here.")
    resource = properties.get("resourceId") or ""
    if "/managedclusters/" not in resource.lower() and "/connectedclusters/" not in resource.lower():
        raise Refused(400, "BadRequest", f"'{resource}' is not the resource id of a Kubernetes cluster.")
    known = place.registry.computes.get(name)
    if known is not None and known.kind != "Kubernetes":
        raise Refused(409, "Conflict", f"A compute named {name} of type {known.kind} exists already.")
    namespace = (properties.get("properties") or {}).get("namespace") or "default"
    fails = ENDS_BADLY in request.headers
    place.holder.act("attach_compute", name=name, resource_id=resource, namespace=namespace, fails=fails)
    compute = place.registry.computes[name]
    response = Response.json_of(render(place, compute), 200 if known else 201)
    if compute.provisioning_state != "Succeeded":
        location = place.registry.workspace.location
        response.headers |= place.operations.begin(request, location=location, lasts=TAKES, fails=fails)
    response.effect = "attach_compute"
    return response


def render(place: Place, compute: Compute) -> Json:
    """A compute; what its own `properties` hold depends on its kind."""
    own = {"Kubernetes": _kubernetes, "AKS": _aks, "AmlCompute": _aml}[compute.kind](compute)
    return {
        "id": place.id("computes", compute.name),
        "type": f"{PROVIDER}/workspaces/computes",
        "name": compute.name,
        "location": compute.location,
        "properties": {
            "description": compute.description,
            "createdOn": compute.created_on.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0+00:00"),
            "modifiedOn": compute.modified_on.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0+00:00"),
            "resourceId": compute.resource_id,
            "computeType": compute.kind,
            "computeLocation": compute.location,
            "provisioningState": compute.provisioning_state,
            "provisioningErrors": [{"error": FAILED}] if compute.provisioning_state == "Failed" else None,
            "isAttachedCompute": compute.attached,
            "disableLocalAuth": True,
            "properties": own,
        },
    }


def _kubernetes(compute: Compute) -> Json:
    small = {"cpu": "1", "memory": "4Gi", "nvidia.com/gpu": None}
    return {
        "relayConnectionString": None,
        "serviceBusConnectionString": None,
        "extensionPrincipalId": None,
        "extensionInstanceReleaseTrain": "stable",
        "vcName": None,
        "namespace": compute.namespace,
        "defaultInstanceType": "defaultInstanceType",
        "instanceTypes": {
            "defaultInstanceType": {"nodeSelector": None, "resources": {"requests": small, "limits": small}}
        },
    }


def _aks(compute: Compute) -> Json:
    return {
        "clusterFqdn": f"{compute.name}.hcp.{compute.location}.azmk8s.io",
        "agentCount": compute.agent_count,
        "agentVmSize": compute.vm_size,
        "clusterPurpose": "FastProd",
        "systemServices": [],
    }


def _aml(compute: Compute) -> Json:
    nodes = {
        "minNodeCount": compute.min_nodes,
        "maxNodeCount": compute.max_nodes,
        "nodeIdleTimeBeforeScaleDown": "PT2M",
    }
    return {
        "vmSize": compute.vm_size,
        "vmPriority": "Dedicated",
        "scaleSettings": nodes,
        "osType": "Linux",
        "remoteLoginPortPublicAccess": "NotSpecified",
        "allocationState": "Steady",
        "currentNodeCount": compute.min_nodes,
        "targetNodeCount": compute.min_nodes,
        "enableNodePublicIp": True,
        "isolatedNetwork": False,
    }
