"""Handlers of what is around releases: who is calling, and the projects there are."""

from sandbox.company.harbour import ORGANIZATION, PROJECT, PROJECT_ID, guid
from sandbox.company.people import SLIPWAY
from sandbox.devops.asking import json_list
from sandbox.devops.desk import Desk, dumped, links_of
from sandbox.devops.words import Json, Links
from sandbox.http.messages import Refused, Request, Response, Route


class Catalog:
    """connectionData and projects."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def routes(self) -> list[Route]:
        """Its routes."""
        return [
            self.desk.route("GET", "/{org}/_apis/connectionData", self.connection, "connectionData"),
            self.desk.route("GET", "/{org}/_apis/projects", self.projects, "projects.list"),
            self.desk.route("GET", "/{org}/_apis/projects/{project}", self.project, "projects.get"),
        ]

    def connection(self, request: Request) -> Response:  # noqa: ARG002
        """The identity behind the token: always the service's own."""
        person = {
            "id": SLIPWAY.id,
            "descriptor": f"Microsoft.TeamFoundation.ServiceIdentity;{SLIPWAY.id}",
            "subjectDescriptor": SLIPWAY.descriptor,
            "providerDisplayName": SLIPWAY.display_name,
            "isActive": True,
            "properties": {"Account": {"$type": "System.String", "$value": SLIPWAY.unique_name}},
            "resourceVersion": 2,
            "metaTypeId": 0,
        }
        body = {
            "authenticatedUser": person,
            "authorizedUser": person,
            "instanceId": guid("instance"),
            "deploymentId": guid("deployment"),
            "deploymentType": "hosted",
            "locationServiceData": {
                "serviceOwner": "00025394-6065-48ca-87d9-7f5672854ef7",
                "defaultAccessMappingMoniker": "PublicAccessMapping",
                "lastChangeId": 1,
                "lastChangeId64": 1,
            },
        }
        return Response(body=dumped(body))

    def projects(self, request: Request) -> Response:
        """The one project."""
        return json_list([dumped(_project(links_of(request)))])

    def project(self, request: Request) -> Response:
        """The project by name or id."""
        wanted = request.route["project"]
        if wanted.lower() not in (PROJECT.lower(), PROJECT_ID):
            message = f"TF200016: The following project does not exist: {wanted}. Verify that the name is correct."
            raise Refused(404, "ProjectDoesNotExistWithNameException", message)
        return Response(body=dumped(_project(links_of(request))))


def _project(links: Links) -> Json:
    return {
        "id": PROJECT_ID,
        "name": PROJECT,
        "url": f"{links.base}/{ORGANIZATION}/_apis/projects/{PROJECT_ID}",
        "state": "wellFormed",
        "revision": 41,
        "visibility": "private",
        "lastUpdateTime": "2025-09-01T08:00:00.0000000Z",
    }
