"""Reads releases, their stages, attempts, approvals, history, and what they brought. Part of `DevOps`."""

from collections.abc import Iterable
from datetime import datetime

from releases.azure.answers import (
    ChangeAnswer,
    DeploymentAnswer,
    HistoryAnswer,
    Item,
    Page,
    ReleaseAnswer,
    StageAnswer,
    Unread,
    WaitingApprovalAnswer,
    WorkItemAnswer,
)
from releases.azure.asking import Asking, T
from releases.azure.devops.query import LARGEST_PAGE, joined, order, time

LISTED_EXPAND = "environments,artifacts,approvals,tags,variables"

MOST_BROUGHT = 250
"""How many commits, and how many work items, of one release are read."""


class Releases(Asking):
    """What Slipway reads of releases."""

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
            "queryOrder": order(ascending),
            "minCreatedTime": time(min_created),
            "maxCreatedTime": time(max_created),
            "definitionId": definition_id,
            "releaseIdFilter": joined(ids),
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
            "queryOrder": order(ascending=True),
            "minCreatedTime": time(min_created),
            "maxCreatedTime": time(max_created),
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
            "minModifiedTime": time(min_modified),
            "queryOrder": order(ascending),
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
            "releaseIdsFilter": joined(release_ids),
            "queryOrder": "ascending",
        }
        return self._page("approvals", WaitingApprovalAnswer, noun="approval", project=project, query=query)

    def stage(self, project: str, release_id: int, environment_id: int) -> Item[StageAnswer]:
        """One stage of a release with its attempts. Raises NotThere when Azure has it no longer."""
        route = {"releaseId": release_id, "environmentId": environment_id}
        return self._one("environment", StageAnswer, noun="stage", project=project, route=route)

    def release_history(self, project: str, release_id: int) -> list[HistoryAnswer]:
        """What was done to a release, each with its comment; lines that cannot be read are left out.

        A preview of Azure's that its documentation does not describe: never the only evidence.
        """
        page = self._page("history", HistoryAnswer, noun="history", project=project, route={"releaseId": release_id})
        return [item.value for item in page.items]

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
