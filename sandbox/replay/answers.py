"""The routes of a replay. Release answers are the recorded bytes; everything else is said in `made_up` or empty."""

from typing import Any

from sandbox.http.messages import Handler, Refused, Request, Response, Route
from sandbox.replay import made_up
from sandbox.replay.paging import numbers, page, within
from sandbox.replay.recording import RecordedRelease, Recording

NOBODY = {
    "id": "9f6c1f0e-8a55-4d3f-9d52-7d4a5a1b6c01",
    "descriptor": "Microsoft.IdentityModel.Claims.ClaimsIdentity;replay\\reader",
    "subjectDescriptor": "aad.cmVwbGF5LXJlYWRlcg",
    "providerDisplayName": "Replay reader",
    "isActive": True,
    "properties": {"Account": {"$type": "System.String", "$value": "reader@replay.example"}},
    "resourceVersion": 2,
    "metaTypeId": 0,
}
_P = "/{org}/{project}/_apis/Release"


def routes(recording: Recording) -> list[Route]:
    """Names are those of the living company's routes, so that faults hit both alike."""
    answers = _Answers(recording)
    reads: list[tuple[str, Handler, str]] = [
        ("/{org}/_apis/connectionData", answers.connection, "connectionData"),
        ("/{org}/_apis/projects", answers.projects, "projects.list"),
        ("/{org}/_apis/projects/{project}", answers.project, "projects.get"),
        (f"{_P}/releases", answers.releases, "releases.list"),
        (f"{_P}/releases/{{release:int}}", answers.release, "releases.get"),
        (f"{_P}/releases/{{release:int}}/environments/{{environment:int}}", answers.environment, "environments.get"),
        (f"{_P}/releases/{{release:int}}/changes", answers.nothing, "releases.changes"),
        (f"{_P}/releases/{{release:int}}/workitems", answers.nothing, "releases.workitems"),
        (f"{_P}/releases/{{release:int}}/history", answers.nothing, "releases.history"),
        (f"{_P}/releases/{{release:int}}/manualInterventions", answers.nothing, "interventions.list"),
        (f"{_P}/deployments", answers.deployments, "deployments.list"),
        (f"{_P}/approvals", answers.approvals, "approvals.list"),
        (f"{_P}/artifacts/versions", answers.versions, "artifacts.versions"),
        (f"{_P}/definitions", answers.definitions, "definitions.list"),
        (f"{_P}/definitions/{{definition:int}}", answers.definition, "definitions.get"),
        (f"{_P}/definitions/{{definition:int}}/revisions", answers.revisions, "definitions.revisions"),
        (f"{_P}/definitions/{{definition:int}}/revisions/{{revision:int}}", answers.revision, "definitions.revision"),
    ]
    writes = [
        Route(method, f"{_P}/{{rest:path}}", _unchangeable, "change") for method in ("POST", "PUT", "PATCH", "DELETE")
    ]
    return [Route("GET", pattern, handler, name) for pattern, handler, name in reads] + writes


def _unchangeable(_: Request) -> Response:
    raise Refused(403, "AccessDeniedException", "VS402904: Recorded answers cannot be changed.")


class _Answers:
    """The handlers, bound to what was recorded."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording

    def connection(self, _: Request) -> Response:
        return Response.json_of(
            {
                "authenticatedUser": NOBODY,
                "authorizedUser": NOBODY,
                "instanceId": "5b0e7a34-0d8c-4f6a-8b61-51d3a3f9f6d2",
                "deploymentId": "a5ad1a0c-6ef5-4d4e-9a3b-0f3f6a6b2d11",
                "deploymentType": "hosted",
            }
        )

    def _project(self, name: str) -> dict[str, Any]:
        """The project under whatever name it is asked for: recordings leave its name out."""
        known = {
            "state": "wellFormed",
            "revision": 1,
            "visibility": "private",
            "lastUpdateTime": "2019-07-13T00:00:00Z",
        }
        return {"id": self.recording.project_id, "name": name, **known}

    def projects(self, _: Request) -> Response:
        return Response.json_of({"count": 1, "value": [self._project("Recorded")]})

    def project(self, request: Request) -> Response:
        asked = request.route["project"]
        return Response.json_of(self._project("Recorded" if asked == self.recording.project_id else asked))

    def nothing(self, request: Request) -> Response:
        """A list that the recording does not hold; the release must be there."""
        self._wanted(request)
        return Response.json_of({"count": 0, "value": []})

    def _wanted(self, request: Request) -> RecordedRelease:
        number = int(request.route["release"])
        release = self.recording.releases.get(number)
        if release is None:
            raise Refused(404, "ReleaseNotFoundException", f"VS402867: Release with ID {number} does not exist.")
        return release

    def release(self, request: Request) -> Response:
        return Response(body=self._wanted(request).raw)

    def environment(self, request: Request) -> Response:
        stage = self._wanted(request).environment(int(request.route["environment"]))
        if stage is None:
            raise Refused(404, "ReleaseEnvironmentNotFoundException", "VS402881: This release has no such stage.")
        return Response.json_of(stage)

    def releases(self, request: Request) -> Response:
        fits = within(request, "minCreatedTime", "maxCreatedTime")
        wanted, definitions = numbers(request, "releaseIdFilter"), numbers(request, "definitionId")
        status = request.first("statusfilter").lower()
        found = [
            release
            for release in self.recording.releases.values()
            if fits(release.said.get("createdOn"))
            and (not wanted or release.id in wanted)
            and (not definitions or release.definition_id in definitions)
            and (status in ("", "undefined") or str(release.said.get("status")).lower() == status)
        ]
        if request.first("isdeleted").lower() == "true":
            found = []
        expand = {part.strip().lower() for part in request.first("$expand").split(",")}
        return page(request, [made_up.list_row(release, expand=expand) for release in found])

    def deployments(self, request: Request) -> Response:
        modified = within(request, "minModifiedTime", "maxModifiedTime")
        started = within(request, "minStartedTime", "maxStartedTime")
        definitions, stages = numbers(request, "definitionId"), numbers(request, "definitionEnvironmentId")
        rows = [
            row
            for release in self.recording.releases.values()
            if not definitions or release.definition_id in definitions
            for row in made_up.deployments(release)
            if modified(row.get("lastModifiedOn"))
            and started(row.get("startedOn"))
            and (not stages or row["definitionEnvironmentId"] in stages)
        ]
        if request.first("latestattemptsonly").lower() == "true":
            rows = list({(row["release"]["id"], row["definitionEnvironmentId"]): row for row in rows}.values())
        return page(request, rows)

    def approvals(self, request: Request) -> Response:
        """Pending ones unless asked otherwise; `top` has no dollar sign here."""
        status = (request.first("statusfilter") or "pending").lower()
        kind = request.first("typefilter").lower()
        wanted = numbers(request, "releaseIdsFilter")
        rows = [
            row
            for release in self.recording.releases.values()
            if not wanted or release.id in wanted
            for row in release.approvals()
            if status in ("undefined", str(row.get("status")).lower())
            and kind in ("", "all", "undefined", str(row.get("approvalType")).lower())
        ]
        return page(request, rows, top="top")

    def _of_definition(self, number: int, *, revision: int | None = None) -> list[RecordedRelease]:
        found = self.recording.of_definition(number, revision=revision)
        if not found:
            raise Refused(404, "ReleaseDefinitionNotFoundException", f"VS402877: Definition {number} does not exist.")
        return found

    def definitions(self, request: Request) -> Response:
        deep = "environments" in request.first("$expand").lower()
        ids = sorted({release.definition_id for release in self.recording.releases.values()} - {0})
        rows = [made_up.definition(self._of_definition(number), deep=deep) for number in ids]
        return page(request, rows, order="ascending")

    def definition(self, request: Request) -> Response:
        return Response.json_of(made_up.definition(self._of_definition(int(request.route["definition"]))))

    def revision(self, request: Request) -> Response:
        number, revision = int(request.route["definition"]), int(request.route["revision"])
        return Response.json_of(made_up.definition(self._of_definition(number, revision=revision)))

    def revisions(self, request: Request) -> Response:
        """The revisions that releases were made of; the others are not known."""
        number = int(request.route["definition"])
        newest = {release.said.get("releaseDefinitionRevision"): release for release in self._of_definition(number)}
        rows = [
            {
                "definitionId": number,
                "revision": revision,
                "changedBy": release.said.get("modifiedBy"),
                "changedDate": release.said.get("createdOn"),
                "changeType": "update",
                "comment": None,
            }
            for revision, release in newest.items()
        ]
        return Response.json_of({"count": len(rows), "value": rows})

    def versions(self, request: Request) -> Response:
        number = int(request.first("releasedefinitionid") or 0)
        return Response.json_of(made_up.artifact_versions(self._of_definition(number)[-1]))
