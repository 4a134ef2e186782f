"""Long-running operations: a change is accepted at once and reported as done a moment later, as ARM does."""

import threading
import time
import uuid
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.http.messages import Refused, Request, Response, Route

LASTS = 0.3
_REMEMBERED = 1000
FAILED = {
    "code": "KubernetesClusterUnreachable",
    "message": "The cluster's extension does not answer.",
}
"""What ARM says of an operation that came to nothing."""

_PATH = "/subscriptions/{sub}/providers/Microsoft.MachineLearningServices/locations/{location}/mfeOperationsStatus/{id}"


@dataclass(frozen=True)
class Operation:
    """One operation and how it ends; `done_at` is on the monotonic clock, `started` on the wall clock (seconds)."""

    id: str
    started: float
    lasts: float
    done_at: float
    fails: bool


class Operations:
    """The operations that clients may still poll for; the oldest are forgotten."""

    def __init__(self, *, lasts: float = LASTS) -> None:
        self.lasts = lasts
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Operation] = OrderedDict()

    def begin(
        self, request: Request, *, location: str, lasts: float | None = None, fails: bool = False
    ) -> dict[str, str]:
        """Start one; the headers that tell the client where to ask and how soon (seconds)."""
        takes = self.lasts if lasts is None else lasts
        operation = Operation(uuid.uuid4().hex, time.time(), takes, time.monotonic() + takes, fails)
        with self._lock:
            self._known[operation.id] = operation
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        path = _PATH.format(sub=request.route["sub"], location=location, id=operation.id)
        version = request.first("api-version")
        return {"Azure-AsyncOperation": f"{request.base_url}{path}?api-version={version}", "Retry-After": "1"}

    def routes(self) -> list[Route]:
        """Where clients poll."""
        return [Route("GET", _PATH, self._status, "ml.operations.get")]

    def _status(self, request: Request) -> Response:
        operation = self._known.get(request.route["id"])
        if operation is None:
            raise Refused(404, "OperationNotFound", f"Operation {request.route['id']} was not found.")
        body = {"id": request.path, "name": operation.id, "startTime": _time(operation.started)}
        if time.monotonic() < operation.done_at:
            return Response.json_of({**body, "percentComplete": 10.0, "status": "InProgress"}, retry_after="1")
        ended = {**body, "endTime": _time(operation.started + operation.lasts), "percentComplete": 100.0}
        if operation.fails:
            return Response.json_of({**ended, "status": "Failed", "error": FAILED})
        return Response.json_of({**ended, "status": "Succeeded"})


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
