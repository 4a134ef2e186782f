"""Kept logs as a list, for the API."""

from django.db.models import QuerySet

from releases.models import StepLog, User
from releases.queries.access import visible_to
from releases.queries.narrowing import Given, Rules, narrowed

RELEASE = "step__deployment__release_stage__release"
FILTERS: Rules = {
    "project": "project__slug",
    "release": f"{RELEASE}_id",
    "deployment": "step__deployment_id",
    "state": "state",
}


def logs(user: User, given: Given) -> QuerySet[StepLog]:
    """The logs this person may see that match, with step, attempt, stage and release."""
    rows = visible_to(user, StepLog).select_related(
        "project", "step__deployment__release_stage__stage", f"{RELEASE}__project__organization"
    )
    return narrowed(rows, given, rules=FILTERS)
