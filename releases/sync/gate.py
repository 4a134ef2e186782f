"""The rate gate of one organization: when Azure asks to wait, every worker waits. Called before and after each request.

The row is the gate (`Organization.gate_until`, by the database's clock); this process keeps a mirror of it, so that
threads that fetch need no database connection unless they have to close the gate.
"""

import random
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Now

from releases.azure.throttle import Limits
from releases.errors import AzureThrottled
from releases.models import Organization

LONGEST_WAIT_SECONDS = 3600.0
BACKOFF_CAP_SECONDS = 900.0


@dataclass
class Gate:
    """The gate of one organization in this process. Any thread may use it."""

    organization_id: int
    owner: int = field(default_factory=threading.get_ident)
    latest: Limits | None = None
    _open_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def look(self) -> datetime:
        """Read the row into the mirror and return the database's time. Only for the thread that stores."""
        until, now = (
            Organization.objects.filter(pk=self.organization_id)
            .annotate(now=Now())
            .values_list("gate_until", "now")
            .get()
        )
        if until is not None and until > now:
            self._mirror((until - now).total_seconds())
        return now if now.tzinfo else now.replace(tzinfo=UTC)

    @property
    def seconds_left(self) -> float:
        """How long nobody may ask, as far as this process knows."""
        return max(0.0, self._open_at - monotonic())

    def check(self) -> None:
        """Raise AzureThrottled while the gate is closed."""
        if left := self.seconds_left:
            raise AzureThrottled(waiting_sentence(left), retry_after=left)

    def heard(self, limits: Limits) -> None:
        """Take in the limits of an answer; closes the gate at once when it asks to wait, also on a good answer."""
        self.latest = limits
        if limits.retry_after:
            self.close(limits.retry_after)

    def close(self, seconds: float) -> None:
        """Nobody asks this organization for so many seconds; a longer wait that was already asked for stays."""
        seconds = min(seconds, LONGEST_WAIT_SECONDS)
        self._mirror(seconds)
        until = Now() + timedelta(seconds=seconds)
        earlier = Q(gate_until__isnull=True) | Q(gate_until__lt=until)
        Organization.objects.filter(earlier, pk=self.organization_id).update(gate_until=until)
        if threading.get_ident() != self.owner:
            connection.close()

    def save_limits(self) -> None:
        """Store the newest quota and clock difference that answers told of."""
        limits, self.latest = self.latest, None
        if limits is None:
            return
        now = datetime.now(UTC)
        known: dict[str, object] = {}
        if limits.limit is not None or limits.remaining is not None:
            known = {
                "quota_limit": limits.limit,
                "quota_remaining": limits.remaining,
                "quota_reset_at": limits.reset_at,
                "quota_read_at": now,
            }
        if limits.skew_seconds is not None:
            known["clock_skew_seconds"] = round(limits.skew_seconds)
        if known:
            Organization.objects.filter(pk=self.organization_id).update(**known)

    def _mirror(self, seconds: float) -> None:
        with self._lock:
            self._open_at = max(self._open_at, monotonic() + seconds)


def waiting_sentence(seconds: float) -> str:
    """What people read while the gate is closed."""
    return f"Azure DevOps asked us to wait {max(1, round(seconds))} s; nothing is asked before."


def backoff(failures: int, *, base: float = 1.0) -> float:
    """Seconds to wait after so many failures in a row: full jitter below a doubling cap."""
    return random.uniform(0, min(BACKOFF_CAP_SECONDS, base * 2 ** (failures - 1)))  # noqa: S311 - spreads load only
