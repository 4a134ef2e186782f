"""What rules of artifacts and of endpoints have in common: which hold in a project, in which order, how they stand."""

import json
from hashlib import sha256
from typing import Any, TypeVar

from django.db.models import F, Q, QuerySet

from releases.models import ArtifactRule, EndpointRule, Project

Rule = TypeVar("Rule", ArtifactRule, EndpointRule)


def in_effect(project: Project | None) -> Q:
    """Which rules hold in a project: its own and those of every project. Without one: those of every project."""
    return Q(project=project) | Q(project=None)


def in_order_of_effect(rows: QuerySet[Rule]) -> QuerySet[Rule]:
    """A project's own first, of each the lowest priority first, of equal ones the older."""
    return rows.order_by(F("project_id").asc(nulls_last=True), "priority", "id")


def standing(model: type[Rule], project: Project | None, *, fields: tuple[str, ...]) -> str:
    """A name for how the rules of this project stand (without one, all rules), to see that nobody changed them."""
    rows = model._default_manager.all() if project is None else model._default_manager.filter(in_effect(project))
    values: list[Any] = list(rows.order_by("id").values_list("id", "project_id", *fields))
    return sha256(json.dumps(values).encode()).hexdigest()[:20]
