"""Finds the route of a path, without regard to case. Called by the server for each request."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from sandbox.http.messages import Route

_PART = re.compile(r"\{(\w+)(?::(int|path))?\}")
_KINDS = {None: r"[^/]+", "int": r"\d+", "path": r".+"}


@dataclass(frozen=True)
class Match:
    """A route and the named parts of the path, unquoted."""

    route: Route
    parts: dict[str, str]


class Router:
    """Routes in the order given; the first that fits wins."""

    def __init__(self, routes: list[Route]) -> None:
        self.routes = list(routes)
        self._by_method: dict[str, list[tuple[re.Pattern[str], Route]]] = {}
        for route in routes:
            self._by_method.setdefault(route.method.upper(), []).append((_compiled(route.pattern), route))

    def find(self, method: str, path: str) -> Match | None:
        """The match, or None. Release calls carry a leading /vsrm (their location URL), not part of any pattern."""
        stripped = _without_vsrm(path)
        for pattern, route in self._by_method.get(method, ()):
            found = pattern.fullmatch(stripped)
            if found:
                return Match(route, {name: unquote(value) for name, value in found.groupdict().items()})
        return None


def _without_vsrm(path: str) -> str:
    return path[5:] if path[:6].lower() == "/vsrm/" else path


def _compiled(pattern: str) -> re.Pattern[str]:
    regex, at = "", 0
    for part in _PART.finditer(pattern):
        regex += re.escape(pattern[at : part.start()]) + f"(?P<{part[1]}>{_KINDS[part[2]]})"
        at = part.end()
    return re.compile(regex + re.escape(pattern[at:]) + "/?", re.IGNORECASE)
