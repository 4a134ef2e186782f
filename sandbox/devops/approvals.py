"""Handlers of approvals: list, get with history, answer one or many."""

from collections.abc import Iterator
from typing import Any

from sandbox.company.people import EVERYBODY, SLIPWAY, Person, anybody
from sandbox.company.releases import Approval, Attempt, Environment
from sandbox.devops.approval_json import approval_json
from sandbox.devops.asking import Page, flag, ids, json_list
from sandbox.devops.desk import Desk, dumped, links_of
from sandbox.http.messages import Refused, Request, Response, Route

Found = tuple[Environment, Attempt, Approval]


class Approvals:
    """The approvals resource."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def routes(self) -> list[Route]:
        """Its routes."""
        base = "/{org}/{project}/_apis/Release/approvals"
        one = base + "/{approval:int}"
        return [
            self.desk.route("GET", base, self.listed, "approvals.list"),
            self.desk.route("PATCH", base, self.answer_many, "approvals.bulk"),
            self.desk.route("GET", one, self.get, "approvals.get"),
            self.desk.route("GET", one + "/history", self.get, "approvals.history"),
            self.desk.route("PATCH", one, self.answer, "approvals.update"),
        ]

    def listed(self, request: Request) -> Response:
        """A page of approvals (`top` without a dollar); pending ones unless asked otherwise."""
        page, links = Page.of(request, most=self.desk.largest_page, top_name="top"), links_of(request)
        parts: list[bytes] = []
        for env, _, approval in self._matching(request, page):
            if len(parts) == page.top:
                return json_list(parts, next_token=approval.id)
            parts.append(dumped(approval_json(links, env, approval)))
        return json_list(parts)

    def get(self, request: Request) -> Response:
        """One approval with its history."""
        env, _, approval = self._one(int(request.route["approval"]))
        return Response(body=dumped(approval_json(links_of(request), env, approval, with_history=True)))

    def answer(self, request: Request) -> Response:
        """Approves, rejects or reassigns one. The text is `comments`, plural; anything else is passed over."""
        number, body = int(request.route["approval"]), request.json()
        if not isinstance(body, dict):
            raise Refused(400, "InvalidRequestException", "Value cannot be null. Parameter name: approval")
        env, _, approval = self._one(number)
        self.desk.company.act("approve", decisions=[_decision(body | {"id": number})])
        made = dumped(approval_json(links_of(request), env, approval, with_history=True))
        return Response(body=made, effect=_effect(body))

    def answer_many(self, request: Request) -> Response:
        """Answers several, all or none."""
        bodies = request.json()
        if not isinstance(bodies, list):
            raise Refused(400, "InvalidRequestException", "An array of approvals is expected.")
        found = [self._one(int(body.get("id") or 0)) for body in bodies]
        self.desk.company.act("approve", decisions=[_decision(body) for body in bodies])
        links = links_of(request)
        response = json_list(dumped(approval_json(links, env, approval)) for env, _, approval in found)
        response.effect = _effect(bodies[0]) if bodies else None
        return response

    def _one(self, number: int) -> Found:
        try:
            found = self.desk.archive.approval(number)
        except KeyError as error:
            message = f"VS402883: Approval with ID {number} does not exist."
            raise Refused(404, "ApprovalNotFoundException", message) from error
        return found

    def _matching(self, request: Request, page: Page) -> Iterator[Found]:
        status = request.first("statusFilter", "pending").lower()
        kind = request.first("typeFilter", "all").lower()
        releases, who = ids(request, "releaseIdsFilter"), _assigned(request)
        found = list(self.desk.archive.approvals())
        for env, attempt, approval in found if page.ascending else reversed(found):
            if page.token is not None and (approval.id < page.token) == page.ascending and approval.id != page.token:
                continue
            if status not in ("undefined", approval.status) or kind not in ("all", "undefined", approval.type.lower()):
                continue
            if releases is not None and env.release.id not in releases:
                continue
            if who is not None and approval.approver not in who:
                continue
            if env.release.deleted_on is None:
                yield env, attempt, approval


def _assigned(request: Request) -> set[Person | None] | None:
    """Whom `assignedToFilter` means; groups count only if the caller is in them and asks for them."""
    text = request.first("assignedToFilter")
    if not text:
        return None
    try:
        person = anybody(text)
    except KeyError:
        return set()
    people: set[Person | None] = {person}
    if flag(request, "includeMyGroupApprovals") and person is SLIPWAY:
        people |= {group for group in EVERYBODY if SLIPWAY in group.members}
    return people


def _decision(body: dict[str, Any]) -> dict[str, Any]:
    return {key: body.get(key) for key in ("id", "status", "comments", "approver")}


def _effect(body: dict[str, Any]) -> str:
    words = {"approved": "approve", "rejected": "reject", "reassigned": "reassign"}
    return words.get(str(body.get("status") or "").lower(), "approval")
