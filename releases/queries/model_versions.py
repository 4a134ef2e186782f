"""Versions of models in the registry as a list, for the API."""

from django.db.models import QuerySet

from releases.models import ModelVersion, User
from releases.queries.access import visible_to
from releases.queries.narrowing import Given, Rules, by_person, narrowed

FILTERS: Rules = {
    "workspace": "workspace__name",
    "name": "name",
    "version": "version",
    "training_run": "training_run_id",
    "created_after": "created_on__gte",
    "created_before": "created_on__lt",
    "person": by_person("created_by"),
}


def model_versions(user: User, given: Given) -> QuerySet[ModelVersion]:
    """The model versions of the workspaces this person may see that match, with the run that trained each."""
    rows = visible_to(user, ModelVersion).select_related("workspace", "created_by", "training_run")
    return narrowed(rows, given, rules=FILTERS)
