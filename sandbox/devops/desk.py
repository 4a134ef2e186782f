"""Where handlers work: the company under its lock, links as the client reaches us, and what was rendered before.

Rendered releases are kept by (id, version, what was asked for), up to a number of bytes, so that a page of 100
costs little when nothing changed.
"""

import json
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from sandbox.company import Company, Refusal
from sandbox.company.archive import Archive
from sandbox.company.releases import Environment, Release
from sandbox.company.world import World
from sandbox.devops.release_json import Wanted, release_json
from sandbox.devops.templates import Templates
from sandbox.devops.words import Links
from sandbox.http.messages import Handler, Refused, Request, Response, Route

KEPT_BYTES = 96 * 1024 * 1024
Key = tuple[Any, ...]


def dumped(value: Any) -> bytes:
    """Compact JSON as the service sends it: UTF-8, nothing escaped without need."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


class Desk:
    """One for all handlers. `largest_page`: how many entries a list gives at most."""

    def __init__(self, company: Company, *, largest_page: int) -> None:
        self.company = company
        self.largest_page = largest_page
        self.templates = Templates(company.archive) if company.is_uniform else None
        self._kept: OrderedDict[Key, bytes] = OrderedDict()
        self._bytes = 0

    @property
    def world(self) -> World:
        """The company's world; to be read inside a handler only."""
        return self.company.world

    @property
    def archive(self) -> Archive:
        """Its releases."""
        return self.company.archive

    def route(self, method: str, pattern: str, handler: Handler, name: str) -> Route:
        """A route whose handler sees the company as it is now, alone, and whose refusals are Azure's."""

        def alone(request: Request) -> Response:
            with self.company.lock:
                self.company.see()
                try:
                    return handler(request)
                except Refusal as refusal:
                    raise Refused(refusal.status, refusal.type_key, refusal.message) from refusal

        return Route(method, pattern, alone, name)

    def release(self, request: Request) -> Release:
        """The release named in the path; 404 if there is none (any more)."""
        number = int(request.route["release"])
        try:
            release = self.archive.release(number)
        except KeyError:
            release = None
        if release is None or release.deleted_on is not None:
            raise Refused(404, "ReleaseNotFoundException", f"VS402867: Release with ID {number} does not exist.")
        return release

    def environment(self, request: Request) -> Environment:
        """The stage named in the path."""
        release, number = self.release(request), int(request.route["environment"])
        try:
            return release.environment(number)
        except KeyError as error:
            message = f"VS402881: Release stage with ID {number} does not exist in release {release.id}."
            raise Refused(404, "ReleaseEnvironmentNotFoundException", message) from error

    def rendered(self, links: Links, release: Release, wanted: Wanted) -> bytes:
        """The release as bytes."""
        key = (release.id, release.version, links.base, wanted)
        return self.kept(key, lambda: dumped(release_json(links, release, wanted)))

    def rendered_by_id(self, links: Links, release_id: int, wanted: Wanted) -> bytes:
        """The same, without making the release where it follows from its number."""
        if self.templates is None:
            return self.rendered(links, self.archive.release(release_id), wanted)
        key = (links.base, wanted)
        return self.templates.release(release_id, key, lambda release: dumped(release_json(links, release, wanted)))

    def kept(self, key: Key, render: Callable[[], bytes]) -> bytes:
        """What was rendered under this key, or is rendered now."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
            return found
        made = self._kept[key] = render()
        self._bytes += len(made)
        while self._bytes > KEPT_BYTES:
            self._bytes -= len(self._kept.popitem(last=False)[1])
        return made


def links_of(request: Request) -> Links:
    """Addresses for this client."""
    return Links(request.base_url)
