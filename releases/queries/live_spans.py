"""What stages ran, and when, as a list, for the API."""

from django.db.models import Prefetch, QuerySet

from releases.models import Artifact, LiveSpan, User
from releases.queries.access import visible_to
from releases.queries.narrowing import Given, Rules, carrying, narrowed
from releases.queries.spans import covering

FILTERS: Rules = {
    "project": "release__project__slug",
    "pipeline": "stage__pipeline_id",
    "stage": "stage_id",
    "release": "release_id",
    "at": covering,
}


def live_spans(user: User, given: Given) -> QuerySet[LiveSpan]:
    """The live spans this person may see that match, with stage, release and what that carries."""
    rows = visible_to(user, LiveSpan).select_related(
        "stage", "release__pipeline", "release__project__organization", "opened_by"
    )
    artifacts = Prefetch("release__artifacts", Artifact.objects.order_by("alias").select_related("model_version"))
    return carrying(narrowed(rows, given, rules=FILTERS), given, release="release_id").prefetch_related(artifacts)
