"""How the trail stands: its end, its newest signed checkpoint, its newest verification, and what is late about them.

Pages, /health and the alarm read it; it verifies nothing itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from releases.models import AuditCheckpoint, AuditCheckpointCopy, AuditEvent, AuditVerification, User

EVERY = timedelta(seconds=60)
"""An event is under a signed checkpoint at most so long after it was written."""
GRACE = timedelta(seconds=60)
"""What a busy machine may add before somebody is told."""
SLIPWAY = {
    "sign": "the signing process, before a checkpoint",
    "audit": "Slipway, as every night",
    "shell": "the command line",
}


@dataclass(frozen=True)
class Standing:
    """The trail now. `head` is the newest event's link in hex; `events_since` count from the newest checkpoint.

    `verification` is the newest that ended, `open_verification` one that is asked for or under way, `verified_by` the
    words for who asked for the former. `alarm` is a sentence where no checkpoint came although events wait for one.
    """

    seq: int
    head: str
    checkpoint: AuditCheckpoint | None
    copies: Sequence[AuditCheckpointCopy]
    events_since: int
    alarm: str
    verification: AuditVerification | None
    verified_by: str
    open_verification: AuditVerification | None

    @property
    def is_late(self) -> bool:
        """Whether events wait longer for a checkpoint than they should."""
        return bool(self.alarm)


def standing(*, now: datetime | None = None) -> Standing:
    """How the trail stands now: six queries, however long it is."""
    last = AuditEvent.objects.order_by("-seq").only("seq", "link").first()
    checkpoint = newest_checkpoint()
    seq, covered = last.seq if last else 0, checkpoint.size if checkpoint else 0
    verification = AuditVerification.objects.filter(is_open=False).order_by("-finished_at", "-pk").first()
    return Standing(
        seq=seq,
        head=bytes(last.link).hex() if last else "",
        checkpoint=checkpoint,
        copies=list(checkpoint.copies.order_by("pk")) if checkpoint else [],
        events_since=max(0, seq - covered),
        alarm=checkpoint_alarm(checkpoint, now=now),
        verification=verification,
        verified_by=_who(verification.by) if verification else "",
        open_verification=AuditVerification.objects.filter(is_open=True).first(),
    )


def newest_checkpoint() -> AuditCheckpoint | None:
    """The one made last, None before the first."""
    return AuditCheckpoint.objects.order_by("-pk").first()


def checkpoint_alarm(checkpoint: AuditCheckpoint | None, *, now: datetime | None = None) -> str:
    """A sentence where the oldest event after this checkpoint waits too long for the next one; otherwise nothing."""
    after = AuditEvent.objects.filter(seq__gt=checkpoint.size if checkpoint else 0)
    waiting = after.order_by("seq").values_list("ts", flat=True).first()
    waits = (now or timezone.now()) - waiting if waiting else timedelta()
    if waits <= EVERY + GRACE:
        return ""
    minutes = int(waits.total_seconds() // 60)
    since = f"for {minutes} minutes" if minutes < 120 else f"for {minutes // 60} hours"
    if checkpoint is None:
        return f"Events wait {since} for the first signed checkpoint: is manage.py sign running?"
    return f"Events wait {since} for a signed checkpoint: is manage.py sign running?"


def _who(by: str) -> str:
    if by in SLIPWAY:
        return SLIPWAY[by]
    return User.objects.filter(subject=by).values_list("name", flat=True).first() or "somebody who is gone"
