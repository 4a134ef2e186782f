"""Entries of the trail as people read them: who, what in a sentence, where. Pages, exports and the API show these.

Names are kept apart from the chain and can be erased; then an entry says so, and the sentence stays.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from releases.models import AuditEvent, AuditPrivate, Command, User
from releases.queries.audit_log.sentences import sentence_of
from releases.queries.audit_log.words import ERASED, PART_WORDS, VIA_WORDS, name_in
from releases.queries.commands.words import title


@dataclass(frozen=True)
class Entry:
    """One event, with the personal values that are still kept and the names of the accounts it speaks of."""

    event: AuditEvent
    body: Mapping[str, Any]
    private: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def seq(self) -> int:
        """Its number: what proofs name."""
        return self.event.seq

    @property
    def at(self) -> datetime:
        """When the database wrote it."""
        return self.event.ts

    @property
    def is_person(self) -> bool:
        """Whether a person did it, not Slipway by itself."""
        return bool(self.body.get("actor", {}).get("kind") == "user")

    @property
    def is_erased(self) -> bool:
        """Whether a person did it whose name was erased."""
        return self.is_person and "actor" not in self.private

    @property
    def who(self) -> str:
        """Who did it, by the name they had then."""
        if self.is_person:
            return name_in(self.private["actor"]) if "actor" in self.private else ERASED
        part = str(self.body.get("actor", {}).get("ref", ""))
        return f"Slipway ({PART_WORDS.get(part, part)})"

    @cached_property
    def sentence(self) -> str:
        """What happened."""
        return sentence_of(self.body, private=self.private, names=self.names)

    @property
    def source(self) -> str:
        """Through which door it came."""
        return VIA_WORDS.get(self.body.get("via", ""), str(self.body.get("via", "")))

    @property
    def project(self) -> str:
        """The project's name as it was then; empty for an entry of none."""
        return str(self.body.get("project", {}).get("name", ""))

    @property
    def object(self) -> str:
        """What it is about, as the filter of the log takes it; empty where it is about nothing by itself."""
        return f"{self.event.object_kind}:{self.event.object_id}" if self.event.object_kind else ""

    @property
    def link(self) -> str:
        """The hash that ties it to its place."""
        return bytes(self.event.link).hex()


def entries_of(numbers: Collection[int]) -> list[Entry]:
    """The entries with these numbers, in this order. Three queries."""
    events = AuditEvent.objects.in_bulk(list(numbers))
    return told([events[seq] for seq in numbers if seq in events])


def told(events: Iterable[AuditEvent]) -> list[Entry]:
    """These events with the names they speak of. Two queries, and one more where they tell of commands."""
    rows = list(events)
    bodies = {row.seq: read(row.body) for row in rows}
    private: dict[int, dict[str, str]] = {}
    for value in AuditPrivate.objects.filter(seq__in=bodies):
        private.setdefault(value.seq, {})[value.field] = value.value
    names = _names({subject for body in bodies.values() for subject in _subjects(body)})
    names |= _titles({row.object_id for row in rows if row.object_kind == "command"})
    return [Entry(row, bodies[row.seq], private.get(row.seq, {}), names) for row in rows]


def read(body: str) -> dict[str, Any]:
    """The body; an empty one where somebody changed it into what is none."""
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _subjects(body: Mapping[str, Any]) -> set[str]:
    """The accounts it speaks of beside the one that acted."""
    thing, changed = body.get("object", {}), body.get("change", {})
    found = {thing.get("id", "")} if thing.get("kind") == "user" else set()
    for name in ("owner", "user"):
        found |= {value for value in changed.get(name, []) if isinstance(value, str)}
    return found


def _titles(commands: Collection[str]) -> dict[str, str]:
    """What each of these commands asks for, by its id."""
    if not commands:
        return {}
    rows = Command.objects.filter(pk__in=commands).select_related("release", "release_stage", "pipeline", "workspace")
    return {str(row.pk): title(row) for row in rows}


def _names(subjects: Collection[str]) -> dict[str, str]:
    rows = User.objects.filter(subject__in=subjects)
    return dict(rows.values_list("subject", "name")) if subjects else {}
