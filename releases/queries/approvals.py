"""Approvals as a list, for the API. Who is asked for what on a page is `queries.approvals_seen`."""

from django.db.models import QuerySet

from releases.models import Approval, User
from releases.queries.access import visible_to
from releases.queries.narrowing import Given, Rules, by_person, narrowed

RELEASE = "release_stage__release"
FILTERS: Rules = {
    "project": "project__slug",
    "pipeline": f"{RELEASE}__pipeline_id",
    "release": f"{RELEASE}_id",
    "status": "status",
    "type": "type",
    "is_automated": "is_automated",
    "created_after": "created_on__gte",
    "created_before": "created_on__lt",
    "person": by_person("approver", "approved_by"),
}


def approvals(user: User, given: Given, *, with_automated: bool = False) -> QuerySet[Approval]:
    """The approvals this person may see that match, with release, stage and people.

    Those that no person was asked for are left out, unless they are filtered for or wanted beside the others.
    """
    rows = visible_to(user, Approval).select_related(
        "approver",
        "approved_by",
        "project__organization",
        "release_stage__stage",
        f"{RELEASE}__pipeline",
        f"{RELEASE}__project__organization",
    )
    return narrowed(rows, given if with_automated else {"is_automated": False, **given}, rules=FILTERS)
