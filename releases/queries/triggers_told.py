"""What makes a pipeline release by itself, in words: what it watches, what it leaves out, when it comes next.

Azure DevOps lists the triggers that are on; one that is switched off is not told of at all. Pure functions of rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from releases.models import Trigger
from releases.queries import schedules
from releases.queries.definition import ArtifactTold, Definition, mapping, mappings, text, texts
from releases.queries.schedules import Schedule
from releases.queries.sentences import DOES_NOT_SAY, NAMES, branch_name
from releases.queries.starting import listed
from releases.states import TriggerKind

NEXT = {
    TriggerKind.PUSH: "With the next push",
    TriggerKind.MODEL: "With the next version",
    TriggerKind.BUILD: "With the next build",
    TriggerKind.PULL_REQUEST: "With the next pull request",
    TriggerKind.CONTAINER: "With the next image",
    TriggerKind.PACKAGE: "With the next version",
}
WATCHED = {
    TriggerKind.PUSH: "Push to {name}",
    TriggerKind.MODEL: "A new version of {name}",
    TriggerKind.BUILD: "A new build of {name}",
    TriggerKind.CONTAINER: "A new image of {name}",
    TriggerKind.PACKAGE: "A new version of package {name}",
}
UNREADABLE = "A schedule that Slipway cannot read"
UNKNOWN = "A trigger of a kind that Slipway does not know"


@dataclass(frozen=True)
class TriggerTold:
    """One trigger: what it is called, in words; when it comes next (a time, or words for what it waits for)."""

    kind: TriggerKind
    alias: str
    name: str
    words: str
    next_at: datetime | None = None
    waits_for: str = ""

    @property
    def is_readable(self) -> bool:
        """Whether Slipway can tell when it acts."""
        return self.words not in {UNREADABLE, UNKNOWN}


def told(trigger: Trigger, definition: Definition, *, now: datetime) -> TriggerTold:
    """The trigger in words."""
    kind = TriggerKind(trigger.kind) if trigger.kind in NAMES else TriggerKind.UNKNOWN
    settings = mapping(trigger.settings)
    if kind is TriggerKind.SCHEDULE:
        return _scheduled(settings, now=now)
    name = _what(trigger.alias, definition, kind)
    words = _pull_request(settings, name, definition) if kind is TriggerKind.PULL_REQUEST else ""
    if kind in WATCHED:
        words = WATCHED[kind].format(name=name) + _filters(settings)
    label = NAMES[kind] if kind is not TriggerKind.UNKNOWN else "Unknown kind"
    return TriggerTold(kind, trigger.alias, label, words or UNKNOWN, waits_for=NEXT.get(kind, DOES_NOT_SAY))


def _scheduled(settings: Mapping[str, Any], *, now: datetime) -> TriggerTold:
    found, name = schedules.read(settings), NAMES[TriggerKind.SCHEDULE]
    if found is None:
        return TriggerTold(TriggerKind.SCHEDULE, "", name, UNREADABLE, waits_for="Not known")
    words = f"{found.short}, {found.zone}{_changes(settings)}"
    return TriggerTold(TriggerKind.SCHEDULE, "", name, words, next_at=_next(found, now))


def _next(schedule: Schedule, now: datetime) -> datetime | None:
    try:
        return schedule.next_after(now)
    except OverflowError:
        return None


def _changes(settings: Mapping[str, Any]) -> str:
    only = mapping(settings.get("schedule")).get("scheduleOnlyWithChanges")
    if only is None:
        return ""
    return ", only when something changed" if only is True else ", even if nothing changed"


def _what(alias: str, definition: Definition, kind: TriggerKind) -> str:
    """What the alias stands for, with the workspace of a model."""
    found = next((one for one in definition.artifacts if one.alias == alias), ArtifactTold(alias))
    name = found.name or found.alias or "an artifact without a name"
    return f"{name} in {found.where}" if found.where and kind is TriggerKind.MODEL else name


def _filters(settings: Mapping[str, Any]) -> str:
    """`, branch main, not users/*, tagged nightly`."""
    conditions = list(mappings(settings.get("triggerConditions")))
    branches = texts(settings.get("branchFilters")) + [text(one.get("sourceBranch")) for one in conditions]
    tags = texts(settings.get("tagFilters")) + [tag for one in conditions for tag in texts(one.get("tags"))]
    pattern = [text(mapping(one).get("pattern")) for one in mappings(settings.get("tagFilters"))]
    taken = _unique(branch_name(one.removeprefix("+")) for one in branches if one and not one.startswith("-"))
    left = _unique(branch_name(one.removeprefix("-")) for one in branches if one.startswith("-"))
    parts = [f"branch {listed(taken, last='or')}"] if taken else []
    parts += [f"not {listed(left, last='or')}"] if left else []
    marks = _unique(one for one in [*tags, *pattern] if one)
    parts += [f"tagged {listed(marks, last='or')}"] if marks else []
    return "".join(f", {part}" for part in parts)


def _pull_request(settings: Mapping[str, Any], name: str, definition: Definition) -> str:
    conditions = mappings(settings.get("triggerConditions"))
    into = _unique(branch_name(text(one.get("targetBranch"))) for one in conditions)
    into = [one for one in into if one]
    where = f"Into {listed(into, last='or')} of {name}" if into else f"Into any branch of {name}"
    reached = [stage.name for stage in definition.stages.values() if stage.takes_pull_requests and stage.name]
    if not definition.is_known:
        return where
    return f"{where}. Deploys {listed(reached)} only" if reached else f"{where}. No stage takes pull requests"


def _unique(words: "Sequence[str] | Any") -> list[str]:
    return list(dict.fromkeys(words))
