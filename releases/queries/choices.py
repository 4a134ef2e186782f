"""What is suggested while a filter is chosen: what the newest releases carry. One query and its scope, however many."""

from django.db.models import F

from releases.models import Artifact, Release, User
from releases.queries.access import visible_to
from releases.states import ArtifactRole

LOOKED_AT = 400
"""Releases looked at, the newest; whoever looks for something older types it."""
OFFERED = 60


def versions(user: User, role: ArtifactRole) -> list[tuple[str, str]]:
    """Names and versions of models or scalers, those of the newest releases first."""
    newest = visible_to(user, Release).order_by("-created_on", "-id").values("id")[:LOOKED_AT]
    rows = Artifact.objects.filter(role=role, release__in=list(newest.values_list("id", flat=True)))
    found = rows.order_by("-release_created_on", "-release_id", "alias").values_list("name", "version")
    return list(dict.fromkeys(found))[:OFFERED]


def people(user: User) -> list[str]:
    """Names of those for whom the newest releases were made, by name."""
    newest = visible_to(user, Release).order_by("-created_on", "-id")[:LOOKED_AT]
    names = newest.annotate(made_for=F("created_for__name"), made_by=F("created_by__name"))
    found = {made_for or made_by for made_for, made_by in names.values_list("made_for", "made_by")}
    return sorted((name for name in found if name), key=str.casefold)[:OFFERED]
