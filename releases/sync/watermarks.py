"""How far each feed of a project is read, and the lease that lets one worker read it at a time.

Called by the passes. Everything a pass stores is committed together with `Lease.keep()`, so that a worker that lost its
lease (stopped, or thought dead) can store nothing more. Times of leases are the database's, values are Azure's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from releases.errors import Conflict
from releases.models import Project, Watermark, Workspace
from releases.sync import processes

LEASE = timedelta(seconds=150)
"""Longer than one request's total deadline and the writing of what it brought."""


class LeaseLost(Conflict):
    """Another worker reads this feed now; nothing of the current page was stored."""

    code = "lease_lost"


@dataclass
class Lease:
    """The right to read one line of feeds of one project, for as long as `keep()` is called in time."""

    mark: Watermark
    token: str

    def keep(self) -> None:
        """Prolong the lease; call it first in every transaction that stores. Raises LeaseLost."""
        if not self._mine().update(leased_until=Now() + LEASE):
            raise LeaseLost("Another worker has taken over; it goes on where this one stopped.")

    def release(self, *, failures: int = 0, due_at: datetime | None = None) -> None:
        """Give the lease back; nobody tries again before `due_at`. Does nothing if it was lost."""
        self._mine().update(leased_by="", leased_until=None, failures=failures, due_at=due_at)

    def _mine(self) -> QuerySet[Watermark]:
        return Watermark.objects.filter(pk=self.mark.pk, leased_by=self.token)


def of(whose: Project | Workspace, *, feed: str) -> Watermark:
    """The feed's row, made when it is not there."""
    if isinstance(whose, Workspace):
        return Watermark.objects.get_or_create(workspace=whose, feed=feed)[0]
    return Watermark.objects.get_or_create(project=whose, feed=feed)[0]


def claim(whose: Project | Workspace, *, feed: str) -> Lease | None:
    """Take the lease of this feed, or None while somebody else holds it."""
    mark = of(whose, feed=feed)
    token = f"{processes.this()}:{token_hex(8)}"
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=Now())
    if processes.is_dead(mark.leased_by):
        free |= Q(leased_by=mark.leased_by)
    if not Watermark.objects.filter(free, pk=mark.pk).update(leased_by=token, leased_until=Now() + LEASE):
        return None
    mark.refresh_from_db()
    return Lease(mark, token)


def save(mark: Watermark, *fields: str) -> None:
    """Store these fields of the mark, `cursor` always; part of the transaction that stored what was read."""
    mark.save(update_fields=["cursor", *fields])
