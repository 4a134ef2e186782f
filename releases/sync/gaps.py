"""Stretches that we know are missing: written when they are known, filled when they are read, never removed.

Called by the passes, by whoever holds the lease of the feed's line. Two kinds: changes that nobody looked for during a
time (by the database's clock), and releases of the history that could not be read (by their creation in Azure).
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from releases.errors import AzureError
from releases.models import SyncGap, Watermark
from releases.sync.watermarks import Lease

CHANGES = "changes"
HISTORY = "history"

SHORTEST = timedelta(minutes=10)
"""Not having looked for less is no gap: a restart, a slow answer, a page of history in between."""

ROUNDS = 10
"""So many rounds missed are no gap either, where rounds are rare (SLIPWAY_SYNC_SECONDS)."""

NOT_ASKED = "Nobody asked: Slipway was not running, or its worker did not come to this project."
BUSY = "Slipway was reading the history and did not look for changes meanwhile."
KEPT_BY = {
    "auth_failed": "Azure refused the credential.",
    "permission_missing": "Azure refused the permission to read.",
    "not_found": "Azure said that there is no such project.",
    "throttled": "Azure asked to wait.",
    "unreachable": "Azure could not be reached.",
    "no_answer": "Azure gave no usable answer.",
    "unreadable": "What Azure answered could not be read.",
    "token_loop": "Azure's list ran in circles.",
}
"""By the error's code; figures and addresses, which differ from try to try, are on the runs."""

Range = tuple[datetime, datetime]


def longest_silence() -> timedelta:
    """For how long nobody may look for changes before that is a gap."""
    return max(SHORTEST, ROUNDS * timedelta(seconds=settings.SLIPWAY_SYNC_SECONDS))


def notice(lease: Lease) -> None:
    """At the beginning of a unit of work: a gap that grew while nobody tried, although it was time to."""
    mark, now = lease.mark, _database_now(lease.mark)
    if mark.looked_at is None or now - mark.looked_at <= longest_silence():
        return
    due_since = max(filter(None, [mark.looked_at, mark.due_at]))
    kept_by = NOT_ASKED if now - due_since > longest_silence() else mark.hindered_by or NOT_ASKED
    with transaction.atomic():
        lease.keep()
        _open(mark, mark.looked_at, reason=kept_by)


def hindered(lease: Lease, error: AzureError, *, unread: Sequence[Range] = ()) -> None:
    """Azure keeps us from looking. `unread`: stretches of the history that were given up with it."""
    mark, kept_by = lease.mark, KEPT_BY.get(error.code, error.sentence)
    with transaction.atomic():
        lease.keep()
        if mark.hindered_by != kept_by:
            mark.hindered_by = kept_by
            mark.save(update_fields=["hindered_by"])
        if mark.looked_at and _database_now(mark) - mark.looked_at > longest_silence():
            _open(mark, mark.looked_at, reason=kept_by)
        for since, until in unread:
            _open_stretch(mark, since, until, reason=kept_by)


def looked(mark: Watermark, *, began: datetime) -> None:
    """Everything that changed before `began` is read; part of the transaction of the pass that read the last of it."""
    open_ones = _gaps(mark, CHANGES).filter(filled_at=None)
    if mark.looked_at and began - mark.looked_at > longest_silence() and not open_ones.exists():
        _open(mark, mark.looked_at, reason=mark.hindered_by or BUSY)
    open_ones.update(gap_until=began, filled_at=Now())
    mark.looked_at, mark.hindered_by = began, ""
    mark.save(update_fields=["looked_at", "hindered_by"])


def history_read(mark: Watermark, *, unread: Sequence[Range]) -> None:
    """A stretch of the history is read; part of that transaction. `unread` are those that are not, or not wholly."""
    for gap in _gaps(mark, HISTORY).filter(filled_at=None):
        if not any(_overlap(gap, one) for one in unread):
            SyncGap.objects.filter(pk=gap.pk).update(filled_at=Now())


def _open(mark: Watermark, since: datetime, *, reason: str) -> None:
    """The gap that begins there, with one more reason if that is new. A filled one stays as it is."""
    open_ones = _gaps(mark, CHANGES).filter(filled_at=None)
    gap = open_ones.first() or SyncGap(project=mark.project, feed=CHANGES, gap_from=since)
    _note(gap, reason)


def _open_stretch(mark: Watermark, since: datetime, until: datetime, *, reason: str) -> None:
    known = [gap for gap in _gaps(mark, HISTORY) if _overlap(gap, (since, until))]
    gap = next((one for one in known if one.filled_at is None), None)
    if gap or not known:
        _note(gap or SyncGap(project=mark.project, feed=HISTORY, gap_from=since, gap_until=until), reason)


def _note(gap: SyncGap, reason: str) -> None:
    if reason not in gap.reason:
        gap.reason = f"{gap.reason} {reason}".strip()
        gap.save()


def _gaps(mark: Watermark, feed: str) -> QuerySet[SyncGap]:
    return SyncGap.objects.filter(project=mark.project, feed=feed).order_by("gap_from")


def _overlap(gap: SyncGap, stretch: Range) -> bool:
    return gap.gap_until is not None and gap.gap_from < stretch[1] and stretch[0] < gap.gap_until


def _database_now(mark: Watermark) -> datetime:
    now: datetime = Watermark.objects.filter(pk=mark.pk).annotate(now=Now()).values_list("now", flat=True).get()
    return now if now.tzinfo else now.replace(tzinfo=UTC)
