"""Azure DevOps, read through the real client: typed answers with their raw JSON. Called by `releases.sync` only.

Knows no models and keeps nothing but its connection. Raises only errors of `releases.errors`.
Docs: https://learn.microsoft.com/rest/api/azure/devops/release/
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from releases.azure.answers import (
    ChangeAnswer,
    ConnectionDataAnswer,
    DefinitionAnswer,
    DefinitionRevisionAnswer,
    DeploymentAnswer,
    Item,
    Page,
    ProjectAnswer,
    ReleaseAnswer,
    Unread,
    WaitingApprovalAnswer,
    WorkItemAnswer,
)
from releases.azure.asking import Access, Asking, T
from releases.errors import AzureRefused, CredentialRefused, PermissionMissing

__all__ = ["LARGEST_PAGE", "LISTED_EXPAND", "Access", "DevOps"]

LISTED_EXPAND = "environments,artifacts,approvals,tags,variables"
NO_SUCH_ID = 2**31 - 1
"""The largest id Azure DevOps could ever give."""

LARGEST_PAGE = 100
"""Azure DevOps caps `$top` here without a word."""

MOST_BROUGHT = 250
"""How many commits, and how many work items, of one release are read."""


class DevOps(Asking):
    """What Slipway reads of one organization. See `Asking` for how it behaves."""

    # Releases

    def releases(
        self,
        project: str,
        *,
        top: int = LARGEST_PAGE,
        token: str | None = None,
        ascending: bool = True,
        min_created: datetime | None = None,
        max_created: datetime | None = None,
        definition_id: int | None = None,
        ids: Iterable[int] | None = None,
        expand: str = LISTED_EXPAND,
        is_deleted: bool = False,
    ) -> Page[ReleaseAnswer]:
        """One page of releases. Keep all other arguments the same from page to page."""
        query = {
            "$top": top,
            "continuationToken": token,
            "queryOrder": _order(ascending),
            "minCreatedTime": _time(min_created),
            "maxCreatedTime": _time(max_created),
            "definitionId": definition_id,
            "releaseIdFilter": _joined(ids),
            "$expand": expand or None,
            "isDeleted": "true" if is_deleted else "false",
        }
        return self._page("releases", ReleaseAnswer, noun="release", project=project, query=query)

    def unread_releases(
        self, project: str, *, token: str | None, min_created: datetime | None, max_created: datetime | None
    ) -> Unread:
        """One page of releases, oldest first, as it came: `taken_apart` reads it, in another thread if need be."""
        query = {
            "$top": LARGEST_PAGE,
            "continuationToken": token,
            "queryOrder": _order(ascending=True),
            "minCreatedTime": _time(min_created),
            "maxCreatedTime": _time(max_created),
            "$expand": LISTED_EXPAND,
            "isDeleted": "false",
        }
        return self._unread("releases", project=project, query=query)

    def release(self, project: str, release_id: int) -> Item[ReleaseAnswer]:
        """One release in full: steps, gates and approval history. Raises NotThere when Azure has it no longer."""
        query = {"$expand": "tasks", "approvalFilters": "all"}
        return self._one(
            "releases", ReleaseAnswer, noun="release", project=project, route={"releaseId": release_id}, query=query
        )

    def deployments(
        self,
        project: str,
        *,
        top: int = LARGEST_PAGE,
        token: str | None = None,
        min_modified: datetime | None = None,
        ascending: bool = True,
        definition_id: int | None = None,
    ) -> Page[DeploymentAnswer]:
        """One page of attempts, all of them. By which date Azure orders them is not documented: read to the end."""
        query = {
            "$top": top,
            "continuationToken": token,
            "minModifiedTime": _time(min_modified),
            "queryOrder": _order(ascending),
            "definitionId": definition_id,
            "latestAttemptsOnly": "false",
        }
        return self._page("deployments", DeploymentAnswer, noun="deployment", project=project, query=query)

    def approvals(
        self,
        project: str,
        *,
        status: str = "pending",
        top: int = LARGEST_PAGE,
        token: str | None = None,
        release_ids: Iterable[int] | None = None,
    ) -> Page[WaitingApprovalAnswer]:
        """One page of approvals in one state, whoever they wait for. (`top` has no dollar sign here.)"""
        query = {
            "statusFilter": status,
            "top": top,
            "continuationToken": token,
            "releaseIdsFilter": _joined(release_ids),
            "queryOrder": "ascending",
        }
        return self._page("approvals", WaitingApprovalAnswer, noun="approval", project=project, query=query)

    # Definitions

    def definitions(self, project: str, *, token: str | None = None) -> Page[DefinitionAnswer]:
        """One page of pipelines with stages, artifacts and triggers."""
        query = {"$top": LARGEST_PAGE, "continuationToken": token, "$expand": "environments,artifacts,triggers"}
        return self._page("definitions", DefinitionAnswer, noun="definition", project=project, query=query)

    def definition(self, project: str, definition_id: int) -> Item[DefinitionAnswer]:
        """One pipeline in full, in its newest revision."""
        return self._one(
            "definitions", DefinitionAnswer, noun="definition", project=project, route={"definitionId": definition_id}
        )

    def definition_revisions(self, project: str, definition_id: int) -> list[DefinitionRevisionAnswer]:
        """The history of a pipeline; lines that cannot be read are left out."""
        page = self._page(
            "revisions",
            DefinitionRevisionAnswer,
            noun="definition-revision",
            project=project,
            route={"definitionId": definition_id},
        )
        return [item.value for item in page.items]

    def definition_revision(self, project: str, definition_id: int, revision: int) -> Item[DefinitionAnswer]:
        """One pipeline as it was in one revision."""
        route = {"definitionId": definition_id, "revision": revision}
        return self._one("revisions", DefinitionAnswer, noun="definition", project=project, route=route)

    # What a release brought

    def changes(self, project: str, release_id: int, *, alias: str | None = None) -> list[ChangeAnswer]:
        """Commits against the release of Azure's choice, newest first; unreadable ones are left out."""
        return self._brought(
            "changes", ChangeAnswer, noun="change", project=project, release_id=release_id, alias=alias
        )

    def work_items(self, project: str, release_id: int, *, alias: str | None = None) -> list[WorkItemAnswer]:
        """Work items that Azure links to a release; unreadable ones are left out."""
        return self._brought(
            "workitems", WorkItemAnswer, noun="work-item", project=project, release_id=release_id, alias=alias
        )

    def _brought(
        self, resource: str, kind: type[T], *, noun: str, project: str, release_id: int, alias: str | None
    ) -> list[T]:
        query = {"artifactAlias": alias, "$top": MOST_BROUGHT}
        page = self._page(resource, kind, noun=noun, project=project, route={"releaseId": release_id}, query=query)
        return [item.value for item in page.items]

    # The organization

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

    # What we may do

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

    def _refused_only_as_absent(self, resource: str, *, project: str, route: dict[str, Any]) -> None:
        try:
            self._patch(resource, project=project, route=route, content={"comment": "Slipway asks whether it may."})
        except (CredentialRefused, PermissionMissing):
            raise
        except AzureRefused:
            return  # it got as far as not finding it, or as not liking the wish


def _order(ascending: bool) -> str:
    return "ascending" if ascending else "descending"


def _time(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _joined(ids: Iterable[int] | None) -> str | None:
    return None if ids is None else ",".join(str(one) for one in ids)
