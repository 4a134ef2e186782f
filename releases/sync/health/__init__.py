"""Follows how a workspace's endpoints do, from Azure Monitor: a feed beside what they serve. Called by tasks.

One call is one turn of a few seconds. Quarter hours are read once, when they are over; samples are kept 30 days. What
Azure refuses for one endpoint is noted with its sentence and asked again later; the others go on.
"""

from datetime import datetime
from functools import partial
from time import monotonic

from django.db import transaction
from django.utils import timezone

from releases.azure.monitor import Monitoring
from releases.errors import AzureError
from releases.models import SyncRun, Watermark, Workspace
from releases.nudge import nudge
from releases.queries.health import FEED
from releases.sync import runs, watermarks
from releases.sync.health.reading import Turn, is_due
from releases.sync.workspace_turns import access, forget_unchanged, take_turn

__all__ = ["sync_workspace"]

TURN_SECONDS = 5.0


def sync_workspace(
    workspace: Workspace, *, now: datetime | None = None, seconds: float = TURN_SECONDS
) -> SyncRun | None:
    """Read the quarter hours that are over, for about `seconds`; None when there is none to read yet."""
    at = now or timezone.now()
    if not is_due(workspace, now=at):
        return None

    def read(run: runs.Run, lease: watermarks.Lease) -> None:
        _read(workspace, run, lease, now=at, until=monotonic() + seconds)

    return take_turn(workspace, feed=FEED, read=read, at=at, insist=False, failed=partial(_hindered, workspace))


def _read(workspace: Workspace, run: runs.Run, lease: watermarks.Lease, *, now: datetime, until: float) -> None:
    turn = Turn(workspace, Monitoring(access(workspace)), run, lease, now, until)
    if not turn.read():
        run.stop("There is more to read; the next turn goes on from here.")
        transaction.on_commit(lambda: nudge("sync.health", workspace=workspace.pk))
        return
    with transaction.atomic():
        lease.keep()
        lease.mark.checked_at, lease.mark.hindered_by = now, ""
        watermarks.save(lease.mark, "checked_at", "hindered_by")
    turn.forget_old()
    run.succeed()
    forget_unchanged(workspace, feed=FEED, now=now)


def _hindered(workspace: Workspace, error: AzureError) -> None:
    """Pages say why there is nothing newer."""
    Watermark.objects.filter(workspace=workspace, feed=FEED).update(hindered_by=error.sentence)
