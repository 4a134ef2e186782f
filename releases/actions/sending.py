"""The switch of an organization that stops all sending, and lets it go on. Called by the Commands page and the API."""

from django.db import transaction
from django.utils import timezone

from releases import audit
from releases.actions.acting import acting
from releases.actions.commands.recording import reason_of
from releases.audit import Via
from releases.errors import Conflict
from releases.models import Command, Organization, User
from releases.nudge import nudge
from releases.policies.commands import check_can_start_sending, check_can_stop_sending
from releases.states import CommandCode, CommandState


def stop_sending(organization: Organization, *, by: User, reason: str, via: Via = Via.SESSION) -> None:
    """Nothing leaves Slipway for this organization from now on; what was asked waits and expires after a day.

    Raises Denied, Invalid (the reason), Conflict when somebody stopped it already.
    """
    reason = reason_of(reason)
    with acting(by):
        row = Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)
        check_can_stop_sending(by, row)
        if row.sending_stopped_at is not None:
            raise Conflict(f"Sending to {row} is stopped already.", code="stopped_already")
        _set(row, by=by, reason=reason)
        change: dict[str, tuple[audit.JSON, audit.JSON]] = {"sending": ("on", "stopped")}
        private = {"reason": reason}
        audit.append("sending.stopped", by=by, object=_key(row), change=change, private=private, via=via)


def start_sending(
    organization: Organization, *, by: User, via: Via = Via.SESSION, auth: dict[str, audit.JSON] | None = None
) -> None:
    """Let everything out that waits. `auth`: how the person had signed in. Raises Denied, Conflict when it is on."""
    with acting(by):
        row = Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)
        check_can_start_sending(by, row)
        if row.sending_stopped_at is None:
            raise Conflict(f"Sending to {row} is on already.", code="on_already")
        _set(row, by=None, reason="")
        held = Command.objects.filter(organization=row, state=CommandState.HELD, code=CommandCode.SENDING_STOPPED)
        held.update(due_at=timezone.now())
        transaction.on_commit(lambda: nudge("commands.deliver"))
        change: dict[str, tuple[audit.JSON, audit.JSON]] = {"sending": ("stopped", "on")}
        more: dict[str, audit.JSON] = {"auth": auth} if auth else {}
        audit.append("sending.started", by=by, object=_key(row), change=change, via=via, more=more)


def _set(row: Organization, *, by: User | None, reason: str) -> None:
    at = timezone.now() if by else None
    Organization.objects.filter(pk=row.pk).update(
        sending_stopped_at=at, sending_stopped_by=by, sending_stopped_reason=reason
    )


def _key(row: Organization) -> tuple[str, str]:
    return "organization", row.url
