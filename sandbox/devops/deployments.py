"""Handler of the deployments feed: attempts by their id, filtered by when they last changed."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from sandbox.company.releases import Attempt, Environment
from sandbox.devops.asking import Page, flag, json_list, moment, number
from sandbox.devops.deployment_json import deployment_json
from sandbox.devops.desk import Desk, dumped, links_of
from sandbox.devops.words import Links
from sandbox.http.messages import Request, Response, Route


class Deployments:
    """The deployments resource."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def routes(self) -> list[Route]:
        """Its route."""
        pattern = "/{org}/{project}/_apis/Release/deployments"
        return [self.desk.route("GET", pattern, self.listed, "deployments.list")]

    def listed(self, request: Request) -> Response:
        """A page of attempts; newest first unless asked otherwise."""
        page, links = Page.of(request, most=self.desk.largest_page), links_of(request)
        parts: list[bytes] = []
        for env, attempt in self._matching(request, page):
            if len(parts) == page.top:
                return json_list(parts, next_token=attempt.deployment_id)
            parts.append(self._rendered(links, env, attempt))
        return json_list(parts)

    def _rendered(self, links: Links, env: Environment, attempt: Attempt) -> bytes:
        key = ("deployment", attempt.deployment_id, env.release.version, links.base)
        return self.desk.kept(key, lambda: dumped(deployment_json(links, env, attempt)))

    def _matching(self, request: Request, page: Page) -> Iterator[tuple[Environment, Attempt]]:
        for identity in self._candidates(request, page):
            env, attempt = self.desk.archive.deployment(identity)
            if _fits(request, env, attempt):
                yield env, attempt

    def _candidates(self, request: Request, page: Page) -> Iterator[int]:
        """Ids in the order of the page, from its token on."""
        archive, since = self.desk.archive, moment(request, "minModifiedTime")
        if since is not None and page.ascending:
            return archive.modified_since(since, from_id=page.token or 0)
        every = archive.deployment_ids if since is None else list(archive.modified_since(since))
        if page.ascending:
            return iter(every[bisect_left(every, page.token or 0) :])
        return reversed(every if page.token is None else every[: bisect_right(every, page.token)])


def _fits(request: Request, env: Environment, attempt: Attempt) -> bool:
    if env.release.deleted_on is not None:
        return False
    definition, stage = number(request, "definitionId"), number(request, "definitionEnvironmentId")
    if (definition and env.release.pipeline.id != definition) or (stage and env.spec.id != stage):
        return False
    if flag(request, "latestAttemptsOnly") and env.latest is not attempt:
        return False
    status, operation = request.first("deploymentStatus").lower(), request.first("operationStatus").lower()
    if status not in ("", "all", attempt.status.lower()):
        return False
    return operation in ("", "all", attempt.operation_status.lower()) and _in_time(request, attempt)


def _in_time(request: Request, attempt: Attempt) -> bool:
    until = moment(request, "maxModifiedTime")
    first, last = moment(request, "minStartedTime"), moment(request, "maxStartedTime")
    if until is not None and attempt.last_modified_on > until:
        return False
    return (first is None or attempt.began_on >= first) and (last is None or attempt.began_on <= last)
