"""Finds the releases of one page of the list, and counts them, from an index that has them in the list's order.

Which index leads depends on the filters: that of the words, of a model's or scaler's versions, or one of the releases'
own; what else is asked for is looked up for each row that the lead gives. So no page costs more for a longer history.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from releases.errors import Invalid
from releases.models import Release, User
from releases.models.text import place_of, release_at
from releases.queries.access import visible_to
from releases.queries.filters import Filters, Wanted, artifacts_of, beside_artifacts, between, registered
from releases.queries.keyset import Cursor, beyond
from releases.queries.texts import among, containing

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MOST_FEW = 1_000
"""So many releases, the newest of them, are looked into for words where another filter leaves only a few."""

Place = tuple[datetime, int]
"""Where a release stands in the list: when it was created, and its id."""


@dataclass(frozen=True)
class Lead:
    """Rows in the list's order, by columns that end with a unique one: the release's id, or its place among the texts.

    `repeats`: a release may come more than once, for it may carry an artifact twice.
    """

    rows: "QuerySet[Any]"
    order: tuple[str, ...] = ("created_on", "id")
    repeats: bool = False

    def page(self, *, before: Place | None, after: Place | None, size: int) -> list[int]:
        """Ids of the releases older than `before`, newest first, or newer than `after`, oldest first."""
        return [_release_of(row) for row in self.beyond(before=before, after=after)[:size]]

    def beyond(self, *, before: Place | None = None, after: Place | None = None) -> "QuerySet[Any, Any]":
        """The rows on that side of the place, in its order; from the newest without a place."""
        rows, place = self.rows, after or before
        if place:
            at = place if len(self.order) > 1 else (place_of(*place),)
            rows = rows.filter(beyond(Cursor(at, is_back=after is not None), self.order))
        return self._ordered(rows, "" if after else "-")

    def count(self, most: int) -> int:
        """How many releases there are; not more than `most` are counted."""
        return self._ordered(self.rows, "-")[:most].count()

    def _ordered(self, rows: "QuerySet[Any]", sign: str) -> "QuerySet[Any, Any]":
        named = rows.order_by(*(f"{sign}{name}" for name in self.order)).values_list(*self.order)
        return named.distinct() if self.repeats else named


def lead_of(user: User, filters: Filters) -> Lead:
    """The rows that lead to the releases that match and that this person may see."""
    releases = beside_artifacts(visible_to(user, Release), filters)
    wanted = registered(filters)
    few = filters.finds_few or (bool(filters.text) and _are_few(releases))
    if filters.text and not few:
        return _by_words(filters, _carrying(releases, wanted))
    if wanted and not few:
        return _by_version(filters, _carrying(releases, wanted[1:]), wanted[0])
    releases = _carrying(releases, wanted).filter(**between(filters, "created_on"))
    return Lead(_saying(releases, filters.text) if filters.text else releases)


def cursor_of(release: Release) -> str:
    """Where this release lies in the list; a page goes on from there."""
    return f"{(release.created_on - EPOCH) // MICROSECOND}.{release.pk}"


def position(cursor: str) -> Place:
    """The time and id in a cursor. Raises Invalid for anything else."""
    moment, _, pk = cursor.partition(".")
    try:
        return EPOCH + int(moment) * MICROSECOND, int(pk)
    except (ValueError, OverflowError):
        raise Invalid("This page address is not complete. Start again from the newest releases.") from None


def _by_words(filters: Filters, releases: QuerySet[Release]) -> Lead:
    bounds = {"place__gte": filters.since, "place__lt": filters.until}
    within = {name: place_of(moment, 0) for name, moment in bounds.items() if moment is not None}
    return Lead(_among(containing(filters.text).filter(**within), releases, "release"), ("place",))


def _by_version(filters: Filters, releases: QuerySet[Release], wanted: Wanted) -> Lead:
    rows = artifacts_of(*wanted).filter(**between(filters, "release_created_on"))
    return Lead(_among(rows, releases, "release_id"), ("release_created_on", "release_id"), repeats=True)


def _among(rows: "QuerySet[Any]", releases: QuerySet[Release], column: str) -> "QuerySet[Any]":
    """The rows whose release is among these; all of them where these are all there are."""
    if not releases.query.where:
        return rows
    return rows.filter(Exists(releases.filter(pk=OuterRef(column))))


def _are_few(releases: QuerySet[Release]) -> bool:
    """Whether the other filters leave so few that it is cheaper to look into each than at all that hold the words."""
    return bool(releases.query.where) and releases.order_by()[: MOST_FEW + 1].count() <= MOST_FEW


def _carrying(releases: QuerySet[Release], wanted: Iterable[Wanted]) -> QuerySet[Release]:
    for one in wanted:
        releases = releases.filter(Exists(artifacts_of(*one).filter(release=OuterRef("pk"))))
    return releases


def _saying(releases: QuerySet[Release], text: str) -> QuerySet[Release]:
    """Those of a few releases that hold every word."""
    newest = releases.order_by("-created_on", "-id").values_list("created_on", "id")[:MOST_FEW]
    said = among(text, [place_of(*place) for place in newest])
    return releases.filter(pk__in=[release_at(place) for place in said])


def _release_of(place: tuple[Any, ...]) -> int:
    return release_at(place[0]) if len(place) == 1 else int(place[-1])
