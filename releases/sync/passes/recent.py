"""Reads what is live first: the newest deployments and the releases they touch. Called once, before the backfill."""

from datetime import datetime

from django.utils import timezone

from releases.models import Watermark
from releases.sync import gaps, watermarks
from releases.sync.passes.feeds import pages
from releases.sync.passes.reading import newest_release, read_listed
from releases.sync.passes.work import Work

NEWEST = 200


def recent(work: Work, mark: Watermark) -> bool:
    """Read the releases of the newest deployments and remember from where the feeds of changes go on."""
    if "recent_since" in mark.cursor:
        return True
    began = work.calls.asked_at()
    deployments = _newest(work)
    changes, created = work.mark("deployments"), work.mark("created")
    moments = [when for one in deployments if (when := one[1])]
    starts = [when for one in deployments if (when := one[2])]

    newest = newest_release(work)

    def save() -> None:
        since = min(starts, default=None)
        mark.cursor = {**mark.cursor, "recent_since": since.isoformat() if since else None}
        mark.checked_at = timezone.now()
        watermarks.save(mark, "checked_at")
        gaps.looked(mark, began=began)
        changes.value = max(moments, default=None)
        watermarks.save(changes, "value")
        created.value = newest.created_on if newest else None
        watermarks.save(created, "value")

    read_listed(work, {one[0] for one in deployments}, then=save)
    return True


def _newest(work: Work) -> list[tuple[int, datetime | None, datetime | None]]:
    """Release id, time of the last change and time of the beginning of the newest deployments."""
    found: list[tuple[int, datetime | None, datetime | None]] = []
    devops, project = work.calls.here(), work.project.azure_id
    for page, _ in pages(
        work, lambda token: devops.deployments(project, token=token, ascending=False), to_the_end=True
    ):
        found += [
            (one.release.id, one.last_modified_on, one.queued_on or one.started_on)
            for one in (item.value for item in page.items)
            if one.release.id
        ]
        if len(found) >= NEWEST:
            break
    return found
