"""Somebody wants fresh history now. Changes nothing but when the next read happens."""

from django.db import transaction

from releases.audit.actors import Actor
from releases.models import Project
from releases.nudge import nudge
from releases.policies.roles import check_can_sync_now


def sync_now(project: Project, *, by: Actor) -> None:
    """Wake the worker for this project, also while it rests after a failure. Raises Denied."""
    check_can_sync_now(by, project)
    transaction.on_commit(lambda: nudge("sync.project", project=project.pk, insist=True))
