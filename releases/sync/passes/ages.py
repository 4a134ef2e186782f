"""Walks through stored releases from the newest to the oldest, a few hundred at a time. For the background passes."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q, QuerySet

from releases.models import Release

AT_ONCE = 200

Aged = tuple[int, int]
"""Azure's id and ours."""


def newest_first(releases: QuerySet[Release]) -> Iterator[list[Aged]]:
    """Azure's ids and ours in chunks; rows may change, come and go meanwhile."""
    before: tuple[datetime, int] | None = None
    while rows := _chunk(releases, before):
        yield [(azure_id, pk) for azure_id, _, pk in rows]
        before = rows[-1][1:]


def _chunk(releases: QuerySet[Release], before: tuple[datetime, int] | None) -> list[tuple[int, datetime, int]]:
    if before is not None:
        created, pk = before
        releases = releases.filter(Q(created_on__lt=created) | Q(created_on=created, pk__lt=pk))
    rows = releases.order_by("-created_on", "-pk").values_list("azure_id", "created_on", "pk")
    return list(rows[:AT_ONCE])
