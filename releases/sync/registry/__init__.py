"""Follows a workspace's registry: every model version, and the training run behind each. Called by tasks and commands.

One call is one turn of a few seconds; a turn that ran out of time says so and the next goes on. An unchanged registry
costs one request and writes no row but the run.
"""

from datetime import datetime
from time import monotonic

from django.db import transaction
from django.utils import timezone

from releases.azure.ml import MachineLearning
from releases.errors import AzureError
from releases.models import SyncRun, Workspace
from releases.nudge import nudge
from releases.sync import runs, watermarks
from releases.sync.registry.reading import Turn
from releases.sync.workspace_turns import access, forget_unchanged, take_turn

__all__ = ["sync_workspace"]

FEED = "registry"
TURN_SECONDS = 5.0


def sync_workspace(
    workspace: Workspace, *, full: bool = False, now: datetime | None = None, seconds: float = TURN_SECONDS
) -> SyncRun:
    """Read what is new in a workspace, for about `seconds`. `full` lists everything again and waits for nothing.

    Returns the run: succeeded, stopped (out of time, call again), failed or paused (its sentence says why). While
    another worker reads the workspace, or after a failure until it is due again, that is the run of then.
    """
    at = now or timezone.now()

    def read(run: runs.Run, lease: watermarks.Lease) -> None:
        _read(workspace, run, lease, full=full, now=at, until=monotonic() + seconds)

    def failed(error: AzureError) -> None:
        Workspace.objects.filter(pk=workspace.pk).update(state_sentence=error.sentence)

    return take_turn(workspace, feed=FEED, read=read, at=at, insist=full, failed=failed)


def _read(
    workspace: Workspace, run: runs.Run, lease: watermarks.Lease, *, full: bool, now: datetime, until: float
) -> None:
    turn = Turn(workspace, MachineLearning(access(workspace)), run, lease, now, until)
    if turn.read(full=full):
        run.succeed()
        lease.mark.completed_at = now
        forget_unchanged(workspace, feed=FEED, now=now)
    else:
        run.stop("There is more to read; the next turn goes on from here.")
        transaction.on_commit(lambda: nudge("sync.registry", workspace=workspace.pk))
    lease.mark.checked_at = now
    watermarks.save(lease.mark, "checked_at", "completed_at")
    Workspace.objects.filter(pk=workspace.pk).update(read_at=now, state_sentence="")
