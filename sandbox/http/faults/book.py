"""Which faults are set and whom they hit. Filled through /_sandbox/faults, asked by the server for each request."""

import inspect
import threading
from dataclasses import asdict, dataclass, field
from random import Random
from typing import Any, Literal

from sandbox.http.faults.answers import ANSWERS
from sandbox.http.faults.changes import CHANGES, MALFORMATIONS
from sandbox.http.faults.delivery import DELIVERIES
from sandbox.http.faults.exchange import Exchange, Kind
from sandbox.http.faults.pages import Pages
from sandbox.http.messages import Refused, Request


@dataclass
class Fault:
    """One fault: hits `times` requests (0 = every one) of `route` ("*" = all) after letting `after` pass.

    `every` hits only each so many-th of them, `chance` (0 to 1) each with that probability; the same `seed` draws the
    same. `when` narrows it by named parts of the path or query parameters, e.g. {"id": "178"}.
    """

    route: str
    kind: str
    times: int = 1
    after: int = 0
    every: int = 1
    chance: float = 1.0
    seed: int = 1
    args: dict[str, Any] = field(default_factory=dict)
    when: dict[str, str] = field(default_factory=dict)
    number: int = 0
    passed: int = 0
    drawn: int = 0
    hit: int = 0

    def fits(self, exchange: Exchange) -> bool:
        """Whether this request is meant, counts aside."""
        if self.route not in ("*", exchange.route_name) or (self.times and self.hit >= self.times):
            return False
        request = exchange.request
        return all(request.route.get(k, request.first(k)) == str(v) for k, v in self.when.items())

    def draws(self) -> bool:
        """Whether this one of the requests that are meant is hit."""
        self.drawn += 1
        is_its_turn = self.drawn % self.every == 0
        return is_its_turn and Random(f"{self.seed} {self.drawn}").random() < self.chance


class FaultBook:
    """All faults that are set. Safe to use from all handler threads. `routes` are those there are, where known."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._last = 0
        self.routes: frozenset[str] = frozenset()
        self.clear()

    def clear(self) -> None:
        """Take all faults back."""
        with self._lock:
            self._faults = []
            self._pages = Pages()
            self.kinds: dict[str, Kind] = ANSWERS | CHANGES | DELIVERIES | self._pages.kinds()

    def add(self, asked: Any) -> dict[str, Any]:
        """Set a fault from JSON; raises Refused with the reason when it cannot be understood."""
        fault = _fault_of(asked, kinds=self.kinds)
        if self.routes and fault.route not in ("*", *self.routes):
            raise Refused(400, "SandboxFault", f"There is no route {fault.route!r}; routes: {sorted(self.routes)}.")
        with self._lock:
            self._last += 1
            fault.number = self._last
            self._faults.append(fault)
        return asdict(fault)

    def explained(self) -> dict[str, str]:
        """What each kind does and which args it takes, in the words of its function."""
        functions = {name: kind.before or kind.after for name, kind in self.kinds.items()}
        return {name: inspect.getdoc(function) or "" for name, function in sorted(functions.items())}

    def listed(self) -> list[dict[str, Any]]:
        """The faults with how often they let pass and hit."""
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def translated(self, request: Request) -> Request:
        """The request as it would be without what earlier faults told the client."""
        return self._pages.translated(request)

    def before(self, exchange: Exchange) -> list[Fault]:
        """Take the faults that hit this request; those that answer in place of the handler do so now."""
        if not self._faults:
            return []
        taken = []
        for fault in list(self._faults):
            kind = self.kinds[fault.kind]
            if exchange.response is None and kind.before and self._take(fault, exchange):
                taken += [fault] if self._applied(fault, exchange, stage="before") else []
        return taken

    def after(self, exchange: Exchange) -> list[Fault]:
        """Change the handler's answer; remembers pages while a paging fault waits for them."""
        if not self._faults:
            return []
        waiting = [fault for fault in self._faults if fault.kind in ("duplicate_page", "token_loop")]
        if any(fault.fits(exchange) for fault in waiting):
            self._pages.remember(exchange.request, exchange.answered())
        taken = []
        for fault in list(self._faults):
            if self.kinds[fault.kind].after and self._take(fault, exchange):
                taken += [fault] if self._applied(fault, exchange, stage="after") else []
        return taken

    def _take(self, fault: Fault, exchange: Exchange) -> bool:
        with self._lock:
            if not fault.fits(exchange):
                return False
            if fault.passed < fault.after:
                fault.passed += 1
                return False
            if not fault.draws():
                return False
            fault.hit += 1
            return True

    def _applied(self, fault: Fault, exchange: Exchange, *, stage: Literal["before", "after"]) -> bool:
        kind = self.kinds[fault.kind]
        apply = kind.before if stage == "before" else kind.after
        if apply is not None and apply(exchange, fault.args) is not False:
            return True
        with self._lock:
            fault.hit -= 1
        return False


_KNOWN = {"route", "kind", "times", "after", "every", "chance", "seed", "args", "when"}


def _fault_of(asked: Any, *, kinds: dict[str, Kind]) -> Fault:
    if not isinstance(asked, dict) or not isinstance(asked.get("args", {}), dict):
        raise Refused(400, "SandboxFault", f"A fault is an object: {sorted(_KNOWN)}.")
    unknown = set(asked) - _KNOWN
    if unknown or asked.get("kind") not in kinds:
        raise Refused(400, "SandboxFault", f"Unknown {sorted(unknown) or asked.get('kind')!r}; kinds: {sorted(kinds)}.")
    if int(asked.get("every", 1)) < 1 or not 0 <= float(asked.get("chance", 1)) <= 1:
        raise Refused(400, "SandboxFault", "every is 1 or more, chance between 0 and 1.")
    what = asked.get("args", {}).get("what")
    if asked["kind"] == "malformed" and what and what not in (*MALFORMATIONS, "not_an_object", "nested"):
        raise Refused(400, "SandboxFault", f"Unknown malformation {what!r}.")
    return Fault(**{"route": "*", **asked})
