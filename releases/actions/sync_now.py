"""Somebody wants fresh history now. Changes nothing but when the next read happens; the trail tells who asked."""

from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models.functions import Now

from releases import audit
from releases.actions.acting import acting
from releases.audit import Actor
from releases.models import AuditEvent, Project, User
from releases.nudge import nudge
from releases.policies.roles import check_can_sync_now

SAME_PRESS = timedelta(seconds=2)
"""A second press of one person within this time is the other half of a double click."""


def sync_now(project: Project, *, by: Actor) -> None:
    """Wake the worker for a project and its endpoints, even at rest. A double click asks once. Raises Denied."""
    with acting(by):
        check_can_sync_now(by, project)
        Project.objects.select_for_update().get(pk=project.pk)  # of two presses at once, one sees the other's event
        if isinstance(by, User) and _just_asked(project, by=by):
            return
        transaction.on_commit(lambda: nudge("sync.project", project=project.pk, insist=True))
        for workspace in project.workspaces.values_list("pk", flat=True):
            transaction.on_commit(partial(nudge, "sync.serving", workspace=workspace, insist=True))
        audit.append("sync.requested", by=by, project=project)


def _just_asked(project: Project, *, by: User) -> bool:
    asked = AuditEvent.objects.filter(type="sync.requested", project_id=project.pk, actor_ref=by.subject)
    last = asked.annotate(now=Now()).order_by("-seq").values_list("ts", "now").first()
    return last is not None and last[1] - last[0] < SAME_PRESS
