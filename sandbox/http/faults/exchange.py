"""One request on its way through the faults: what will be answered and how it will leave. Made by the server."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.http.messages import Refused, Request, Response

Args = Mapping[str, Any]


@dataclass
class Delivery:
    """How the bytes leave. All times are seconds.

    `silent`: close without an answer. `missing`: the announced length is that much larger than what is sent,
    then the connection is closed. `gap`: pause between pieces of `piece` bytes of the body.
    """

    delay: float = 0.0
    silent: bool = False
    missing: int = 0
    gap: float = 0.0
    piece: int = 1


@dataclass
class Exchange:
    """`response` is None until somebody has answered; a fault that answers keeps the handler from running.

    `held` is how many seconds the request is under way before it arrives, so to say: the handler runs after them.
    """

    request: Request
    route_name: str
    refusal: Callable[[Refused], Response]
    unchanged: Callable[[Request], Response]
    response: Response | None = None
    held: float = 0.0
    delivery: Delivery = field(default_factory=Delivery)

    def answered(self) -> Response:
        """The response; only asked for when there is one."""
        assert self.response is not None
        return self.response

    def refuse(self, status: int, type_key: str, message: str) -> None:
        """Answer with the service's own error envelope."""
        self.response = self.refusal(Refused(status, type_key, message))

    def body(self) -> Any:
        """The answer's JSON, or None where it is none."""
        try:
            return json.loads(self.answered().body)
        except ValueError:
            return None

    def replace_body(self, value: Any) -> None:
        """Put another JSON value into the answer. Escaped to ASCII, so that lone surrogates survive the wire."""
        self.answered().body = json.dumps(value, separators=(",", ":")).encode("ascii")


Apply = Callable[[Exchange, Args], bool | None]


@dataclass(frozen=True)
class Kind:
    """What a fault does `before` the handler (answering instead of it) or `after` it. False = did not fit."""

    before: Apply | None = None
    after: Apply | None = None
