"""The sandbox's own doors under /_sandbox: faults, effects, requests, books, advance, what others do meanwhile.

Used by tests and by people who try things; no client of Azure knows them.
"""

from collections.abc import Callable
from typing import Any

from sandbox.http.counters import Counters
from sandbox.http.faults import FaultBook
from sandbox.http.messages import Refused, Request, Response, Route

MOST_EVENTS = 5000


def routes(
    *,
    faults: FaultBook,
    counters: Counters,
    books: Callable[[], Any],
    advance: Callable[[int], Any] | None,
    serve: Callable[[str, bool], bool] | None = None,
    act: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
) -> list[Route]:
    """`books` tells the company's own ledger; `advance` lives through n further events (None: it does not live).

    `act` does what somebody of the company does in Azure's own pages.
    `serve` makes an endpoint serve what was deployed there last, or another version; False if it does already.
    """

    def list_faults(_: Request) -> Response:
        return Response.json_of({"kinds": faults.explained(), "faults": faults.listed()})

    def add_fault(request: Request) -> Response:
        asked = request.json()
        added = [faults.add(one) for one in (asked if isinstance(asked, list) else [asked])]
        return Response.json_of({"faults": added}, 201)

    def clear_faults(_: Request) -> Response:
        faults.clear()
        return Response.json_of({"faults": []})

    def show_requests(request: Request) -> Response:
        return Response.json_of(counters.requests(since=float(request.first("since", "0"))))

    def clear_counters(_: Request) -> Response:
        counters.clear()
        return Response.json_of({})

    def live_on(request: Request) -> Response:
        if advance is None:
            raise Refused(409, "SandboxDoesNotLive", "Recorded answers do not live on.")
        asked = request.json() if request.body else {}
        events = int(asked.get("events", 1))
        if not 0 < events <= MOST_EVENTS:
            raise Refused(400, "SandboxAdvance", f"events must be between 1 and {MOST_EVENTS}.")
        return Response.json_of({"advanced": events, "result": advance(events)})

    def make_serve(request: Request) -> Response:
        asked = request.json()
        name, wanted = str(asked.get("endpoint", "")), asked.get("serves")
        if serve is None or wanted not in ("deployed", "other"):
            raise Refused(400, "SandboxServe", 'Say {"endpoint": a name, "serves": "other" or "deployed"}.')
        if not serve(name, wanted == "deployed"):
            raise Refused(409, "SandboxServe", f"{name} has nothing else to serve, or serves it already.")
        return Response.json_of({"endpoint": name, "serves": wanted})

    def let_somebody_act(request: Request) -> Response:
        asked = request.json()
        if act is None or not isinstance(asked, dict):
            raise Refused(409, "SandboxAct", "There is nobody who could act, or no wish.")
        return Response.json_of(act(asked))

    return [
        Route("POST", "/_sandbox/act", let_somebody_act, "sandbox_act"),
        Route("GET", "/_sandbox/faults", list_faults, "sandbox_faults"),
        Route("POST", "/_sandbox/faults", add_fault, "sandbox_add_fault"),
        Route("DELETE", "/_sandbox/faults", clear_faults, "sandbox_clear_faults"),
        Route("GET", "/_sandbox/requests", show_requests, "sandbox_requests"),
        Route("DELETE", "/_sandbox/requests", clear_counters, "sandbox_clear_requests"),
        Route("GET", "/_sandbox/effects", lambda _: Response.json_of(counters.effects()), "sandbox_effects"),
        Route("GET", "/_sandbox/books", lambda _: Response.json_of(books()), "sandbox_books"),
        Route("POST", "/_sandbox/advance", live_on, "sandbox_advance"),
        Route("POST", "/_sandbox/serve", make_serve, "sandbox_serve"),
        Route("GET", "/_sandbox/health", lambda _: Response.json_of({"ok": True}), "sandbox_health"),
    ]
