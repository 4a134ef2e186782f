"""Follows what a workspace's endpoints really serve: a feed beside the registry. Called by tasks and commands.

One call is one look, or a part of one that was too long for a turn: it stores computes, endpoints and what they serve,
binds stages to endpoints and judges drift. A look that sees nothing new writes no row but the run.
"""

from datetime import datetime
from time import monotonic

from django.db import transaction
from django.utils import timezone

from releases.azure.ml import MachineLearning
from releases.models import SyncRun, Workspace
from releases.nudge import nudge
from releases.sync import runs, watermarks
from releases.sync.serving.reading import Turn
from releases.sync.serving.settling import settle
from releases.sync.workspace_turns import access, forget_unchanged, take_turn

__all__ = ["sync_workspace"]

FEED = "serving"
TURN_SECONDS = 5.0


def sync_workspace(
    workspace: Workspace, *, insist: bool = False, now: datetime | None = None, seconds: float = TURN_SECONDS
) -> SyncRun:
    """Look at a workspace's endpoints, for about `seconds`. `insist`: also while it rests after a failure.

    Returns the run: succeeded, stopped (out of time, call again), failed or paused (its sentence says why).
    """
    at = now or timezone.now()

    def read(run: runs.Run, lease: watermarks.Lease) -> None:
        _read(workspace, run, lease, now=at, until=monotonic() + seconds)

    return take_turn(workspace, feed=FEED, read=read, at=at, insist=insist, failed=lambda _: None)


def _read(workspace: Workspace, run: runs.Run, lease: watermarks.Lease, *, now: datetime, until: float) -> None:
    turn = Turn(workspace, MachineLearning(access(workspace)), run, lease, now, until)
    is_whole = turn.read()
    if not is_whole:
        run.stop("There is more to look at; the next turn goes on from here.")
        transaction.on_commit(lambda: nudge("sync.serving", workspace=workspace.pk))
        return
    settle(workspace, run, lease, turn)
    if turn.trouble:
        raise turn.trouble
    run.succeed()
    forget_unchanged(workspace, feed=FEED, now=now)
