"""Training runs as a list, for the API."""

from django.db.models import Prefetch, Q, QuerySet

from releases.models import ModelVersion, TrainingRun, User
from releases.queries.access import visible_to
from releases.queries.narrowing import Given, Rules, by_person, narrowed


def _made(value: str) -> Q:
    return Q(id__in=ModelVersion.objects.filter(name=value).values("training_run_id"))


FILTERS: Rules = {
    "workspace": "workspace__name",
    "name": "name",
    "experiment": "experiment",
    "status": "status__iexact",
    "model": _made,
    "created_after": "created_on__gte",
    "created_before": "created_on__lt",
    "person": by_person("owner"),
}


def training_runs(user: User, given: Given) -> QuerySet[TrainingRun]:
    """The runs of the workspaces this person may see that match, with the model versions each made."""
    rows = visible_to(user, TrainingRun).select_related("workspace", "owner")
    versions = Prefetch("model_versions", ModelVersion.objects.order_by("name", "id"))
    return narrowed(rows, given, rules=FILTERS).prefetch_related(versions)
