"""When the next checkpoint is due. `manage.py sign` asks every other second."""

from datetime import datetime
from time import monotonic

from releases.audit.events import SIGNED_AT_ONCE
from releases.audit.signing.state import State
from releases.audit.verify import last_seq
from releases.models import AuditEvent

GATHER_SECONDS = 30.0
"""So long events are gathered under one checkpoint: half of the minute within which each must be covered."""


class Pace:
    """Notes since when events wait."""

    def __init__(self) -> None:
        self.waits_since: float | None = None

    def is_due(self, signed: State, *, now: datetime, clock: float | None = None) -> bool:
        """Whether to sign now: a new day began (UTC), an event asks for it, or events were gathered long enough."""
        clock = monotonic() if clock is None else clock
        if last_seq() == signed.size:
            self.waits_since = None
        elif self.waits_since is None:
            self.waits_since = clock
        is_first_of_day = now.date().isoformat() != signed.day
        return is_first_of_day or (
            self.waits_since is not None and (clock - self.waits_since >= GATHER_SECONDS or _is_asked_for(signed))
        )


def _is_asked_for(signed: State) -> bool:
    return AuditEvent.objects.filter(type__in=SIGNED_AT_ONCE, seq__gt=signed.size).exists()
