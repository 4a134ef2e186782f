"""The triggers of a definition as Azure's own JSON: which is which, what is equal, which were switched off. Pure.

Azure has no word for "off": a trigger that is off is not in the list, so what it was is found in earlier revisions.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import pairwise
from typing import Any

Entry = dict[str, Any]

SCHEDULE, SOURCE_REPO, ARTIFACT_SOURCE = "schedule", "sourceRepo", "artifactSource"
TYPES = ("undefined", ARTIFACT_SOURCE, SCHEDULE, SOURCE_REPO, "containerImage", "package", "pullRequest")
"""Azure's words by the numbers that old definitions have in their place."""

GIVEN_BY_AZURE = frozenset({"jobId"})
"""What Azure fills in when it saves."""

KEY_LENGTH = 12


def type_of(entry: Mapping[str, Any]) -> str:
    """Azure's word for the type, however it is spelled; what is unknown stays as it is."""
    told = entry.get("triggerType")
    if isinstance(told, int) and 0 <= told < len(TYPES):
        return TYPES[told]
    return next((word for word in TYPES if word.lower() == str(told).lower()), str(told or ""))


def alias_of(entry: Mapping[str, Any]) -> str:
    """The artifact it watches; none for a schedule."""
    return str(entry.get("artifactAlias") or entry.get("alias") or "")


def key_of(entry: Mapping[str, Any]) -> str:
    """What names this very trigger with these very settings: another one after every change."""
    return sha256(_canonical(entry).encode()).hexdigest()[:KEY_LENGTH]


def is_known(entry: Mapping[str, Any]) -> bool:
    """Whether it is of a type that can be told of and put back."""
    return type_of(entry) in TYPES[1:]


def is_whole(entry: Mapping[str, Any]) -> bool:
    """Whether it is kept as Azure has it: nothing in it was masked."""
    return "[masked]" not in _canonical(entry)


def entries(told: object) -> list[Entry]:
    """The entries of a definition's list, whatever that holds."""
    return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []


def are_as_wanted(found: Sequence[Entry], wanted: Sequence[Entry]) -> bool:
    """Whether Azure shows what was saved. It may have filled in what was not said."""
    left = list(found)
    for one in wanted:
        match = next((at for at, other in enumerate(left) if _says(other, one)), None)
        if match is None:
            return False
        del left[match]
    return not left


def switched_off(history: Sequence[Sequence[Entry]], *, aliases: frozenset[str]) -> list[Entry]:
    """What is off now and was on: `history` are the lists of triggers, oldest first, the last one holds now.

    Where as many came as went, they were changed and not switched off. `aliases`: the artifacts there are now.
    """
    off: dict[str, Entry] = {}
    for older, newer in pairwise(history):
        for one in _without(newer, older):
            off.pop(key_of(one), None)
            off = {key: other for key, other in off.items() if not _replaces(one, other)}
        for one in _gone(older, newer):
            off.pop(key_of(one), None)
            off[key_of(one)] = one
    return [one for one in off.values() if is_known(one) and (type_of(one) == SCHEDULE or alias_of(one) in aliases)]


def _gone(older: Sequence[Entry], newer: Sequence[Entry]) -> Iterator[Entry]:
    gone, came = _without(older, newer), [_identity(one) for one in _without(newer, older)]
    for one in gone:
        if _identity(one) in came:
            came.remove(_identity(one))
        else:
            yield one


def _without(some: Sequence[Entry], others: Sequence[Entry]) -> list[Entry]:
    keys = [key_of(one) for one in others]
    found = []
    for one in some:
        if key_of(one) in keys:
            keys.remove(key_of(one))
        else:
            found.append(one)
    return found


def _replaces(one: Entry, other: Entry) -> bool:
    """Of an artifact there is one trigger of a type; of schedules any number."""
    return type_of(one) != SCHEDULE and _identity(one) == _identity(other)


def _identity(entry: Entry) -> tuple[str, str]:
    return type_of(entry), alias_of(entry)


def _canonical(entry: Mapping[str, Any]) -> str:
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _says(found: Any, wanted: Any) -> bool:
    """Whether all that is wanted is there. What is wanted as nothing may be left out."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(_has(found, key, value) for key, value in wanted.items())
    if isinstance(wanted, list):
        same = isinstance(found, list) and len(found) == len(wanted)
        return same and all(_says(one, other) for one, other in zip(found, wanted, strict=True))
    return bool(found == wanted)


def _has(found: dict[str, Any], key: str, wanted: Any) -> bool:
    if key in GIVEN_BY_AZURE or (wanted is None and key not in found):
        return True
    if key == "triggerType":
        return type_of(found) == type_of({key: wanted})
    return key in found and _says(found[key], wanted)
