"""Reads the organization: who we are there, which projects there are, what we may do. Part of `DevOps`."""

from typing import Any

from releases.azure.answers import ConnectionDataAnswer, ProjectAnswer
from releases.azure.asking import Asking
from releases.azure.devops.query import LARGEST_PAGE
from releases.errors import AzureRefused, CredentialRefused, PermissionMissing

NO_SUCH_ID = 2**31 - 1
"""The largest id Azure DevOps could ever give."""


class Organizations(Asking):
    """What Slipway reads of one organization itself."""

    def connection_data(self) -> ConnectionDataAnswer:
        """Who Azure DevOps thinks we are."""
        return self._one("connectionData", ConnectionDataAnswer, noun="connection").value

    def projects(self, *, top: int = LARGEST_PAGE) -> list[ProjectAnswer]:
        """The projects our identity may see, at most 20 pages of them."""
        found: list[ProjectAnswer] = []
        token: str | None = None
        for _ in range(20):
            page = self._page(
                "projects", ProjectAnswer, noun="project", query={"$top": top, "continuationToken": token}
            )
            found += [item.value for item in page.items]
            token = page.token
            if token is None:
                break
        return found

    def project(self, name: str) -> ProjectAnswer:
        """One project by name or id. Raises NotThere, also when our identity may not know of it."""
        return self._one("projects", ProjectAnswer, noun="project", route={"projectId": name}).value

    def check_can_approve(self, project: str) -> None:
        """Returns if Azure takes decisions from our identity, raises its refusal else. Changes nothing.

        There is no question for it in the Release API: it tries to decide an approval that cannot exist. Whether the
        identity is the approver of a stage shows only there.
        """
        self._refused_only_as_absent("approval", project=project, route={"approvalId": NO_SUCH_ID})

    def check_can_deploy(self, project: str) -> None:
        """The same for deploying a stage that cannot exist."""
        route = {"releaseId": NO_SUCH_ID, "environmentId": NO_SUCH_ID}
        self._refused_only_as_absent("environment", project=project, route=route)

    def check_can_create(self, project: str) -> None:
        """The same for creating a release of a pipeline that cannot exist."""
        content = {"definitionId": NO_SUCH_ID, "isDraft": True}
        self._refused_only_as_absent("releases", project=project, method="POST", content=content)

    def check_can_save_definition(self, project: str) -> None:
        """The same for saving a pipeline that cannot exist."""
        content = {"id": NO_SUCH_ID, "revision": 1, "name": "Slipway asks whether it may."}
        self._refused_only_as_absent("definitions", project=project, method="PUT", content=content)

    def _refused_only_as_absent(
        self,
        resource: str,
        *,
        project: str,
        route: dict[str, Any] | None = None,
        method: str = "PATCH",
        content: dict[str, Any] | None = None,
    ) -> None:
        content = content or {"comment": "Slipway asks whether it may."}
        try:
            self._change(method, resource, project=project, route=route, content=content)
        except (CredentialRefused, PermissionMissing):
            raise
        except AzureRefused:
            return  # it got as far as not finding it, or as not liking the wish
