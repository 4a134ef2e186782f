"""Location discovery: OPTIONS _apis and ResourceAreas, by which the client of Azure DevOps finds its endpoints.

Called by `sandbox.__main__`; the answers hold for recorded companies as for the living one.
Ids and templates are those of a real vsrm server; versions are raised to what it answers today.
"""

from typing import Any

from sandbox.http.faults.answers import HTML, SIGN_IN_PAGE
from sandbox.http.messages import Refused, Request, Response, Route

CORE_AREA = "79134c72-4a58-4b42-976c-04e7115f32bf"
RELEASE_AREA = "efc2f575-36ef-48e9-b672-0c6fb4a48ac5"
_OTHER_AREAS = {
    "4e080c62-fa21-4fbc-8fef-2a10a2b38049": "git",
    "5d6898bb-45ec-463f-95f9-54d49c71752e": "build",
    "5264459e-e5e0-4bd8-b118-0985e68a4ec5": "wit",
}

_LOCATION = [
    ("00d9565f-ed9c-4a06-9a50-00e7896ccab4", "ConnectionData", "_apis/{resource}", 1),
    ("e81700f7-3be2-46de-8624-2eb35882fcaa", "ResourceAreas", "_apis/{resource}/{areaId}", 1),
    ("d810a47d-f4f4-4a62-a03f-fa1860585c4c", "ServiceDefinitions", "_apis/{resource}/{serviceType}/{identifier}", 1),
]
_CORE = [("603fe2ac-9723-48b9-88ad-09305aa6c6e1", "projects", "_apis/{resource}/{*projectId}", 4)]

_AREA = "{project}/_apis/{area}"
_RELEASE_PATH = f"{_AREA}/releases/{{releaseId}}"
_STAGE_PATH = f"{_RELEASE_PATH}/environments/{{environmentId}}"
_ATTEMPT_PATH = f"{_STAGE_PATH}/attempts/{{attemptId}}"
_RELEASE = [
    ("a166fde7-27ad-408e-ba75-703c2cc9d500", "releases", f"{_AREA}/{{resource}}/{{releaseId}}", 8),
    ("6162082c-380f-4648-95d7-a72348c755f0", "releases", f"{_AREA}/{{resource}}", 8),
    ("a7e426b1-03dc-48af-9dfe-c98bac612dcb", "environments", f"{_RELEASE_PATH}/{{resource}}/{{environmentId}}", 7),
    ("b47c6458-e73b-47cb-a770-4df1e8813a91", "approvals", f"{_AREA}/{{resource}}", 3),
    ("c957584a-82aa-4131-8222-6d47f78bfa7a", "approvals", f"{_AREA}/{{resource}}", 3),
    ("9328e074-59fb-465a-89d9-b09c82ee5109", "approvals", f"{_AREA}/{{resource}}/{{approvalId}}", 3),
    ("250c7158-852e-4130-a00f-a0cce9b72d05", "approvals", f"{_AREA}/{{resource}}/{{approvalStepId}}/history", 3),
    ("d8f96f24-8ea7-4cb6-baab-2df8fc515665", "definitions", f"{_AREA}/{{resource}}/{{definitionId}}", 4),
    ("258b82e0-9d41-43f3-86d6-fef14ddd44bc", "revisions",
     f"{_AREA}/definitions/{{definitionId}}/{{resource}}/{{revision}}", 1),
    ("b005ef73-cddc-448e-9ba2-5193bf36b19f", "deployments", f"{_AREA}/{{resource}}", 2),
    ("30fc787e-a9e0-4a07-9fbc-3e903aa051d2", "versions", f"{_AREA}/artifacts/{{resource}}", 1),
    ("8efc2a3c-1fc8-4f6d-9822-75e98cecb48f", "types", f"{_AREA}/artifacts/{{resource}}", 1),
    ("8dcf9fe9-ca37-4113-8ee1-37928e98407c", "changes", f"{_RELEASE_PATH}/{{resource}}", 1),
    ("4f165cc0-875c-4768-b148-f12f78769fab", "workitems", f"{_RELEASE_PATH}/{{resource}}", 1),
    ("23f461c8-629a-4144-a076-3054fa5f268a", "history", f"{_RELEASE_PATH}/{{resource}}", 1),
    ("c5b602b6-d1b3-4363-8a51-94384f78068f", "tags", f"{_RELEASE_PATH}/{{resource}}/{{*tag}}", 1),
    ("616c46e4-f370-4456-adaa-fbaf79c7b79e", "manualInterventions",
     f"{_RELEASE_PATH}/{{resource}}/{{manualInterventionId}}", 1),
    ("2666a539-2001-4f80-bcc7-0379956749d4", "gates", f"{_AREA}/{{resource}}/{{gateStepId}}", 1),
    ("c37fbab5-214b-48e4-a55b-cb6b4f6e4038", "logs", f"{_RELEASE_PATH}/{{resource}}", 2),
    ("17c91af7-09fd-4256-bff1-c24ee4f73bc0", "logs",
     f"{_STAGE_PATH}/deployPhases/{{releaseDeployPhaseId}}/tasks/{{taskId}}/{{resource}}", 2),
    ("e71ba1ed-c0a4-4a28-a61f-2dd5f68cf3fd", "logs", f"{_STAGE_PATH}/tasks/{{taskId}}/{{resource}}", 2),
    ("dec7ca5a-7f7f-4797-8bf1-8efc0dc93b28", "logs",
     f"{_STAGE_PATH}/gates/{{gateId}}/tasks/{{taskId}}/{{resource}}", 2),
    ("36b276e0-3c70-4320-a63c-1a2e1466a0d1", "tasks", f"{_STAGE_PATH}/{{resource}}", 2),
    ("4259191d-4b0a-4409-9fb3-09f22ab9bc47", "tasks",
     f"{_STAGE_PATH}/deployPhases/{{releaseDeployPhaseId}}/{{resource}}", 2),
    ("4259291d-4b0a-4409-9fb3-04f22ab9bc47", "tasks", f"{_ATTEMPT_PATH}/timelines/{{timelineId}}/{{resource}}", 2),
    ("f7ddf76d-ce0c-4d68-94ff-becaec5d9dea", "folders", f"{_AREA}/{{resource}}/{{*path}}", 2),
    ("a4d06688-0dfa-4895-82a5-f43ec9452306", "attachments",
     f"{_ATTEMPT_PATH}/plan/{{planId}}/{{resource}}/{{type}}", 1),
    ("917ace4a-79d1-45a7-987c-7be4db4268fa", "projects", "_apis/{area}/{resource}", 1),
]  # fmt: skip

Row = tuple[str, str, str, int]


def routes() -> list[Route]:
    """The discovery calls of both hosts (the organization's own, and vsrm for releases) and the sign-in page."""
    return [
        Route("OPTIONS", "/{org}/_apis", _locations, "options"),
        Route("OPTIONS", "/_apis", _locations, "options"),
        Route("GET", "/{org}/_apis/ResourceAreas", _areas, "resource_areas"),
        Route("GET", "/{org}/_apis/ResourceAreas/{area}", _area, "resource_area"),
        Route("GET", "/_signin", lambda _: Response(body=SIGN_IN_PAGE, content_type=HTML), "signin"),
    ]


def _locations(request: Request) -> Response:
    """Releases live on vsrm only: asked for there, they are listed, and on the organization's own host they are not."""
    rows = _listed("Location", _LOCATION)
    if request.path.lower().startswith("/vsrm/"):
        rows += _listed("Release", _RELEASE)
    else:
        rows += _listed("core", _CORE)
    return _collection(rows)


def _listed(area: str, rows: list[Row]) -> list[dict[str, Any]]:
    return [
        {
            "id": id_,
            "area": area,
            "resourceName": name,
            "routeTemplate": template,
            "resourceVersion": version,
            "minVersion": "1.0",
            "maxVersion": "7.2",
            "releasedVersion": "7.1",
        }
        for id_, name, template, version in rows
    ]


def _area_rows(request: Request) -> list[dict[str, str]]:
    """The organization is spelt as in the request: the client keeps the case of its base URL here."""
    org = request.route["org"]
    own = f"{request.base_url}/{org}/"
    areas = {CORE_AREA: "core", **_OTHER_AREAS}
    rows = [{"id": id_, "name": name, "locationUrl": own} for id_, name in areas.items()]
    return [*rows, {"id": RELEASE_AREA, "name": "Release", "locationUrl": f"{request.base_url}/vsrm/{org}/"}]


def _areas(request: Request) -> Response:
    return _collection(_area_rows(request))


def _area(request: Request) -> Response:
    for row in _area_rows(request):
        if row["id"] == request.route["area"].lower():
            return Response.json_of(row)
    raise Refused(404, "ResourceAreaNotFoundException", f"No resource area {request.route['area']}.")


def _collection(rows: list[Any]) -> Response:
    return Response.json_of({"count": len(rows), "value": rows})
