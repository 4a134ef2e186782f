"""Faults of paging: a page that comes twice, overlapping pages, continuation tokens that run in a circle.

A page is remembered only while such a fault is set, and only the last few of each list.
"""

import dataclasses
import threading
from typing import Any

from sandbox.http.faults.exchange import Args, Exchange, Kind
from sandbox.http.messages import Request, Response

CONTINUATION = "x-ms-continuationtoken"
_KEPT = 4
_FIRST_ALIAS = 1_900_000_000

ListKey = tuple[Any, ...]


class Pages:
    """What has been handed out: for each list its tokens in order and its last pages by the token they gave."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tokens: dict[ListKey, list[str]] = {}
        self._bodies: dict[ListKey, dict[str, bytes]] = {}
        self._aliases: dict[str, str] = {}

    def translated(self, request: Request) -> Request:
        """The request with a made-up token replaced by the real one that it stands for."""
        real = self._aliases.get(request.first("continuationtoken"))
        if real is None:
            return request
        return dataclasses.replace(request, query={**request.query, "continuationtoken": [real]})

    def remember(self, request: Request, response: Response) -> None:
        """Keep a page that has a successor."""
        token = response.headers.get(CONTINUATION)
        if response.status != 200 or not token:
            return
        with self._lock:
            key = _list_key(request)
            self._tokens.setdefault(key, []).append(token)
            bodies = self._bodies.setdefault(key, {})
            bodies[token] = response.body
            while len(bodies) > _KEPT:
                del bodies[next(iter(bodies))]

    def before(self, request: Request) -> bytes | None:
        """The page that came before the one asked for, if it was seen."""
        return self._bodies.get(_list_key(request), {}).get(request.first("continuationtoken"))

    def first_token(self, request: Request) -> str | None:
        """The token of the list's first page, if it was seen."""
        return next(iter(self._tokens.get(_list_key(request), [])), None)

    def alias(self, token: str) -> str:
        """A fresh token that will be understood as `token`."""
        with self._lock:
            alias = str(_FIRST_ALIAS + len(self._aliases))
            self._aliases[alias] = token
        return alias

    def kinds(self) -> dict[str, Kind]:
        """The faults of this module, bound to this memory."""
        return {"duplicate_page": Kind(after=self._duplicate), "token_loop": Kind(after=self._loop)}

    def _duplicate(self, exchange: Exchange, args: Args) -> bool:
        """The page before comes again, under a fresh token; with args `items` only its last ones, in front."""
        body = self.before(exchange.request)
        if body is None:
            return False
        if "items" in args:
            earlier, now = dataclasses.replace(exchange, response=Response(body=body)).body(), exchange.body()
            now["value"] = earlier["value"][-int(args["items"]) :] + now["value"]
            now["count"] = len(now["value"])
            exchange.replace_body(now)
            return True
        headers = exchange.answered().headers | {CONTINUATION: self.alias(exchange.request.first("continuationtoken"))}
        exchange.response = Response(body=body, headers=headers)
        return True

    def _loop(self, exchange: Exchange, args: Args) -> bool:
        """Tokens in a circle. Args: `how` "repeat" (A, A, A) or "alternate" (A, B, A)."""
        asked = exchange.request.first("continuationtoken")
        body = exchange.body() if not asked else None
        if isinstance(body, dict) and "nextLink" in body:
            query = "&".join(f"{k}={v}" for k, values in exchange.request.query.items() for v in values)
            exchange.replace_body(body | {"nextLink": f"{exchange.request.base_url}{exchange.request.path}?{query}"})
            return True
        first = self.first_token(exchange.request)
        if not asked or (args.get("how") == "alternate" and asked == first):
            return False
        back = first if args.get("how") == "alternate" and first else asked
        exchange.answered().headers[CONTINUATION] = back
        return True


def _list_key(request: Request) -> ListKey:
    query = sorted((key, tuple(values)) for key, values in request.query.items() if key != "continuationtoken")
    return (request.path.lower(), tuple(query))
