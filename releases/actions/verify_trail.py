"""Somebody wants the whole trail verified now. The row is the request; a worker reads the trail, never the page."""

from django.db import transaction
from django.utils import timezone

from releases import audit
from releases.actions.acting import acting
from releases.audit import Actor, System
from releases.models import AuditVerification
from releases.nudge import nudge
from releases.policies.roles import check_can_verify_trail


def verify_trail(*, by: Actor) -> AuditVerification:
    """Ask for a verification; one that is open already is the answer to everybody who asks. Raises Denied."""
    with acting(by):
        check_can_verify_trail(by)
        name = by.name if isinstance(by, System) else by.subject
        times = {"asked_at": timezone.now()}
        verification, is_new = AuditVerification.objects.get_or_create(is_open=True, defaults={"by": name, **times})
        transaction.on_commit(lambda: nudge("audit.verify"))
        if is_new:
            audit.append("audit.verification_requested", by=by)
    return verification
