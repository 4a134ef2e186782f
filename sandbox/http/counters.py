"""Counts what reached the sandbox: requests per route, and effects (not calls). Read through /_sandbox."""

import threading
import time
from collections import Counter, deque
from dataclasses import asdict, dataclass
from typing import Any

_REMEMBERED = 5000


@dataclass(frozen=True)
class Seen:
    """One request as it was answered. `at` is seconds since the epoch when it had been read; status 0 = no answer."""

    at: float
    method: str
    path: str
    query: str
    route: str
    status: int
    fault: str
    milliseconds: float


class Counters:
    """Safe to use from all handler threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Forget all counts."""
        with self._lock:
            self._requests: Counter[str] = Counter()
            self._statuses: Counter[str] = Counter()
            self._effects: Counter[str] = Counter()
            self._targets: Counter[str] = Counter()
            self._recent: deque[Seen] = deque(maxlen=_REMEMBERED)

    def saw(self, seen: Seen) -> None:
        """Count a request that was answered, or left unanswered on purpose."""
        with self._lock:
            self._requests[seen.route] += 1
            self._statuses[str(seen.status)] += 1
            self._recent.append(seen)

    def took_effect(self, effect: str, *, target: str) -> None:
        """Count a change of the company, whether or not its answer is sent."""
        with self._lock:
            self._effects[effect] += 1
            self._targets[f"{effect} {target}"] += 1

    def requests(self, *, since: float = 0.0) -> dict[str, Any]:
        """Requests per route and per status, and the last ones one by one."""
        with self._lock:
            recent = [asdict(seen) for seen in self._recent if seen.at >= since]
            counts, statuses = dict(self._requests), dict(self._statuses)
        total = sum(counts.values())
        return {"now": time.time(), "total": total, "routes": counts, "statuses": statuses, "recent": recent}

    def effects(self) -> dict[str, Any]:
        """Effects by name, and by name and path (so that "exactly once" can be asked of each target)."""
        with self._lock:
            return {"effects": dict(self._effects), "targets": dict(self._targets)}
