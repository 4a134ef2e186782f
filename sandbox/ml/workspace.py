"""The workspace itself and its discovery document."""

from sandbox.http.messages import Request, Response, Route
from sandbox.ml.arm import PROVIDER, Json, Place

_TENANT = "2c895908-04e0-4952-89fd-54b0046d6288"


def routes(place: Place) -> list[Route]:
    """GET workspace, and the discovery document that its answer points to."""

    def get(request: Request) -> Response:
        return Response.json_of(render(place, base_url=request.base_url))

    def discover(request: Request) -> Response:
        return Response.json_of({"api": request.base_url, "history": request.base_url})

    return [
        place.route("GET", "", get, "ml.workspace.get"),
        Route("GET", "/discovery", discover, "ml.discovery"),
    ]


def render(place: Place, *, base_url: str) -> Json:
    """The workspace as ARM shows it."""
    workspace = place.registry.workspace
    group = f"/subscriptions/{workspace.subscription}/resourceGroups/{workspace.resource_group}/providers"
    return {
        "id": workspace.id,
        "name": workspace.name,
        "type": f"{PROVIDER}/workspaces",
        "location": workspace.location,
        "tags": {},
        "etag": None,
        "kind": "Default",
        "properties": {
            "friendlyName": workspace.name,
            "description": "",
            "storageAccount": f"{group}/Microsoft.Storage/storageAccounts/mlopsws",
            "keyVault": f"{group}/Microsoft.Keyvault/vaults/mlopsws",
            "applicationInsights": f"{group}/Microsoft.insights/components/mlopsws",
            "hbiWorkspace": False,
            "tenantId": _TENANT,
            "imageBuildCompute": None,
            "provisioningState": "Succeeded",
            "containerRegistry": f"{group}/Microsoft.ContainerRegistry/registries/mlopsws",
            "storageHnsEnabled": False,
            "workspaceId": "eb8e395d-f7dc-4668-8bb7-c59afc8aa389",
            "privateLinkCount": 0,
            "publicNetworkAccess": "Enabled",
            "discoveryUrl": f"{base_url}/discovery",
            "mlFlowTrackingUri": f"azureml://{workspace.location}.api.azureml.ms/mlflow/v1.0{workspace.id}",
        },
        "identity": {
            "type": "SystemAssigned",
            "principalId": "f2ef2a73-9f96-41ca-b8d8-eef351820c8a",
            "tenantId": _TENANT,
        },
        "sku": {"name": "Basic", "tier": "Basic"},
    }
