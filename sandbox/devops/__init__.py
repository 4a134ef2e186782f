"""Renders the company as Azure DevOps: the Release area and the little of the core that a client needs.

`routes` is all that the server asks for. Nothing here changes the company but through `Company.act`.
"""

from collections.abc import Callable
from dataclasses import replace

from sandbox.company import Company
from sandbox.company.harbour import PROJECT, PROJECT_ID
from sandbox.devops.approvals import Approvals
from sandbox.devops.asking import MOST
from sandbox.devops.catalog import Catalog
from sandbox.devops.code import Code
from sandbox.devops.definitions import Definitions
from sandbox.devops.deployments import Deployments
from sandbox.devops.desk import Desk
from sandbox.devops.environments import Environments
from sandbox.devops.releases import Releases
from sandbox.http.messages import Handler, Refused, Request, Response, Route

__all__ = ["routes"]


def routes(company: Company, *, largest_page: int = MOST) -> list[Route]:
    """All routes of the Release API for this company; its lists give so many entries at a time, at most."""
    desk = Desk(company, largest_page=largest_page)
    parts = (Code(desk), Environments(desk), Releases(desk), Approvals(desk), Deployments(desk), Definitions(desk))
    found = [route for part in parts for route in part.routes()]
    in_project = [replace(route, handler=_of_the_project(route.handler)) for route in found]
    return in_project + Catalog(desk).routes()


def _of_the_project(handler: Handler) -> Callable[[Request], Response]:
    """Another project than ours does not exist."""

    def checked(request: Request) -> Response:
        project = request.route["project"]
        if project.lower() not in (PROJECT.lower(), PROJECT_ID):
            message = f"TF200016: The following project does not exist: {project}. Verify that the name is correct."
            raise Refused(404, "ProjectDoesNotExistWithNameException", message)
        return handler(request)

    return checked
