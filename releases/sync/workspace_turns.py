"""The frame of one turn of a workspace's feed: lease, run, and what a failure means for the next turn.

Used by `registry` and `serving`, each a feed of its own, so that one being refused does not hold up the other.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Q

from releases.azure.credentials import token_credential
from releases.azure.ml import MlAccess
from releases.errors import AzureError, AzureStopped, CredentialRefused, NotThere, PermissionMissing
from releases.models import SyncRun, Workspace
from releases.states import SyncRunState
from releases.sync import runs, watermarks
from releases.sync.gate import backoff

UNCHANGED_RUNS_KEPT = timedelta(days=2)
AGAIN_FOR_A_PERSON = timedelta(minutes=5)
"""How long a credential or permission that failed is left alone."""

Read = Callable[[runs.Run, watermarks.Lease], None]


def take_turn(
    workspace: Workspace, *, feed: str, read: Read, at: datetime, insist: bool, failed: Callable[[AzureError], None]
) -> SyncRun:
    """One turn of `read`, which ends its run itself; errors of Azure end it here. `insist` waits for nothing.

    While another worker reads this feed, or after a failure until it is due again, the answer is the run of then.
    """
    lease = watermarks.claim(workspace, feed=feed)
    last = SyncRun.objects.filter(workspace=workspace, kind=feed).order_by("-started_at").first()
    if lease is None:
        return last or runs.go_on(feed, workspace=workspace).row
    if last and not insist and lease.mark.due_at and lease.mark.due_at > at:
        lease.release(failures=lease.mark.failures, due_at=lease.mark.due_at)
        return last
    run = runs.go_on(feed, workspace=workspace)
    failures, due_at = 0, None
    try:
        read(run, lease)
    except watermarks.LeaseLost:
        return run.row
    except AzureStopped:
        run.stop("Stopped before the end; the next turn goes on from here.")
        failures = lease.mark.failures
    except AzureError as error:
        failed(error)
        failures = lease.mark.failures + 1
        due_at = _end(run, error, failures=failures, now=at)
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


def forget_unchanged(workspace: Workspace, *, feed: str, now: datetime) -> None:
    """Remove the rows of old runs that found nothing new."""
    old = Q(state=SyncRunState.SUCCEEDED, changed=0, set_aside=0, finished_at__lt=now - UNCHANGED_RUNS_KEPT)
    SyncRun.objects.filter(old, workspace=workspace, kind=feed, manifest__isnull=True).delete()


def _end(run: runs.Run, error: AzureError, *, failures: int, now: datetime) -> datetime:
    """Close the run and say when to try again."""
    if isinstance(error, CredentialRefused | PermissionMissing | NotThere):
        run.pause(error)
        return now + AGAIN_FOR_A_PERSON
    run.fail(error)
    return now + timedelta(seconds=getattr(error, "retry_after", 0.0) or backoff(failures))
