"""A command's release as Azure shows it now: stored through sync, and Azure's own history of it. Used by the kinds."""

from releases.azure.answers import HistoryAnswer
from releases.delivery.evidence import stale
from releases.delivery.marker import left_by
from releases.errors import AzureRefused, CredentialRefused, PermissionMissing
from releases.models import Command, Deployment, Release, ReleaseStage
from releases.sync.connections import Calls
from releases.sync.reading_back import read_back


def release_of(command: Command, calls: Calls) -> Release:
    """The release, fresh. Raises NotToBeSent where Azure has it no longer."""
    assert command.release is not None
    release = read_back(command.project, command.release.azure_id, calls=calls)
    if release is None:
        raise stale(f"Azure DevOps has {command.release} no longer.")
    return release


def stage_of(command: Command) -> ReleaseStage:
    """The stage as it was just stored."""
    return ReleaseStage.objects.select_related("release__project", "stage").get(commands=command)


def attempts_of(stage: ReleaseStage, *, after: int) -> list[Deployment]:
    """The attempts at this stage beyond this number, oldest first."""
    rows = Deployment.objects.filter(release_stage=stage, attempt__gt=after).select_related("requested_by")
    return list(rows.order_by("attempt"))


def newest_attempt(stage: ReleaseStage) -> int:
    """Its number; 0 before the first."""
    row = Deployment.objects.filter(release_stage=stage).order_by("-attempt").values_list("attempt", flat=True).first()
    return row or 0


def history_of(command: Command, calls: Calls, release: Release) -> list[HistoryAnswer] | None:
    """What Azure noted was done to the release; None where it does not tell (the address is a preview)."""
    calls.asked_at()
    try:
        return calls.here().release_history(command.project.azure_id, release.azure_id)
    except (CredentialRefused, PermissionMissing):
        raise
    except AzureRefused:
        return None


def is_ours(command: Command, history: list[HistoryAnswer] | None) -> bool:
    """Whether Azure's history shows this command's mark."""
    return bool(history) and bool(left_by(command, history or []))


def who_did(history: list[HistoryAnswer] | None, *, change: str) -> str:
    """The name of who made the newest change of this kind, as Azure tells; "somebody" where it does not."""
    made = [entry for entry in history or [] if entry.change_type.lower() == change.lower()]
    newest = max(made, key=lambda entry: (entry.changed_date is not None, entry.changed_date), default=None)
    name = newest.changed_by.display_name if newest and newest.changed_by else ""
    return name or "somebody"
