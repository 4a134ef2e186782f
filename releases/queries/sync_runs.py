"""Sync runs as a list, for the API. How the sync stands now is the Sync page's query."""

from django.db.models import QuerySet

from releases.models import SyncRun, User
from releases.queries.access import visible_to
from releases.queries.narrowing import Given, Rules, narrowed

FILTERS: Rules = {
    "project": "project__slug",
    "workspace": "workspace__name",
    "kind": "kind",
    "state": "state",
    "started_after": "started_at__gte",
    "started_before": "started_at__lt",
}


def sync_runs(user: User, given: Given) -> QuerySet[SyncRun]:
    """The runs for the projects and workspaces this person may see that match."""
    rows = visible_to(user, SyncRun).select_related("project", "workspace")
    return narrowed(rows, given, rules=FILTERS)
