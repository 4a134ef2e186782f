"""What is suggested while a filter is chosen: what the newest releases carry. One query and its scope, however many."""

from django.db.models import F

from releases.models import Artifact, Release, User
from releases.queries.access import visible_to
from releases.states import ArtifactRole

LOOKED_AT = 400
"""Releases looked at, the newest; whoever looks for something older types it."""
OFFERED = 60


def versions(user: User, role: ArtifactRole) -> list[tuple[str, str]]:
    """Names and versions of models or scalers, those of the newest releases first.

    All that these releases carry is read: asked for a role, SQLite would go through every artifact that has it.
    """
    newest = visible_to(user, Release).order_by("-created_on", "-id").values_list("id", flat=True)[:LOOKED_AT]
    place = {pk: at for at, pk in enumerate(newest)}
    rows = Artifact.objects.filter(release__in=place).values_list("release", "alias", "role", "name", "version")
    found = sorted((place[release], alias, name, version) for release, alias, of, name, version in rows if of == role)
    return list(dict.fromkeys((name, version) for _, _, name, version in found))[:OFFERED]


def people(user: User) -> list[str]:
    """Names of those for whom the newest releases were made, by name."""
    newest = visible_to(user, Release).order_by("-created_on", "-id")[:LOOKED_AT]
    names = newest.annotate(made_for=F("created_for__name"), made_by=F("created_by__name"))
    found = {made_for or made_by for made_for, made_by in names.values_list("made_for", "made_by")}
    return sorted((name for name in found if name), key=str.casefold)[:OFFERED]
