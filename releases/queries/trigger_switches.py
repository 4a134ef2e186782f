"""The triggers of a pipeline with those that are off, what a person saw of them, and what a change is in words.

Asked by the pipeline page, the action and the API. Reads rows only; delivery holds Azure's list against the same parts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from releases.models import Pipeline, PipelineRevision, Trigger
from releases.queries import triggers_told
from releases.queries.definition import Definition, mapping
from releases.queries.pipeline_snapshot import newest_definition
from releases.queries.schedules import Schedule
from releases.queries.snapshot import Seen
from releases.queries.trigger_edits import Branches, Steps, Timing, branches_of, first_trigger, timing_of
from releases.queries.trigger_entries import (
    SCHEDULE,
    SOURCE_REPO,
    Entry,
    alias_of,
    entries,
    is_whole,
    key_of,
    switched_off,
    type_of,
)
from releases.queries.triggers_told import TriggerTold
from releases.states import TriggerKind

LOOKED_BACK = 40
"""So many of the newest revisions are looked at for triggers that were switched off."""

ONE_FORM = {
    SCHEDULE: TriggerKind.SCHEDULE,
    SOURCE_REPO: TriggerKind.PUSH,
    "pullRequest": TriggerKind.PULL_REQUEST,
    "containerImage": TriggerKind.CONTAINER,
    "package": TriggerKind.PACKAGE,
}
OF_ARTIFACTS = {
    "ml": TriggerKind.MODEL,
    "container": TriggerKind.CONTAINER,
    "nuget": TriggerKind.PACKAGE,
    "build": TriggerKind.BUILD,
    "git": TriggerKind.PUSH,
}
"""What a trigger that is off is called, by a part of its artifact's type; one that is on has its kind stored."""

HAS_BRANCHES = frozenset({TriggerKind.PUSH, TriggerKind.BUILD})


@dataclass(frozen=True)
class Switch:
    """One trigger, on or off. `key` names it with these very settings; `at` is its place among those that are on.

    `alias` is the artifact it watches.
    """

    key: str
    kind: TriggerKind
    entry: Entry
    at: int | None = None
    alias: str = ""

    @property
    def is_on(self) -> bool:
        """Whether Azure has it now."""
        return self.at is not None

    @property
    def timing(self) -> Timing | None:
        """When it acts, of a schedule that can be read."""
        return timing_of(self.entry)

    @property
    def branches(self) -> Branches | None:
        """Its branches, where it is one that asks for them."""
        return branches_of(self.entry) if self.kind in HAS_BRANCHES else None

    @property
    def can_be_changed(self) -> bool:
        """Whether there is something to set; what is off is switched on first."""
        return self.is_on and is_whole(self.entry) and (self.branches is not None or self.timing is not None)

    @property
    def can_be_switched(self) -> bool:
        """Whether it can be put back as it was."""
        return is_whole(self.entry)


@dataclass(frozen=True)
class Switches:
    """All of a pipeline: first those that are on, in Azure's order."""

    rows: list[Switch] = field(default_factory=list)
    revision: int = 0
    definition: Definition = field(default_factory=Definition)

    def named(self, key: str) -> Switch | None:
        """The one with this key."""
        return next((one for one in self.rows if one.key == key), None)

    def told(self, switch: Switch, *, now: datetime, entry: Entry | None = None) -> TriggerTold:
        """The trigger in words, or what it would be with another entry."""
        return words_of(switch.kind, entry or switch.entry, self.definition, now=now, alias=switch.alias)


def switches_of(pipeline: Pipeline, *, definition: Definition | None = None) -> Switches:
    """As they stand now. Three queries, two where the definition was read before."""
    on = list(Trigger.objects.filter(pipeline=pipeline).order_by("pk"))
    definition = definition or newest_definition(pipeline)
    rows = [_switch(dict(mapping(row.settings)), _kind(row.kind), at=at, alias=row.alias) for at, row in enumerate(on)]
    off = switched_off(
        [*_history(pipeline), [one.entry for one in rows]],
        aliases=frozenset(one.alias for one in definition.artifacts),
    )
    types = {one.alias: one.type.lower() for one in definition.artifacts}
    rows += [_switch(one, _kind_of(one, types)) for one in off]
    rows += [_switch(one, _kind_of(one, types)) for one in _never_on(rows, definition)]
    return Switches(rows, pipeline.revision, definition)


def seen_of_triggers(pipeline: Pipeline, switches: Switches) -> Seen:
    """What a person saw: the revision, the triggers that are on, and those that could be put back."""
    return {
        "pipeline": pipeline.azure_id,
        "revision": switches.revision,
        "triggers": [one.entry for one in switches.rows if one.is_on],
        "kinds": [one.kind.value for one in switches.rows],
        "off": [one.entry for one in switches.rows if not one.is_on],
    }


def switches_seen(seen: Seen) -> list[Switch]:
    """The triggers of a snapshot."""
    on, off = entries(seen.get("triggers")), entries(seen.get("off"))
    kinds = [_kind(one) for one in seen.get("kinds", [])]
    return [
        _switch(entry, kind, at=at if at < len(on) else None)
        for at, (entry, kind) in enumerate(zip([*on, *off], kinds, strict=False))
    ]


def differences(before: Seen, after: Seen, *, now: datetime, definition: Definition) -> list[str]:
    """What is different, in words; nothing when all is as it was seen."""
    if all(before.get(part) == after.get(part) for part in ("pipeline", "revision", "triggers")):
        return []
    then, today = (
        {one.key: words_of(one.kind, one.entry, definition, now=now) for one in switches_seen(seen) if one.is_on}
        for seen in (before, after)
    )
    told = [f"{one.name} “{one.words}” is gone or changed" for key, one in then.items() if key not in today]
    told += [f"{one.name} “{one.words}” is new" for key, one in today.items() if key not in then]
    told.append(f"it is at revision {after.get('revision')} now, it was at {before.get('revision')}")
    return told


def words_of(kind: TriggerKind, entry: Entry, definition: Definition, *, now: datetime, alias: str = "") -> TriggerTold:
    """One entry in words. `alias`: where it is known beside the entry."""
    row = Trigger(kind=kind.value, alias=alias or alias_of(entry), settings=entry)
    return triggers_told.told(row, definition, now=now)


@dataclass(frozen=True)
class Difference:
    """One trigger before and after a change, in words."""

    name: str
    before: str
    after: str
    kind: TriggerKind


def changes_in_words(
    seen: Sequence[Switch], steps: Steps, definition: Definition, *, now: datetime
) -> list[Difference]:
    """What the steps change, trigger by trigger. One that is off says what it was before."""
    on = {one.at: one for one in seen if one.is_on}

    def of(kind: TriggerKind, entry: Entry) -> TriggerTold:
        return words_of(kind, entry, definition, now=now)

    told = []
    for at in steps.off:
        was = of(on[at].kind, on[at].entry)
        told.append(Difference(was.name, f"On: {was.words}", "Off", on[at].kind))
    for at, entry in steps.put.items():
        was, becomes = of(on[at].kind, on[at].entry), of(on[at].kind, entry)
        told.append(Difference(was.name, was.words, becomes.words, on[at].kind))
    kinds = {one.key: one.kind for one in seen}
    for entry in steps.add:
        kind = kinds.get(key_of(entry), TriggerKind.SCHEDULE)
        becomes = of(kind, entry)
        told.append(
            Difference(becomes.name, "Off" if key_of(entry) in kinds else "Not there", f"On: {becomes.words}", kind)
        )
    return told


def next_runs(schedule: Schedule, *, now: datetime, count: int = 3) -> list[datetime]:
    """The next times of a schedule."""
    found: list[datetime] = []
    moment = now
    while len(found) < count and (run := schedule.next_after(moment)) is not None:
        found.append(run)
        moment = run + timedelta(minutes=1)
    return found


def _history(pipeline: Pipeline) -> list[list[Entry]]:
    """The lists of triggers of earlier revisions, oldest first. The newest is told by the rows themselves."""
    rows = PipelineRevision.objects.filter(pipeline=pipeline, revision__lt=pipeline.revision).order_by("-revision")
    told: list[Any] = list(rows.values_list("document__triggers", flat=True)[:LOOKED_BACK])
    return [entries(one) for one in reversed(told)]


def _never_on(rows: Sequence[Switch], definition: Definition) -> list[Entry]:
    """For models and repositories that were never watched, what Azure DevOps makes of switching that on."""
    watched = {one.alias for one in rows if one.kind is not TriggerKind.PULL_REQUEST}
    found = (first_trigger(one) for one in definition.artifacts if one.alias not in watched)
    return [entry for entry in found if entry is not None]


def _switch(entry: Entry, kind: TriggerKind, *, at: int | None = None, alias: str = "") -> Switch:
    return Switch(key_of(entry), kind, entry, at, alias or alias_of(entry))


def _kind(word: str) -> TriggerKind:
    return TriggerKind(word) if word in set(TriggerKind) else TriggerKind.UNKNOWN


def _kind_of(entry: Entry, types: dict[str, str]) -> TriggerKind:
    """Of a trigger that is off."""
    if (known := ONE_FORM.get(type_of(entry))) is not None:
        return known
    type_ = types.get(alias_of(entry), "")
    return next((kind for part, kind in OF_ARTIFACTS.items() if part in type_), TriggerKind.UNKNOWN)
