"""Somebody switches triggers of a pipeline on or off, or changes when they act. Called by its pages and the API.

What is asked is kept as steps on the list that the person saw; delivery takes them on Azure's own JSON.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from releases.actions.acting import acting
from releases.actions.commands.asked import Asked
from releases.actions.commands.recording import Wish, reason_of, record, recorded_before
from releases.actions.commands.targets import locked_pipeline, triggers_target
from releases.actions.commands.unchanged import check_nothing_changed
from releases.audit import Actor
from releases.errors import Invalid
from releases.models import Command, Pipeline
from releases.policies.commands import check_can_change_triggers
from releases.queries.snapshot import Seen
from releases.queries.trigger_edits import Branches, Steps, Timing, applied, new_schedule, with_branches, with_timing
from releases.queries.trigger_entries import Entry
from releases.queries.trigger_switches import Switch, differences, seen_of_triggers, switches_of, switches_seen
from releases.states import CommandKind


@dataclass(frozen=True)
class Change:
    """What shall become of one trigger, named by its key; without a key, a schedule is added.

    `on` switches it; `branches` and `timing` set what it watches and when it acts.
    """

    trigger: str = ""
    on: bool | None = None
    branches: Branches | None = None
    timing: Timing | None = None


def change_triggers(
    pipeline: Pipeline,
    *,
    by: Actor,
    asked: Asked,
    seen: Seen,
    changes: Sequence[Change],
    reason: str,
    now: datetime | None = None,
) -> Command:
    """Ask to change triggers. `seen` is what the person saw (`trigger_switches.seen_of_triggers`).

    Raises Denied, Invalid (the reason; a trigger there is not; days, time, zone or branches that are none; nothing to
    change), Conflict (`changed` with what changed in the pipeline) and what `record` raises.
    """
    reason = reason_of(reason)
    with acting(by):
        row = locked_pipeline(pipeline)
        wish = _wish(row, seen=seen, changes=changes, reason=reason)
        known = recorded_before(wish, by=by, asked=asked)
        if known is not None:
            return known
        check_can_change_triggers(by, row)
        switches = switches_of(row)
        today = seen_of_triggers(row, switches)
        check_nothing_changed(row, differences(seen, today, now=now or timezone.now(), definition=switches.definition))
        return record(wish, by=by, asked=asked)


def steps_of(seen: Sequence[Switch], changes: Sequence[Change]) -> Steps:
    """The steps on the list of triggers. Raises Invalid."""
    by_key = {one.key: one for one in reversed(seen)}
    off: list[int] = []
    put: dict[int, Entry] = {}
    add: list[Entry] = []
    if len({one.trigger for one in changes if one.trigger}) < len([one for one in changes if one.trigger]):
        raise Invalid("Say once what shall become of a trigger.", code="twice")
    for change in changes:
        switch = _switch(by_key, change)
        if switch is None:
            add.append(_new(change))
        elif switch.at is None:
            add.append(_on(switch, change))
        elif change.on is False:
            off.append(switch.at)
        elif (entry := _changed(switch, change)) != switch.entry:
            put[switch.at] = entry
    if not (off or put or add):
        raise Invalid("Nothing would change.", code="nothing_changes")
    return Steps(tuple(off), put, tuple(add))


def _switch(by_key: dict[str, Switch], change: Change) -> Switch | None:
    if not change.trigger:
        return None
    found = by_key.get(change.trigger)
    if found is None:
        raise Invalid("The pipeline has no such trigger, or it changed. Look again.", code="no_trigger")
    if not found.can_be_switched:
        raise Invalid(
            "Slipway does not keep the whole of this trigger, since a part of it looks like a secret. Change it in "
            "Azure DevOps.",
            code="masked",
        )
    return found


def _new(change: Change) -> Entry:
    if change.timing is None or change.on is False or change.branches is not None:
        raise Invalid("A schedule needs its days, time and zone.", code="no_timing")
    return new_schedule(change.timing)


def _on(switch: Switch, change: Change) -> Entry:
    """Exactly as it was."""
    if change.on is not True or change.branches is not None or change.timing is not None:
        raise Invalid("This trigger is off. Switch it on first.", code="is_off")
    return switch.entry


def _changed(switch: Switch, change: Change) -> Entry:
    entry = switch.entry
    if change.branches is not None:
        if switch.branches is None:
            raise Invalid("This trigger does not ask for branches.", code="no_branches")
        entry = with_branches(entry, change.branches)
    if change.timing is not None:
        if switch.timing is None:
            raise Invalid("This trigger is no schedule that could be changed here.", code="no_schedule")
        entry = with_timing(entry, change.timing)
    return entry


def _wish(pipeline: Pipeline, *, seen: Seen, changes: Sequence[Change], reason: str) -> Wish:
    shown = switches_seen(seen)
    steps = steps_of(shown, changes)
    wanted = applied([one.entry for one in shown if one.is_on], steps)
    return Wish(
        kind=CommandKind.TRIGGER,
        project=pipeline.project,
        target=triggers_target(pipeline),
        payload={"definition": pipeline.azure_id, "steps": steps.kept, "wanted": wanted},
        pipeline=pipeline,
        seen=seen,
        reason=reason,
    )
