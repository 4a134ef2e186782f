"""Handlers of what a release changed: commits and work items."""

from sandbox.company.artifacts import Commit
from sandbox.company.harbour import ORGANIZATION, PROJECT_ID
from sandbox.company.releases import Release
from sandbox.devops.asking import json_list, number
from sandbox.devops.desk import Desk, dumped, links_of
from sandbox.devops.words import Json, Links, identity, stamp
from sandbox.http.messages import Request, Response, Route

MOST = 250


class Code:
    """The changes and workitems resources."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def routes(self) -> list[Route]:
        """Its routes."""
        release = "/{org}/{project}/_apis/Release/releases/{release:int}"
        return [
            self.desk.route("GET", release + "/changes", self.changes, "releases.changes"),
            self.desk.route("GET", release + "/workitems", self.work_items, "releases.workitems"),
        ]

    def changes(self, request: Request) -> Response:
        """Commits since the release before, or since `baseReleaseId`; newest first."""
        release, links = self.desk.release(request), links_of(request)
        repository = self._repository(release)
        commits = self._commits(request, release)
        return json_list(dumped(_change(links, repository, commit)) for commit in commits)

    def work_items(self, request: Request) -> Response:
        """Work items that those commits name, each once."""
        release, links = self.desk.release(request), links_of(request)
        found = {item.id: item for commit in self._commits(request, release) for item in commit.work_items}
        return json_list(
            dumped(
                {
                    "id": str(item.id),
                    "url": f"{links.base}/{ORGANIZATION}/{PROJECT_ID}/_workitems/edit/{item.id}",
                    "title": item.title,
                    "type": item.type,
                    "state": item.state,
                    "provider": "Tfs",
                }
            )
            for item in found.values()
        )

    def _commits(self, request: Request, release: Release) -> list[Commit]:
        top, base = number(request, "$top") or MOST, number(request, "baseReleaseId")
        commits = release.changes
        if base:
            older = next((v.commit for v in self.desk.archive.release(base).artifacts if v.commit), None)
            newer = next((v.commit for v in release.artifacts if v.commit), None)
            repository = self.desk.world.repositories[self._repository(release)]
            commits = repository.between(older, newer) if newer and newer != older else []
        return commits[:top]

    def _repository(self, release: Release) -> str:
        plan = self.desk.world.plans.get(release.pipeline.id)
        return plan.repository if plan else "bench"


def _change(links: Links, repository: str, commit: Commit) -> Json:
    return {
        "id": commit.id,
        "message": commit.message,
        "changeType": "TfsGit",
        "author": identity(links, commit.author),
        "pushedBy": identity(links, commit.pushed_by),
        "timestamp": stamp(commit.made_on),
        "location": f"{links.base}/{ORGANIZATION}/{PROJECT_ID}/_apis/git/repositories/{repository}/commits/{commit.id}",
        "displayUri": f"{links.base}/{ORGANIZATION}/{PROJECT_ID}/_git/{repository}/commit/{commit.id}",
    }
