"""Projects and pipelines as lists, for the API. What runs where is `queries.pipelines` and `queries.overview`."""

from django.db.models import Prefetch, QuerySet

from releases.models import Pipeline, Project, Stage, Trigger, User
from releases.queries.access import visible_to
from releases.queries.narrowing import Given, Rules, narrowed

PROJECT_FILTERS: Rules = {"organization": "organization__name"}
PIPELINE_FILTERS: Rules = {"project": "project__slug", "name": "name__iexact"}


def projects(user: User, given: Given) -> QuerySet[Project]:
    """The projects this person may see, with their organization."""
    return narrowed(visible_to(user, Project).select_related("organization"), given, rules=PROJECT_FILTERS)


def pipelines(user: User, given: Given) -> QuerySet[Pipeline]:
    """The pipelines this person may see, with their stages in order and the triggers of their newest revision."""
    rows = visible_to(user, Pipeline).select_related("project__organization")
    stages = Prefetch("stages", Stage.objects.order_by("rank", "id"))
    triggers = Prefetch("triggers", Trigger.objects.order_by("kind", "ordinal"))
    return narrowed(rows, given, rules=PIPELINE_FILTERS).prefetch_related(stages, triggers)
