"""What a stage waits for, from Azure's list of its conditions. Pure functions of rows already read."""

from collections.abc import Mapping, Sequence
from typing import Any

from releases.models import Stage


def needed_stages(conditions: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The stages that must have ended well first, by name (Azure's `environmentState` conditions)."""
    found = [c for c in conditions if str(c.get("conditionType", "")).lower() in {"environmentstate", "2"}]
    return tuple(str(condition.get("name", "")) for condition in found)


def starts_with_release(conditions: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the stage starts by itself as soon as a release is made."""
    return any(str(condition.get("name", "")) == "ReleaseStarted" for condition in conditions)


def stage_before(stage: Stage, earlier: Sequence[Stage]) -> Stage | None:
    """The stage this one follows, of those that stand before it: the last that its conditions name (decision 8).

    A stage started by hand follows its neighbour; one that starts with the release follows none.
    """
    needed = set(needed_stages(stage.conditions))
    if not needed and starts_with_release(stage.conditions):
        return None
    return next((one for one in reversed(earlier) if not needed or one.name in needed), None)
