"""Model containers and versions. A version's `name` is its number: the model's name is in the id only."""

from collections.abc import Callable
from datetime import datetime

from sandbox.company.registry import Model, ModelVersion
from sandbox.http.messages import Request, Response, Route
from sandbox.ml.arm import PROVIDER, Json, Place, missing, page, system_data, wanted

_KIND = f"{PROVIDER}/workspaces/models"


def routes(place: Place) -> list[Route]:
    """Lists show what is not archived unless `listViewType` asks for more."""

    def containers(request: Request) -> Response:
        shown = _shown(request)
        models = [model for model in place.registry.models.values() if model.versions]
        return page(request, [container(place, model) for model in models if shown(_is_archived(model))])

    def get_container(request: Request) -> Response:
        return Response.json_of(container(place, _model(place, request)))

    def versions(request: Request) -> Response:
        shown, model = _shown(request), _model(place, request)
        rows = [one for one in model.versions if shown(one.archived)]
        rows.sort(key=_created, reverse=not request.first("$orderby").lower().endswith("asc"))
        return page(request, [version(place, one) for one in rows])

    def get_version(request: Request) -> Response:
        model = _model(place, request)
        try:
            return Response.json_of(version(place, model.version(request.route["version"])))
        except KeyError as error:
            raise missing("Model", f"{model.name}:{request.route['version']}") from error

    return [
        place.route("GET", "/models", containers, "ml.models.list"),
        place.route("GET", "/models/{name}", get_container, "ml.models.get"),
        place.route("GET", "/models/{name}/versions", versions, "ml.versions.list"),
        place.route("GET", "/models/{name}/versions/{version}", get_version, "ml.versions.get"),
    ]


def _shown(request: Request) -> Callable[[bool], bool]:
    """Whether a row is listed, given that it is archived."""
    view = request.first("listviewtype", "ActiveOnly").lower()
    return lambda archived: view == "all" or archived == (view == "archivedonly")


def _model(place: Place, request: Request) -> Model:
    model = wanted(place.registry.models, kind="Model container", name=request.route["name"])
    if not model.versions:
        raise missing("Model container", model.name)
    return model


def _is_archived(model: Model) -> bool:
    return all(one.archived for one in model.versions)


def _created(version: ModelVersion) -> datetime:
    return version.created_on


def container(place: Place, model: Model) -> Json:
    """The container: it knows its latest number but neither job nor tags of any version."""
    first, latest = model.versions[0], model.latest
    numbers = [int(one.version) for one in model.versions if one.version.isdigit()]
    return {
        "id": place.id("models", model.name),
        "name": model.name,
        "type": _KIND,
        "properties": {
            "description": model.description or None,
            "tags": dict(model.tags),
            "properties": {},
            "isArchived": _is_archived(model),
            "latestVersion": latest.version,
            "nextVersion": str(max(numbers, default=0) + 1),
        },
        "systemData": system_data(first.created_on, first.created_by, modified=latest.created_on),
    }


def version(place: Place, row: ModelVersion) -> Json:
    """One version; `jobName` is null for what was registered from a file."""
    workspace = place.registry.workspace
    store = (
        f"azureml://subscriptions/{workspace.subscription}/resourceGroups/{workspace.resource_group}"
        f"/workspaces/{workspace.name}/datastores/workspaceblobstore/paths/"
    )
    path = row.path or f"models/{row.model}/{row.version}/model.pkl"
    return {
        "id": place.id("models", row.model, "versions", row.version),
        "name": row.version,
        "type": f"{_KIND}/versions",
        "properties": {
            "description": row.description,
            "tags": dict(row.tags),
            "properties": dict(row.properties),
            "isArchived": row.archived,
            "isAnonymous": False,
            "flavors": {},
            "modelType": row.kind,
            "modelUri": path if path.startswith("azureml://") else store + path,
            "jobName": row.job_name,
        },
        "systemData": system_data(row.created_on, row.created_by, modified=row.modified_on or row.created_on),
    }
