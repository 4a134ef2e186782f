"""Handlers of definitions: list, get, save with the revision as a lock, history; and artifacts/versions."""

from itertools import islice
from typing import Any

from sandbox.company import creating
from sandbox.company.artifacts import ArtifactVersion
from sandbox.company.pipelines import ArtifactSource, Pipeline
from sandbox.devops.asking import Page, ids, json_list
from sandbox.devops.definition_json import ALL, definition_json, revision_json
from sandbox.devops.desk import Desk, dumped, links_of
from sandbox.devops.words import Json
from sandbox.http.messages import Refused, Request, Response, Route

MOST_VERSIONS = 100


class Definitions:
    """The definitions resource and artifacts/versions."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def routes(self) -> list[Route]:
        """Its routes."""
        area = "/{org}/{project}/_apis/Release"
        one = area + "/definitions/{definition:int}"
        return [
            self.desk.route("GET", area + "/definitions", self.listed, "definitions.list"),
            self.desk.route("PUT", area + "/definitions", self.save, "definitions.update"),
            self.desk.route("GET", one, self.get, "definitions.get"),
            self.desk.route("GET", one + "/revisions", self.revisions, "definitions.revisions"),
            self.desk.route("GET", one + "/revisions/{revision:int}", self.revision, "definitions.revision"),
            self.desk.route("GET", area + "/artifacts/versions", self.versions, "artifacts.versions"),
        ]

    def listed(self, request: Request) -> Response:
        """Definitions; the token is an id, or a name when names are the order."""
        order, page = request.first("queryOrder", "idAscending").lower(), Page.of(request, most=self.desk.largest_page)
        by_name = "name" in order
        chosen = sorted(self._matching(request), key=lambda p: (p.name.lower() if by_name else "", p.id))
        if order.endswith("descending"):
            chosen.reverse()
        token = request.first("continuationToken")
        if token:
            places = [n for n, p in enumerate(chosen) if token in (str(p.id), p.name)]
            chosen = chosen[places[0] :] if places else []
        expands = frozenset(part.strip().lower() for part in request.first("$expand").split(","))
        links = links_of(request)
        shown = chosen[: page.top]
        following = chosen[page.top : page.top + 1]
        next_token = (following[0].name if by_name else following[0].id) if following else None
        return json_list((dumped(definition_json(links, p, p.current, expands)) for p in shown), next_token=next_token)

    def get(self, request: Request) -> Response:
        """One definition with everything."""
        pipeline = self._one(request)
        return Response(body=dumped(definition_json(links_of(request), pipeline, pipeline.current, ALL)))

    def save(self, request: Request) -> Response:
        """Saves; an old revision is refused."""
        body = request.json()
        pipeline = self.desk.company.act("save_definition", body=body)
        made = dumped(definition_json(links_of(request), pipeline, pipeline.current, ALL))
        return Response(body=made, effect="update-definition")

    def revisions(self, request: Request) -> Response:
        """The history of a definition, oldest first."""
        pipeline, links = self._one(request), links_of(request)
        return json_list(dumped(revision_json(links, pipeline, revision)) for revision in pipeline.revisions)

    def revision(self, request: Request) -> Response:
        """The definition as it was; the service gives it as a text."""
        pipeline, wanted = self._one(request), int(request.route["revision"])
        try:
            revision = pipeline.revision(wanted)
        except KeyError as error:
            message = f"VS402879: Revision {wanted} of release pipeline {pipeline.id} does not exist."
            raise Refused(404, "ReleaseDefinitionRevisionNotFoundException", message) from error
        body = dumped(definition_json(links_of(request), pipeline, revision, ALL))
        return Response(body=body, content_type="text/plain; charset=utf-8")

    def versions(self, request: Request) -> Response:
        """Versions one may choose for a new release, at most 100 each; not wrapped in count and value."""
        wanted = ids(request, "releaseDefinitionId") or [0]
        pipeline = self._pipeline(wanted[0])
        lines = [self._offer(source) for source in pipeline.current.artifacts]
        return Response(body=dumped({"artifactVersions": lines}))

    def _offer(self, source: ArtifactSource) -> Json:
        versions = list(islice(creating.offered(self.desk.world, source), MOST_VERSIONS))
        return {
            "artifactSourceId": 0,
            "sourceId": source.source_id,
            "alias": source.alias,
            "versions": [_version(version) for version in versions],
            "defaultVersion": _version(versions[0]) if versions else None,
            "errorMessage": None,
        }

    def _matching(self, request: Request) -> list[Pipeline]:
        text, wanted = request.first("searchText").lower(), ids(request, "definitionIdFilter")
        exact = request.first("isExactNameMatch").lower() == "true"
        found = [p for p in self.desk.world.pipelines.values() if p.deleted_on is None]
        if wanted is not None:
            found = [p for p in found if p.id in wanted]
        if text:
            found = [p for p in found if (p.name.lower() == text if exact else text in p.name.lower())]
        return found

    def _one(self, request: Request) -> Pipeline:
        return self._pipeline(int(request.route["definition"]))

    def _pipeline(self, number: int) -> Pipeline:
        pipeline = self.desk.world.pipelines.get(number)
        if pipeline is None:
            message = f"VS402877: Release pipeline with ID {number} does not exist."
            raise Refused(404, "ReleaseDefinitionNotFoundException", message)
        return pipeline


def _version(version: ArtifactVersion) -> Json:
    body: dict[str, Any] = {
        "id": version.id,
        "name": version.name,
        "sourceBranch": version.branch,
        "sourceVersion": version.commit,
        "commitMessage": version.message,
        "definitionId": version.source.definition_id,
        "definitionName": version.source.definition,
        "isMultiDefinitionType": False,
        "sourceRepositoryId": version.build.repository_id if version.build else None,
        "sourceRepositoryType": "TfsGit" if version.build else None,
        "sourcePullRequestVersion": None,
    }
    return body
