"""Follows a workspace's registry: every model version, and the training run behind each. Called by tasks and commands.

One call is one turn of a few seconds; a turn that ran out of time says so and the next goes on. An unchanged registry
costs one request and writes no row but the run.
"""

from datetime import datetime, timedelta
from time import monotonic

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from releases.azure.credentials import token_credential
from releases.azure.ml import MachineLearning, MlAccess
from releases.errors import AzureError, AzureStopped, CredentialRefused, NotThere, PermissionMissing
from releases.models import SyncRun, Workspace
from releases.nudge import nudge
from releases.states import SyncRunState
from releases.sync import runs, watermarks
from releases.sync.gate import backoff
from releases.sync.registry.reading import Turn

__all__ = ["access", "sync_workspace"]

FEED = KIND = "registry"
TURN_SECONDS = 5.0
UNCHANGED_RUNS_KEPT = timedelta(days=2)
AGAIN_FOR_A_PERSON = timedelta(minutes=5)
"""How long a credential or permission that failed is left alone."""


def sync_workspace(
    workspace: Workspace, *, full: bool = False, now: datetime | None = None, seconds: float = TURN_SECONDS
) -> SyncRun:
    """Read what is new in a workspace, for about `seconds`. `full` lists everything again and waits for nothing.

    Returns the run: succeeded, stopped (out of time, call again), failed or paused (its sentence says why). While
    another worker reads the workspace, or after a failure until it is due again, that is the run of then.
    """
    at = now or timezone.now()
    lease = watermarks.claim(workspace, feed=FEED)
    last = SyncRun.objects.filter(workspace=workspace, kind=KIND).order_by("-started_at").first()
    if lease is None:
        return last or runs.go_on(KIND, workspace=workspace).row
    if last and not full and lease.mark.due_at and lease.mark.due_at > at:
        lease.release(failures=lease.mark.failures, due_at=lease.mark.due_at)
        return last
    run = runs.go_on(KIND, workspace=workspace)
    failures, due_at = 0, None
    try:
        _read(workspace, run, lease, full=full, now=at, until=monotonic() + seconds)
    except watermarks.LeaseLost:
        return run.row
    except AzureStopped:
        run.stop("Stopped before the end; the next turn goes on from here.")
        failures = lease.mark.failures
    except AzureError as error:
        failures = lease.mark.failures + 1
        due_at = _failed(workspace, run, error, failures=failures, now=at)
    lease.release(failures=failures, due_at=due_at)
    return run.row


def access(workspace: Workspace, *, total_seconds: float = 45.0) -> MlAccess:
    """How to reach a workspace."""
    return MlAccess(
        subscription_id=workspace.subscription_id,
        resource_group=workspace.resource_group,
        workspace=workspace.name,
        credential=token_credential(workspace.resource_manager_url),
        resource_manager_url=workspace.resource_manager_url,
        ca_file=workspace.ca_file,
        total_seconds=total_seconds,
    )


def _read(
    workspace: Workspace, run: runs.Run, lease: watermarks.Lease, *, full: bool, now: datetime, until: float
) -> None:
    turn = Turn(workspace, MachineLearning(access(workspace)), run, lease, now, until)
    if turn.read(full=full):
        run.succeed()
        lease.mark.completed_at = now
        _forget_unchanged(workspace, now=now)
    else:
        run.stop("There is more to read; the next turn goes on from here.")
        transaction.on_commit(lambda: nudge("sync.registry", workspace=workspace.pk))
    lease.mark.checked_at = now
    watermarks.save(lease.mark, "checked_at", "completed_at")
    Workspace.objects.filter(pk=workspace.pk).update(read_at=now, state_sentence="")


def _failed(workspace: Workspace, run: runs.Run, error: AzureError, *, failures: int, now: datetime) -> datetime:
    """Close the run and say when to try again."""
    Workspace.objects.filter(pk=workspace.pk).update(state_sentence=error.sentence)
    if isinstance(error, CredentialRefused | PermissionMissing | NotThere):
        run.pause(error)
        return now + AGAIN_FOR_A_PERSON
    run.fail(error)
    return now + timedelta(seconds=getattr(error, "retry_after", 0.0) or backoff(failures))


def _forget_unchanged(workspace: Workspace, *, now: datetime) -> None:
    """Remove the rows of old runs that found nothing new."""
    old = Q(state=SyncRunState.SUCCEEDED, changed=0, set_aside=0, finished_at__lt=now - UNCHANGED_RUNS_KEPT)
    SyncRun.objects.filter(old, workspace=workspace, manifest__isnull=True).delete()
