"""Azure Monitor's figures as samples: one for each deployment and quarter of an hour. Pure; used by `reading`."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from releases.azure.monitor import Measured
from releases.models import HealthSample

MINUTES = 15
FAILED = frozenset({"408", "424", "429"})
"""Of the client's errors, those that are the service's: time-out, an error of the model (424), too much to do.

https://learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-online-endpoints lists them.
"""


def samples_of(endpoint: int, requests: Iterable[Measured], latency: Iterable[Measured]) -> list[HealthSample]:
    """The samples in the order of time. What Azure did not report stays empty."""
    asked: dict[tuple[datetime, str], dict[str, float]] = defaultdict(dict)
    for one in requests:
        by_status = asked[one.at, one.deployment]
        by_status[one.status] = by_status.get(one.status, 0.0) + one.value
    slow = {(one.at, one.deployment): one.value for one in latency}
    return [
        HealthSample(
            endpoint_id=endpoint,
            deployment=deployment[:260],
            at=at,
            minutes=MINUTES,
            requests_per_minute=_total(asked.get((at, deployment))),
            latency_p95=slow.get((at, deployment)),
            error_share=_error_share(asked.get((at, deployment))),
        )
        for at, deployment in sorted(asked.keys() | slow.keys())
    ]


def is_failure(status: str) -> bool:
    """Whether a request that ended so failed because of the service."""
    return status.startswith("5") or status in FAILED


def _total(by_status: dict[str, float] | None) -> float | None:
    return sum(by_status.values()) if by_status else None


def _error_share(by_status: dict[str, float] | None) -> float | None:
    """None without requests, and where Azure does not say how they ended."""
    total = _total(by_status)
    if not by_status or not total or not any(by_status):
        return None
    return sum(value for status, value in by_status.items() if is_failure(status)) / total
