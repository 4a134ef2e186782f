"""Attempts to deploy as a list, for the API."""

from django.db.models import QuerySet

from releases.models import Deployment, User
from releases.queries import asked_here
from releases.queries.access import visible_to
from releases.queries.narrowing import Given, Rules, by_person, carrying, narrowed

RELEASE = "release_stage__release"
FILTERS: Rules = {
    "project": f"{RELEASE}__project__slug",
    "pipeline": "stage__pipeline_id",
    "stage": "stage_id",
    "release": f"{RELEASE}_id",
    "status": "status",
    "trigger": f"{RELEASE}__trigger_kind",
    "created_after": "queued_on__gte",
    "created_before": "queued_on__lt",
    "person": by_person("requested_by", "requested_for"),
}


def deployments(user: User, given: Given) -> QuerySet[Deployment]:
    """The attempts this person may see that match, with release, stage and people. "Created" is when it was queued."""
    rows = visible_to(user, Deployment).select_related(
        "stage", "requested_by", "requested_for", f"{RELEASE}__pipeline", f"{RELEASE}__project__organization"
    )
    rows = rows.prefetch_related(asked_here.beside("release_stage__"))
    return carrying(narrowed(rows, given, rules=FILTERS), given, release=f"{RELEASE}_id")
