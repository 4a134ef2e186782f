"""What makes a stage start, in words, from Azure's list of conditions. Pure; asked by the pipeline page and the API."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from releases.queries import schedules
from releases.queries.definition import mapping, mappings, text, texts, whole
from releases.queries.sentences import branch_name

RELEASE_STARTED = "releasestarted"
KINDS = {"1": "event", "2": "environmentstate", "4": "artifact"}
"""Old definitions have numbers for the kinds of conditions."""
STATES = {
    1: "was not started",
    2: "is running",
    4: "succeeded",
    8: "was canceled",
    16: "failed or was rejected",
    32: "is queued",
    64: "is scheduled",
    128: "partly succeeded",
}
"""Azure's flags for the state of a stage."""
BY_HAND = "By hand, when somebody deploys a release there"
BY_ITSELF = "By itself, when a release is created"


def starts(conditions: object, *, planned: Iterable[Mapping[str, Any]] = ()) -> list[str]:
    """Every condition as a sentence; what starts by none of them starts by hand. `planned`: the stage's schedules."""
    told = [(_kind(one), one) for one in mappings(conditions)]
    found = [BY_ITSELF for kind, one in told if kind == "event" and text(one.get("name")).lower() == RELEASE_STARTED]
    found += _after([one for kind, one in told if kind == "environmentstate"])
    found += [_on_schedule(one) for one in planned]
    begins = bool(found)
    found += [_carrying(one) for kind, one in told if kind == "artifact"]
    found += [_unknown(kind, one) for kind, one in told if not _is_known(kind, one)]
    return found if begins else [BY_HAND, *found]


def needed(conditions: object) -> list[str]:
    """The stages that must have ended first, by name."""
    return [text(one.get("name")) for one in mappings(conditions) if _kind(one) == "environmentstate"]


def _kind(told: Mapping[str, Any]) -> str:
    word = text(told.get("conditionType")).lower()
    return KINDS.get(word, word)


def _is_known(kind: str, told: Mapping[str, Any]) -> bool:
    is_start = kind == "event" and text(told.get("name")).lower() == RELEASE_STARTED
    return is_start or kind in {"environmentstate", "artifact"}


def _after(told: list[Mapping[str, Any]]) -> list[str]:
    """`After DEV and QA succeeded`: stages with the same states share them, all must hold."""
    by_states: dict[str, list[str]] = {}
    for one in told:
        by_states.setdefault(_states(one.get("value")), []).append(text(one.get("name")) or "a stage without a name")
    parts = [f"{listed(names)} {states}" for states, names in by_states.items()]
    return [f"After {', and '.join(parts)}"] if parts else []


def _states(value: object) -> str:
    """Words for a mask of states; Azure writes the number as text."""
    mask = whole(value)
    words = [word for flag, word in STATES.items() if mask & flag]
    if not words or mask & ~sum(STATES):
        return f"is in a state that Azure DevOps calls {text(value)[:40]}" if text(value) else "ended, however"
    return listed(words, last="or")


def _carrying(told: Mapping[str, Any]) -> str:
    """An artifact filter; its details are JSON within JSON."""
    alias = text(told.get("name")) or "an artifact"
    details = mapping(_unpacked(told.get("value")))
    branch = branch_name(text(details.get("sourceBranch")))
    tags = texts(details.get("tags"))
    limits = [f"from {branch}"] if branch else []
    limits += [f"tagged {listed(tags)}"] if tags else []
    return f"Only when {alias} comes {', '.join(limits)}" if limits else f"Only when its filter on {alias} fits"


def _unpacked(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return {}


def _on_schedule(told: Mapping[str, Any]) -> str:
    found = schedules.read(told)
    return f"On schedule: {found.sentence}" if found else "On a schedule that Slipway cannot read"


def _unknown(kind: str, told: Mapping[str, Any]) -> str:
    name = text(told.get("name")) or kind or "without a name"
    return f"Under a condition that Slipway does not know: {name[:60]}"


def listed(names: list[str], *, last: str = "and") -> str:
    """`A, B and C`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"
