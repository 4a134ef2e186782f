"""The history line: pipelines, what is live, the whole history once, then what changes. Calls the passes in turn."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from releases.models import Watermark
from releases.sync import gaps, runs, watermarks
from releases.sync.passes import backfill, listing
from releases.sync.passes.definitions import definitions
from releases.sync.passes.identity import own_identity
from releases.sync.passes.incremental import incremental
from releases.sync.passes.pages import commit
from releases.sync.passes.recent import recent
from releases.sync.passes.work import Work

FEED = backfill.FEED


def step(work: Work) -> bool:
    """Go on with whatever is due; True when nothing is left to do now."""
    mark = work.lease.mark
    if work.full:
        read_again(work)
        work.full = False
    is_first = not backfill.is_complete(mark)
    work.begin("backfill" if is_first else "incremental")
    own_identity(work)
    is_due = _is_due(mark)
    if is_due or mark.checked_at is None:
        definitions(work)
    if is_first and not recent(work, mark):
        return False
    if is_due and not _changes(work, mark):
        return False
    if is_first and not _history(work, mark):
        return False
    if not _listing(work):
        return False
    work.end("backfill", "incremental", "listing")  # one that was killed after its last page
    return True


def read_again(work: Work) -> None:
    """Begin to read the whole history once more; before it was complete once, that only starts it anew."""
    mark = work.lease.mark
    now = work.calls.asked_at()

    def save() -> None:
        mark.cursor = {"recent_since": mark.cursor.get("recent_since"), backfill.AGAIN: now.isoformat()}
        watermarks.save(mark)

    commit(work, save)


def _is_due(mark: Watermark) -> bool:
    """While the history is still being read, changes are looked for now and then; afterwards at every step."""
    if backfill.is_complete(mark):
        return True
    often = timedelta(seconds=settings.SLIPWAY_SYNC_SECONDS)
    return mark.checked_at is not None and timezone.now() - mark.checked_at > often


def _changes(work: Work, mark: Watermark) -> bool:
    run = work.begin("incremental")
    began = work.calls.asked_at()
    if not incremental(work):
        return False
    _checked(work, mark, began)
    _finish(work, run)
    return True


def _history(work: Work, mark: Watermark) -> bool:
    """The backfill; at its end the marks are where the changes go on from."""
    run = work.begin("backfill")
    if not backfill.backfill(work, mark):
        return False
    _finish(work, run)
    return _changes(work, mark)


def _listing(work: Work) -> bool:
    mark = work.mark(listing.FEED)
    if not listing.is_due(mark, now=timezone.now()):
        return True
    run = work.begin("listing")
    if not listing.listing(work):
        return False
    runs.forget_unchanged(work.project, now=timezone.now())
    _finish(work, run)
    return True


def _checked(work: Work, mark: Watermark, began: datetime) -> None:
    def save() -> None:
        mark.checked_at = timezone.now()
        watermarks.save(mark, "checked_at")
        gaps.looked(mark, began=began)

    commit(work, save)


def _finish(work: Work, run: runs.Run) -> None:
    run.asked(work.calls.taken())
    run.succeed()
    if work.on_progress:
        work.on_progress(run)
