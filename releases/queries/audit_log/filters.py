"""What the log can be narrowed by, and which index finds it. Used by the listing, its exports and the API."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from releases.audit import EVENTS, JSON, Outcome
from releases.models import AuditEvent, Project

GROUPS = {
    "sync": ("What was read", ("sync", "connection")),
    "people": ("People and roles", ("user", "invitation", "identity", "api_key", "legal_hold")),
    "sign-ins": ("Sign-ins", ("signin",)),
    "rules": ("Rules and bindings", ("artifact_rule", "endpoint_rule", "stage")),
    "commands": ("What was asked of Azure", ("command", "sending")),
    "flags": ("Do not promote", ("flag",)),
    "refusals": ("Refusals", ("action",)),
    "trail": ("The trail itself and exports", ("audit", "releases", "secrets")),
}
"""Types that belong together, by the first word of their names."""

CLOCK_MARGIN = 1_000
"""Numbers grow with time unless the database's clock is put back; so many entries around a period are looked into."""


@dataclass(frozen=True)
class LogFilters:
    """What the log is narrowed to; empty fields narrow nothing. `until` is exclusive; `type` may name a group."""

    type: str = ""
    outcome: str = ""
    actor: str = ""
    project: Project | None = None
    object: tuple[str, str] | None = None
    number: int | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_set(self) -> bool:
        """Whether anything is narrowed."""
        return any([self.type, self.outcome, self.actor, self.project, self.object, self.since, self.until]) or (
            self.number is not None
        )

    def in_words(self) -> dict[str, JSON]:
        """As an export notes it: what was asked for, nothing that was not."""
        asked: dict[str, Any] = {
            "type": self.type,
            "outcome": self.outcome,
            "actor": self.actor,
            "project": self.project.slug if self.project else "",
            "object": ":".join(self.object) if self.object else "",
            "number": self.number,
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
        }
        return {name: str(value) for name, value in asked.items() if value not in ("", None)}


def types_of(word: str) -> list[str]:
    """The types that a word stands for: those of a group, a type itself, or none."""
    if word in GROUPS:
        return sorted(type for type in EVENTS if type.partition(".")[0] in GROUPS[word][1])
    return [word] if word in EVENTS else []


def conditions(filters: LogFilters) -> Q:
    """What every entry must meet beside its type. Two small queries where a period is asked for."""
    found = _outcome(filters.outcome)
    if filters.actor:
        found &= Q(actor_ref=filters.actor)
    if filters.project:
        found &= Q(project_id=filters.project.pk)
    if filters.object:
        found &= Q(object_kind=filters.object[0], object_id=filters.object[1])
    if filters.number is not None:
        found &= Q(seq=filters.number)
    return found & _period(filters)


def _outcome(outcome: str) -> Q:
    """What went well is nearly everything, so no index leads there: said so that none is tried."""
    if outcome == Outcome.OK:
        return ~Q(outcome__in=[Outcome.DENIED, Outcome.ERROR])
    return Q(outcome=outcome) if outcome else Q()


def _period(filters: LogFilters) -> Q:
    """The period, and between which numbers it lies, so that a page of long ago costs what the newest does."""
    found = Q()
    if filters.since:
        first = _number(Q(ts__gte=filters.since), order=("ts", "seq"))
        found &= Q(ts__gte=filters.since, seq__gte=(first if first is not None else 2**62) - CLOCK_MARGIN)
    if filters.until:
        last = _number(Q(ts__lt=filters.until), order=("-ts", "-seq"))
        found &= Q(ts__lt=filters.until, seq__lte=(last or 0) + CLOCK_MARGIN)
    return found


def _number(where: Q, *, order: Collection[str]) -> int | None:
    return AuditEvent.objects.filter(where).order_by(*order).values_list("seq", flat=True).first()
