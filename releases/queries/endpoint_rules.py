"""The rules that say by names which endpoint serves which stage, in order of effect."""

from django.db.models import QuerySet

from releases.models import EndpointRule, Project, User
from releases.queries import rules
from releases.queries.access import visible_to
from releases.queries.narrowing import Given, Rules, narrowed

FILTERS: Rules = {"project": "project__slug"}


def in_order(user: User, project: Project | None) -> list[EndpointRule]:
    """The rules that hold in this project, its own first; without one, those that hold in every project."""
    rows = visible_to(user, EndpointRule).filter(rules.in_effect(project))
    return list(rules.in_order_of_effect(rows.select_related("changed_by", "project")))


def rules_told(user: User, given: Given) -> QuerySet[EndpointRule]:
    """The rules this person may see, for the API."""
    return narrowed(visible_to(user, EndpointRule).select_related("project"), given, rules=FILTERS)


def standing(project: Project | None) -> str:
    """A name for how the rules of this project stand (without one, all rules), to see that nobody changed them."""
    fields = ("priority", "pipeline_pattern", "stage_pattern", "endpoint_pattern")
    return rules.standing(EndpointRule, project, fields=fields)
