"""Handlers of releases: list, get, create, update, delete, history."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import timedelta

from sandbox.company.deploying import STATE_BITS
from sandbox.company.releases import Release
from sandbox.devops.asking import Page, flag, ids, json_list, moment, number
from sandbox.devops.desk import Desk, dumped, links_of
from sandbox.devops.release_json import DETAILED, EXPANDS, Wanted, wanted_of
from sandbox.devops.words import identity, stamp
from sandbox.http.messages import Request, Response, Route

_APPROVALS = {"all": "all", "manualapprovals": "manual", "automatedapprovals": "automated", "none": "none"}


_FILTERS = (
    "definitionEnvironmentId",
    "searchText",
    "statusFilter",
    "sourceBranchFilter",
    "artifactTypeId",
    "tagFilter",
)


class Releases:
    """The releases resource."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def routes(self) -> list[Route]:
        """Its routes."""
        base = "/{org}/{project}/_apis/Release/releases"
        one = base + "/{release:int}"
        return [
            self.desk.route("GET", base, self.listed, "releases.list"),
            self.desk.route("POST", base, self.create, "releases.create"),
            self.desk.route("GET", one, self.get, "releases.get"),
            self.desk.route("PATCH", one, self.update, "releases.update"),
            self.desk.route("PUT", one, self.put, "releases.put"),
            self.desk.route("DELETE", one, self.delete, "releases.delete"),
            self.desk.route("GET", one + "/history", self.history, "releases.history"),
        ]

    def listed(self, request: Request) -> Response:
        """A page of releases by id, which is the order of their creation; newest first unless asked otherwise."""
        page, links, wanted = (
            Page.of(request, most=self.desk.largest_page),
            links_of(request),
            wanted_of(request.first("$expand")),
        )
        wanted_ids = ids(request, "releaseIdFilter")
        parts: list[bytes] = []
        for identity_ in self._matching(request, page, wanted_ids):
            if len(parts) == page.top:
                return json_list(parts, next_token=identity_)
            parts.append(self.desk.rendered_by_id(links, identity_, wanted))
        return json_list(parts)

    def _matching(self, request: Request, page: Page, wanted_ids: list[int] | None) -> Iterator[int]:
        archive, all_fit = self.desk.archive, self.desk.templates is not None and not _asks_for_some(request)
        for identity_ in _candidates(self.desk, request, page, wanted_ids):
            if all_fit or _fits(request, archive.release(identity_)):
                yield identity_

    def get(self, request: Request) -> Response:
        """One release in full depth; `approvalFilters` chooses approvals, `$expand=tasks` changes nothing here."""
        release = self.desk.release(request)
        filters = request.first("approvalFilters", "all").lower().split(",")[0].strip()
        wanted = Wanted(frozenset(EXPANDS), "detailed", _APPROVALS.get(filters, "all"))
        return Response(body=self.desk.rendered_by_id(links_of(request), release.id, wanted))

    def create(self, request: Request) -> Response:
        """Creates a release."""
        body = request.json()
        artifacts = {
            str(a.get("alias") or ""): str((a.get("instanceReference") or {}).get("id") or "")
            for a in body.get("artifacts") or []
        }
        release = self.desk.company.act(
            "create",
            definition=int(body.get("definitionId") or 0),
            description=body.get("description") or "",
            artifacts={alias: version for alias, version in artifacts.items() if version},
            manual_stages=body.get("manualEnvironments") or [],
            is_draft=bool(body.get("isDraft")),
            reason=body.get("reason") or "none",
        )
        return self._changed(request, release, "create")

    def update(self, request: Request) -> Response:
        """Abandons, starts a draft, keeps for ever, renames."""
        body, release = request.json(), self.desk.release(request)
        effect, was = "update", release.status
        status = str(body.get("status") or "").lower()
        self.desk.company.act("update_release", release=release.id, changes=body)
        if status == "abandoned":
            effect = "abandon"
        elif status == "active" and was != "active":
            effect = "start"
        elif body.get("keepForever") is not None:
            effect = "keepForever"
        return self._changed(request, release, effect)

    def put(self, request: Request) -> Response:
        """PUT of a whole release passes over its status without a word, as the service does."""
        release = self.desk.release(request)
        return Response(body=self.desk.rendered(links_of(request), release, DETAILED))

    def delete(self, request: Request) -> Response:
        """Soft-deletes; answers 204 without a body."""
        release = self.desk.release(request)
        self.desk.company.act("delete", release=release.id, comment=request.first("comment"))
        return Response(status=204, effect="delete")

    def history(self, request: Request) -> Response:
        """What was done to a release."""
        release, links = self.desk.release(request), links_of(request)
        lines = [
            {
                "releaseId": release.id,
                "definitionSnapshotRevision": 1,
                "changedBy": identity(links, done.by),
                "changedDate": stamp(done.on),
                "changeType": done.kind,
                "changeDetails": {"id": "1", "name": done.details},
                "comment": done.comment,
            }
            for done in release.history
        ]
        return json_list(dumped(line) for line in lines)

    def _changed(self, request: Request, release: Release, effect: str) -> Response:
        body = self.desk.rendered(links_of(request), release, DETAILED)
        return Response(body=body, effect=effect)


def _candidates(desk: Desk, request: Request, page: Page, wanted: list[int] | None) -> Iterator[int]:
    """Ids in the order of the page, from its token on, inside the times asked for."""
    archive = desk.archive
    every = archive.release_ids
    since, until = moment(request, "minCreatedTime"), moment(request, "maxCreatedTime")
    low = archive.created_from(since) if since else 0
    high = archive.created_from(until + timedelta(milliseconds=1)) if until else len(every)
    chosen = every[low:high]
    if wanted is not None:
        inside = set(wanted)
        chosen = [number for number in chosen if number in inside]
    if page.token is not None:
        if page.ascending:
            chosen = chosen[bisect_left(chosen, page.token) :]
        else:
            chosen = chosen[: bisect_right(chosen, page.token)]
    return iter(chosen) if page.ascending else reversed(chosen)


def _asks_for_some(request: Request) -> bool:
    """Whether a filter needs more than ids and times."""
    definition = request.first("definitionId")
    return any(request.first(name) for name in _FILTERS) or flag(request, "isDeleted") or definition not in ("", "1")


def _fits(request: Request, release: Release) -> bool:
    if (release.deleted_on is not None) != flag(request, "isDeleted"):
        return False
    definition = number(request, "definitionId")
    if definition and release.pipeline.id != definition:
        return False
    status = request.first("statusFilter").lower()
    if status and status != "undefined" and release.status not in status.split(","):
        return False
    text = request.first("searchText").lower()
    if text and text not in release.name.lower():
        return False
    tags = [tag for tag in request.first("tagFilter").split(",") if tag]
    return _has_stage(request, release) and _has_version(request, release) and all(tag in release.tags for tag in tags)


def _has_stage(request: Request, release: Release) -> bool:
    """environmentStatusFilter works only together with definitionEnvironmentId, as reported of the service."""
    stage, mask = number(request, "definitionEnvironmentId"), number(request, "environmentStatusFilter")
    if not stage:
        return True
    env = release.stage(stage)
    return env is not None and (not mask or bool(STATE_BITS[env.status] & mask))


def _has_version(request: Request, release: Release) -> bool:
    """sourceId and artifactVersionId do nothing without artifactTypeId."""
    kind = request.first("artifactTypeId").lower()
    branch = request.first("sourceBranchFilter")
    versions = release.artifacts
    if branch and not any(v.branch in (branch, f"refs/heads/{branch}", branch[11:]) for v in versions):
        return False
    if not kind:
        return True
    source, version = request.first("sourceId"), request.first("artifactVersionId")
    return any(
        v.source.type.lower() == kind
        and (not source or v.source.source_id == source)
        and (not version or v.id == version)
        for v in versions
    )
