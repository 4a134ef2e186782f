"""From request to exchange: route, latency, faults, handler, counters.

Called by `server` for each request; owns no socket.
"""

import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sandbox.http.counters import Counters, Seen
from sandbox.http.faults import Exchange, FaultBook
from sandbox.http.faults.answers import no_controller
from sandbox.http.messages import Refused, Request, Response, Route, azure_devops_envelope
from sandbox.http.routing import Router

CONTROL = "/_sandbox/"
NOTHING = 999_999_999
"""An id that nothing has."""


@dataclass
class Application:
    """One service of the sandbox. `latency` is seconds added to each answer; `/_sandbox/` has none and no faults."""

    router: Router
    faults: FaultBook = field(default_factory=FaultBook)
    counters: Counters = field(default_factory=Counters)
    refusal: Callable[[Refused], Response] = azure_devops_envelope
    unknown_path: Callable[[str], Response] = no_controller
    latency: float = 0.0
    stopping: threading.Event = field(default_factory=threading.Event)

    def answer(self, request: Request, *, query: str) -> Exchange:
        """The answer and how it is to be delivered. Sleeps for the latency; never raises."""
        came = time.time()
        found = self.router.find(request.method, request.path)
        request = replace(self.faults.translated(request), route=found.parts if found else {})
        name = found.route.name if found else "unknown"
        exchange = Exchange(request, name, self.refusal, self._unchanged)
        if request.path.startswith(CONTROL):
            self._run(exchange, route=found.route if found else None)
            return exchange
        if self.latency:
            self.stopping.wait(self.latency)
        kinds = self._with_faults(exchange, route=found.route if found else None)
        status = 0 if exchange.delivery.silent else exchange.answered().status
        took = (time.time() - came) * 1000
        self.counters.saw(Seen(came, request.method, request.path, query, name, status, kinds, round(took, 3)))
        return exchange

    def _with_faults(self, exchange: Exchange, *, route: Route | None) -> str:
        taken = self.faults.before(exchange)
        if exchange.held:
            self.stopping.wait(exchange.held)
        if exchange.response is None:
            self._run(exchange, route=route)
            taken += self.faults.after(exchange)
        return " ".join(fault.kind for fault in taken)

    def _run(self, exchange: Exchange, *, route: Route | None) -> None:
        """Let the handler answer, and count what it changed."""
        if route is None:
            exchange.response = self.unknown_path(exchange.request.path)
            return
        exchange.response = self._handled(route, exchange.request)
        if exchange.response.effect:
            self.counters.took_effect(exchange.response.effect, target=exchange.request.path)

    def _handled(self, route: Route, request: Request) -> Response:
        try:
            return route.handler(request)
        except Refused as refused:
            return self.refusal(refused)
        except Exception as error:  # a bug of the sandbox: told on stderr, answered as Azure answers its own
            traceback.print_exc(file=sys.stderr)
            return self.refusal(Refused(500, "VssServiceException", f"TF10216: {type(error).__name__}: {error}"))

    def _unchanged(self, request: Request) -> Response:
        """What a change would be answered with if it changed nothing: the thing as it is, or an echo of the wish.

        What was to be created is echoed under a number that nothing has.
        """
        wish = request.json() if request.body else {}
        if not isinstance(wish, dict):
            return Response.json_of(wish)
        if request.method == "POST":
            return Response.json_of(wish | {"id": NOTHING})
        whole = f"{request.path}/{wish['id']}" if request.method == "PUT" and "id" in wish else request.path
        for path in (whole, request.path):
            found = self.router.find("GET", path)
            if found:
                asked = replace(request, method="GET", path=path, route=found.parts, body=b"")
                return self._handled(found.route, asked)
        return Response.json_of({"id": next(reversed(request.route.values()), "")} | wish)
