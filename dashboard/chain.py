"""How the trail stands, in the words of the banner on every page of the audit. Used by their views.

Whether it was verified, how much of it lies under a signed checkpoint, what is wrong and what to do then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from dashboard import offers
from dashboard.offers import Offer
from releases.models import AuditEvent, User
from releases.queries.trail import Standing, standing

OLD = timedelta(hours=36)
"""Every night the whole trail is verified; a day and a half without one is too long."""


@dataclass(frozen=True)
class Chain:
    """The trail's standing, since when there are entries, and whether the reader may have it verified."""

    standing: Standing
    since: datetime | None
    now: datetime
    offer: Offer | None = None

    @property
    def is_running(self) -> bool:
        """Whether it is being verified."""
        return self.standing.open_verification is not None

    @property
    def findings(self) -> Sequence[dict[str, str | int]]:
        """What the newest verification found wrong: the first of it."""
        found: list[dict[str, str | int]] = self.standing.verification.findings if self.standing.verification else []
        return found

    @property
    def is_wrong(self) -> bool:
        """Whether the newest verification found something wrong."""
        return bool(self.standing.verification and self.standing.verification.is_whole is False)

    @property
    def is_old(self) -> bool:
        """Whether the newest verification is older than a night."""
        verified = self.standing.verification
        ended = verified.finished_at if verified else None
        return bool(ended and self.now - ended > OLD)

    @property
    def hue(self) -> str:
        """Bad for what is wrong, wait for what is late or not known, ok otherwise."""
        if self.is_wrong:
            return "bad"
        return "wait" if self.standing.is_late or self.is_old or self.standing.verification is None else "ok"

    @property
    def added_since(self) -> int:
        """Entries written after the newest verification."""
        return self.standing.seq - self.standing.verification.size if self.standing.verification else self.standing.seq

    @property
    def short_head(self) -> str:
        """The first letters of the head."""
        return f"{self.standing.head[:7]}…" if self.standing.head else ""


def chain_shown(user: User | None = None) -> Chain:
    """For the banner, and for this reader's button. Eight queries, however long the trail is."""
    now = timezone.now()
    since = AuditEvent.objects.filter(seq=1).values_list("ts", flat=True).first()
    stands = standing(now=now)
    offer = offers.verify_trail(user, is_first=stands.verification is None) if user else None
    return Chain(stands, since, now, offer)
