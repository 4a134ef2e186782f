"""Stages as a list, for the API: where they stand in their pipeline, how they start, what they run, where."""

from django.db.models import Prefetch, QuerySet

from releases.models import LiveSpan, Stage, User
from releases.queries.access import visible_to
from releases.queries.narrowing import Given, Rules, narrowed

FILTERS: Rules = {
    "project": "pipeline__project__slug",
    "pipeline": "pipeline_id",
    "name": "name__iexact",
    "is_production": "is_production",
    "headline": "headline",
}


def stages(user: User, given: Given) -> QuerySet[Stage]:
    """The stages this person may see that match, each with its pipeline, its place and its open live span."""
    rows = visible_to(user, Stage).select_related(
        "pipeline__project__organization", "binding__endpoint", "binding__cluster"
    )
    live = LiveSpan.objects.filter(live_until=None).select_related("release__project__organization")
    return narrowed(rows, given, rules=FILTERS).prefetch_related(Prefetch("live_spans", live, to_attr="open_spans"))
