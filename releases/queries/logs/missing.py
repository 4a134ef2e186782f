"""Logs that could not be had, newest first, for the Sync page: each is a gap of its own."""

from dataclasses import dataclass, field

from django.db.models import Q

from releases.models import Release, StepLog, User
from releases.queries.access import visible_to

SHOWN = 50


@dataclass(frozen=True)
class MissingLogs:
    """Some of them, how many there are, and of how many releases logs are still to be fetched."""

    logs: list[StepLog] = field(default_factory=list)
    count: int = 0
    due: int = 0


def missing_logs(user: User) -> MissingLogs:
    """Those this person may see. Two queries and one more where there are any, besides the person's memberships."""
    rows = visible_to(user, StepLog).filter(Q(state=StepLog.State.MISSING) | Q(state=StepLog.State.GONE))
    due = visible_to(user, Release).filter(logs_due_on__isnull=False).count()
    release = "step__deployment__release_stage__release__project"
    newest = rows.select_related(release).order_by("-ended_on", "-id")
    count = rows.count()
    return MissingLogs(list(newest[:SHOWN]) if count else [], count, due)
