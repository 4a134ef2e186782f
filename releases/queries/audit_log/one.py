"""One entry of the trail with all its facts and its neighbours in the log. Asked by its page and the API."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from releases.models import AuditCheckpoint, User
from releases.queries.audit_log.entries import Entry, told
from releases.queries.audit_log.filters import LogFilters
from releases.queries.audit_log.listing import listing_of
from releases.queries.audit_log.scope import Scope, scope_of
from releases.queries.audit_log.words import KEY_WORDS, word_of

ELSEWHERE = frozenset({"actor", "change", "evidence", "object", "outcome", "project", "seq", "ts", "type", "v", "via"})
"""Keys of a body that the page shows in a form of their own."""
NAMES_ONLY = frozenset({"name", "name_after", "name_before", "reason", "said"})
"""Personal values that everybody who sees the entry may read; addresses are for who sees the whole trail."""


@dataclass(frozen=True)
class Whole:
    """The entry; `newer` and `older` are the numbers of its neighbours that the person sees too.

    `covered_by` is the first signed checkpoint that holds it.
    """

    entry: Entry
    newer: int | None
    older: int | None
    scope: Scope
    covered_by: AuditCheckpoint | None

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What else the body says, key by key in words."""
        known = [key for key in KEY_WORDS if key in self.entry.body]
        others = [key for key in self.entry.body if key not in KEY_WORDS and not key.endswith("_c")]
        return [(word_of(key), _said(self.entry.body[key])) for key in [*known, *others] if key not in ELSEWHERE]

    @property
    def changes(self) -> list[tuple[str, str, str]]:
        """Field, before, after."""
        found = self.entry.body.get("change", {})
        return [(word_of(name), _said(before), _said(after)) for name, (before, after) in found.items()]

    @property
    def evidence(self) -> list[tuple[str, str]]:
        """Name and SHA-256."""
        return [(one["name"], one["sha256"]) for one in self.entry.body.get("evidence", [])]

    @property
    def personal(self) -> list[tuple[str, str, str]]:
        """Each personal value the body commits to: its name, the commitment, and the value where it may be read."""
        found = [(key[:-2], value) for key, value in self.entry.body.items() if key.endswith("_c")]
        return [(word_of(name), commitment, self._value(name)) for name, commitment in found]

    def _value(self, name: str) -> str:
        if name not in self.entry.private:
            return "erased"
        if name in NAMES_ONLY or self.scope.is_whole:
            return self.entry.private[name]
        return "kept; only auditors and administrators of all projects read it"

    @property
    def hashes(self) -> list[tuple[str, str]]:
        """Leaf, the link before, its own link."""
        event = self.entry.event
        return [(name, bytes(getattr(event, name)).hex()) for name in ("leaf", "prev", "link")]


def whole_entry(user: User, seq: int) -> Whole | None:
    """The entry with this number; None where there is none or the person may not see it. Seven queries."""
    scope = scope_of(user)
    event = scope.events().filter(seq=seq).first()
    if event is None:
        return None
    [entry] = told([event])
    covered_by = AuditCheckpoint.objects.filter(size__gte=seq).order_by("size", "pk").first()
    return Whole(entry, *_around(scope, seq), scope, covered_by)


def _around(scope: Scope, seq: int) -> tuple[int | None, int | None]:
    """The numbers of the entries next to it, as the listing finds them."""
    listing = listing_of(scope, LogFilters())
    newer, older = listing.numbers(after=seq, size=1), listing.numbers(before=seq, size=1)
    return (newer[0] if newer else None), (older[0] if older else None)


def _said(value: Any) -> str:
    """A value of a body as people read it."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case str():
            return value or "empty"
        case list():
            return ", ".join(_said(one) for one in value) or "none"
        case Mapping():
            return ", ".join(f"{word_of(key).lower()} {_said(one)}" for key, one in value.items())
    return f"{value:,}" if isinstance(value, int) else json.dumps(value)
