"""Somebody wants fresh history now. Changes nothing but when the next read happens; the trail tells who asked."""

from django.db import transaction

from releases import audit
from releases.audit import Actor
from releases.models import Project
from releases.nudge import nudge
from releases.policies.roles import check_can_sync_now


def sync_now(project: Project, *, by: Actor) -> None:
    """Wake the worker for this project, also while it rests after a failure. Raises Denied."""
    check_can_sync_now(by, project)
    with transaction.atomic():
        transaction.on_commit(lambda: nudge("sync.project", project=project.pk, insist=True))
        audit.append("sync.requested", by=by, project=project)
