"""The entries that match, newest first, by keyset on their number: a page costs the same among a million.

Each part of what a person sees, and each type of a group, is read from an index in the list's order and merged by the
database; so neither many projects nor a rare type makes it read the whole trail.
"""

from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat

from releases.models import AuditEvent
from releases.queries.audit_log.entries import Entry, entries_of
from releases.queries.audit_log.filters import LogFilters, conditions, types_of
from releases.queries.audit_log.scope import Scope
from releases.queries.audit_log.words import PARTS

PAGE_SIZE = 50
COUNTED_TO = 10_000
MOST_PARTS = 100
"""So many streams are merged; beyond it a group's types are looked for together."""


@dataclass(frozen=True)
class Page:
    """One page; `newer` and `older` are the numbers its neighbours begin beyond, None where there are none."""

    entries: list[Entry]
    newer: int | None
    older: int | None
    count: int = 0

    @property
    def is_more_than_counted(self) -> bool:
        """Whether there are more than the count says."""
        return self.count > COUNTED_TO


@dataclass(frozen=True)
class Listing:
    """The streams that make up the list; each holds other entries."""

    streams: list[QuerySet[AuditEvent]]

    def numbers(self, *, before: int | None = None, after: int | None = None, size: int) -> list[int]:
        """Numbers below `before`, newest first, or above `after`, oldest first."""
        beyond = Q(seq__gt=after) if after is not None else Q(seq__lt=before) if before is not None else Q()
        order = "seq" if after is not None else "-seq"
        return list(self._merged(beyond, order=order, most=size).order_by(order)[:size])

    def count(self, most: int) -> int:
        """How many there are; not more than `most` are counted."""
        return self._merged(Q(), order="-seq", most=most)[:most].count()

    def page(self, *, before: int | None = None, after: int | None = None, size: int = PAGE_SIZE) -> Page:
        """The page older than `before`, or newer than `after`, or the newest, with the count. Five queries."""
        found = self.stretch(before=before, after=after, size=size)
        return replace(found, count=self.count(COUNTED_TO + 1))

    def stretch(self, *, before: int | None = None, after: int | None = None, size: int) -> Page:
        """The same without the count. Four queries."""
        found = self.numbers(before=before, after=after, size=size + 1)
        has_more, found = len(found) > size, found[:size]
        numbers = found[::-1] if after is not None else found
        has_newer, has_older = (has_more, True) if after is not None else (before is not None, has_more)
        return Page(
            entries=entries_of(numbers),
            newer=numbers[0] if numbers and has_newer else None,
            older=numbers[-1] if numbers and has_older else None,
        )

    def _merged(self, beyond: Q, *, order: str, most: int) -> "QuerySet[Any, Any]":
        """SQLite merges streams in their order by itself; PostgreSQL sorts, so it is given no more than is wanted."""
        is_cut = len(self.streams) > 1 and connection.features.supports_slicing_ordering_in_compound
        rows = [one.filter(beyond).order_by().values_list("seq", flat=True) for one in self.streams]
        first, *others = [one.order_by(order)[:most] for one in rows] if is_cut else rows
        return first.union(*others, all=True) if others else first


def last_number() -> int:
    """The number of the newest entry; 0 before the first."""
    return AuditEvent.objects.order_by("-seq").values_list("seq", flat=True).first() or 0


def listing_of(scope: Scope, filters: LogFilters) -> Listing:
    """The entries in this scope that match."""
    parts = [part for part in scope.parts if not _is_elsewhere(part, filters)]
    if filters.actor and filters.type:
        return _of_actor_and_type(parts, filters)
    types = [Q(type=type) for type in types_of(filters.type)] if filters.type else [Q()]
    if len(parts) * len(types) > MOST_PARTS:
        types = [Q(type__in=types_of(filters.type))]
    rows = AuditEvent.objects.filter(conditions(filters))
    return Listing([rows.filter(part & type) for part in parts for type in types] or [AuditEvent.objects.none()])


def _of_actor_and_type(parts: list[Q], filters: LogFilters) -> Listing:
    """Of two indexes the one leads that finds few: that of a person's own entries, or, for a part of Slipway, that of
    the types. The other is written so that no index answers it; SQLite would take either."""
    types = types_of(filters.type)
    rows = AuditEvent.objects.alias(
        plain_actor=Concat("actor_ref", Value("")), plain_type=Concat("type", Value(""))
    ).filter(conditions(replace(filters, actor="")))
    if filters.actor in PARTS:
        leads, rest = [Q(type=type) for type in types], Q(plain_actor=filters.actor)
    else:
        leads, rest = [Q(actor_ref=filters.actor)], Q(plain_type__in=types)
    return Listing([rows.filter(part & lead & rest) for part in parts for lead in leads] or [AuditEvent.objects.none()])


def _is_elsewhere(part: Q, filters: LogFilters) -> bool:
    """Whether the part is of another project than the one asked for."""
    said: dict[str, Any] = dict(one for one in part.children if isinstance(one, tuple))
    of = said.get("project_id")
    return bool(filters.project and of is not None and of != filters.project.pk)
