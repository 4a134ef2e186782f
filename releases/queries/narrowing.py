"""Narrows a list by what an asker gave: each noun has a table of its filters. Used by the queries behind the API."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from releases.models import Artifact, Identity
from releases.states import ArtifactRole

Row = TypeVar("Row", bound=Model)
Given = Mapping[str, Any]
Rules = Mapping[str, str | Callable[[Any], Q]]
"""What each filter means: a look-up, or a function of the value."""

CARRIED = frozenset({"model", "model_version"})


def narrowed(rows: QuerySet[Row], given: Given, *, rules: Rules) -> QuerySet[Row]:
    """The rows that match every filter given. Raises KeyError for a filter without a rule."""
    for name, value in given.items():
        if name in CARRIED - rules.keys():
            continue  # `carrying` takes these
        rule = rules[name]
        rows = rows.filter(Q(**{rule: value}) if isinstance(rule, str) else rule(value))
    return rows


def carrying(rows: QuerySet[Row], given: Given, *, release: str) -> QuerySet[Row]:
    """The rows whose release (by this look-up of its id) carries the model, the version, or that version of that model.

    Both filters must hold for one and the same artifact.
    """
    if not CARRIED & given.keys():
        return rows
    artifacts = Artifact.objects.filter(role__in=[ArtifactRole.MODEL, ArtifactRole.SCALER])
    if "model" in given:
        artifacts = artifacts.filter(name=given["model"])
    if "model_version" in given:
        artifacts = artifacts.filter(version=given["model_version"])
    return rows.filter(**{f"{release}__in": artifacts.values("release_id")})


def by_person(*fields: str) -> Callable[[str], Q]:
    """A rule: one of these fields is somebody of this name, address or unique name, whatever its case."""

    def rule(value: str) -> Q:
        named = Identity.objects.filter(Q(name__iexact=value) | Q(email__iexact=value) | Q(key__iexact=value))
        found = Q()
        for field in fields:
            found |= Q(**{f"{field}__in": named.values("id")})
        return found

    return rule
