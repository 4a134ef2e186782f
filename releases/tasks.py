"""Celery's doors, at most five lines each. A task carries ids only: the work itself is in the tables."""

from typing import Any

from celery import shared_task
from celery.signals import worker_shutting_down

from releases.audit import verification
from releases.delivery import rounds
from releases.models import Inquiry, Workspace
from releases.nudge import nudge
from releases.sync import health, inquiries, registry, serving, stopping
from releases.sync.passes import schedule
from releases.sync.passes.lines import DETAILS, HISTORY, LOGS
from releases.sync.roles import applying


@shared_task(name="sync.tick")
def tick() -> None:
    """Wake what is due; beat calls it."""
    schedule.tick()


@shared_task(name="sync.project")
def sync_project(project: int, insist: bool = False) -> None:
    """One unit of a project's history line; `insist` also while it rests after a failure (somebody asked)."""
    schedule.unit(HISTORY, project, insist=insist)


@shared_task(name="sync.details")
def sync_details(project: int) -> None:
    """One unit of a project's details line."""
    schedule.unit(DETAILS, project)


@shared_task(name="sync.logs")
def sync_logs(project: int) -> None:
    """One unit of a project's logs line."""
    schedule.unit(LOGS, project)


@shared_task(name="sync.registry")
def sync_registry(workspace: int) -> None:
    """Read what changed in one workspace's registry."""
    registry.sync_workspace(Workspace.objects.get(pk=workspace))


@shared_task(name="sync.serving")
def sync_serving(workspace: int, insist: bool = False) -> None:
    """Look at what one workspace's endpoints serve; `insist` also while it rests after a failure."""
    serving.sync_workspace(Workspace.objects.get(pk=workspace), insist=insist)


@shared_task(name="sync.health")
def sync_health(workspace: int) -> None:
    """Read how one workspace's endpoints do, where a quarter of an hour is over."""
    health.sync_workspace(Workspace.objects.get(pk=workspace))


@shared_task(name="inquiries.answer")
def answer_inquiry(inquiry: str) -> None:
    """Answer one question of a page."""
    inquiries.answer(Inquiry.objects.get(pk=inquiry))


@shared_task(name="sync.roles")
def sync_roles() -> None:
    """One unit of bringing stored artifacts in line with rules that changed, then the next."""
    if not applying.advance():
        nudge("sync.roles")


@shared_task(name="commands.deliver")
def deliver_commands() -> None:
    """Carry out commands that are due; beat and every act call it."""
    rounds.deliver()


@shared_task(name="commands.reconcile")
def reconcile_commands() -> None:
    """The same, saying what is late; beat calls it."""
    rounds.reconcile()


@shared_task(name="audit.verify")
def verify_audit() -> None:
    """One unit of the open verification of the trail, then the next; beat calls it each minute."""
    if not verification.advance():
        nudge("audit.verify")


@worker_shutting_down.connect
def worker_stops(**_: Any) -> None:
    """A worker that was told to stop finishes its units, but waits for no answer that hangs."""
    stopping.stop_asking()
