"""Triggers of a pipeline are changed once, on Azure's own JSON, under the revision somebody saw; never over others."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from releases.actions.commands.asked import Asked
from releases.actions.triggers import Change, change_triggers
from releases.delivery.crash import Point
from releases.errors import Conflict, Denied, Invalid
from releases.models import Command, Pipeline, PipelineRevision, Project, Trigger, User
from releases.queries.trigger_edits import Branches, Timing, document_with
from releases.queries.trigger_switches import Switch, seen_of_triggers, switches_of
from releases.states import CommandState, Role, TriggerKind
from releases.sync.connections import Calls
from tests import factories
from tests.company import Company
from tests.delivery.acting import carried, operator, path, trail_is_whole
from tests.delivery.making import delivered_by_another, make, pipeline_of

pytestmark = pytest.mark.on_sqlite

WHY = "No releases while the port is closed"
NIGHTLY = Timing((0, 2), 3, 15, "Asia/Tokyo")


@pytest.fixture
def pipeline(project: Project, company: Company) -> Iterator[Pipeline]:
    """A pipeline with triggers of several kinds, which it has again afterwards."""
    found = pipeline_of(project)
    triggers = document_of(found)["triggers"]
    yield found
    company.heal()
    saved_by_a_colleague(company, found, triggers=triggers)


def document_of(pipeline: Pipeline) -> dict[str, Any]:
    """As Azure has it."""
    with Calls(pipeline.project.organization, width=1) as calls:
        found = calls.here().definition_document(pipeline.project.azure_id, pipeline.azure_id)
        calls.here().close()
    return found


def switch(pipeline: Pipeline, kind: TriggerKind, *, is_on: bool = True) -> Switch:
    return next(one for one in switches_of(pipeline).rows if one.kind == kind and one.is_on is is_on)


def ask(pipeline: Pipeline, *changes: Change, by: User | None = None, key: str = "", **more: Any) -> Command:
    """Ask for it, as the page does."""
    given = {"seen": seen_of_triggers(pipeline, switches_of(pipeline)), "reason": WHY, **more}
    return change_triggers(pipeline, by=by or operator(), asked=Asked(key=key or uuid4().hex), changes=changes, **given)


def off(pipeline: Pipeline, kind: TriggerKind = TriggerKind.SCHEDULE) -> Change:
    return Change(switch(pipeline, kind).key, on=False)


def rest(document: dict[str, Any]) -> dict[str, Any]:
    ours = ("triggers", "comment", "revision", "modifiedOn", "modifiedBy")
    return {key: value for key, value in document.items() if key not in ours}


def saves(company: Company, pipeline: Pipeline) -> int:
    return sum(count for name, count in company.effects().items() if name.startswith("update-definition"))


def saved_by_a_colleague(company: Company, pipeline: Pipeline, **changed: Any) -> None:
    company.act("save", body={**document_of(pipeline), "comment": "by hand", **changed}, by="Ayla Demir")


def test_off_and_on_again_leaves_the_pipeline_as_it_was(pipeline, company):
    before, schedule = document_of(pipeline), switch(pipeline, TriggerKind.SCHEDULE)
    command = carried(ask(pipeline, off(pipeline)))
    assert path(command) == ["authorised", "sending", "confirmed done"]
    without = document_of(pipeline)
    assert without["triggers"] == [one for one in before["triggers"] if one != schedule.entry]
    assert rest(without) == rest(before)
    assert [key for key in without if key in before] == list(before)
    assert command.marker in without["comment"] and WHY in without["comment"]
    pipeline.refresh_from_db()
    assert command.result == {"revision": pipeline.revision} == {"revision": without["revision"]}
    assert not Trigger.objects.filter(pipeline=pipeline, kind=TriggerKind.SCHEDULE).exists()
    assert PipelineRevision.objects.get(pipeline=pipeline, revision=pipeline.revision).comment == without["comment"]
    back = switch(pipeline, TriggerKind.SCHEDULE, is_on=False)
    carried(ask(pipeline, Change(back.key, on=True)))
    again = document_of(pipeline)
    assert schedule.entry in again["triggers"] and len(again["triggers"]) == len(before["triggers"])
    assert rest(again) == rest(before)
    assert trail_is_whole()


def test_a_schedule_and_branches_are_changed_and_a_schedule_is_added_at_once(pipeline, company):
    push, schedule = switch(pipeline, TriggerKind.PUSH), switch(pipeline, TriggerKind.SCHEDULE)
    changes = [
        Change(schedule.key, timing=NIGHTLY),
        Change(push.key, branches=Branches(("main", "release/*"), ("users/*",))),
        Change(timing=Timing((5,), 7, 0, "UTC")),
    ]
    carried(ask(pipeline, *changes))
    pipeline.refresh_from_db()
    rows = [one for one in switches_of(pipeline).rows if one.is_on]
    timings = [one.timing for one in rows if one.timing]
    assert NIGHTLY in timings and Timing((5,), 7, 0, "UTC") in timings
    assert Branches(("main", "release/*"), ("users/*",)) in [one.branches for one in rows]


@pytest.mark.parametrize(("fault", "sends"), [("apply_then_drop", 1), ("unavailable", 2)])
def test_a_lost_answer_is_read_back_and_saves_once(pipeline, company, fault, sends):
    command = ask(pipeline, Change(timing=NIGHTLY))
    company.fault("definitions.update", kind=fault, times=1)
    carried(command, seconds=40)
    assert (command.state, command.sends, saves(company, pipeline)) == ("confirmed", sends, 1)


def test_a_worker_that_dies_after_the_save_does_not_save_again(pipeline, company):
    command = ask(pipeline, Change(timing=NIGHTLY))
    assert delivered_by_another(SLIPWAY_CRASH_AT=Point.APPLIED) == -9
    carried(command, seconds=40)
    assert (command.state, saves(company, pipeline)) == ("confirmed", 1)


def test_a_pipeline_somebody_saved_before_is_not_touched(pipeline, company):
    command = ask(pipeline, off(pipeline, TriggerKind.PUSH))
    saved_by_a_colleague(company, pipeline, description="another one")
    carried(command)
    assert (command.state, command.code, saves(company, pipeline)) == ("refused", "stale", 0)
    assert "Ayla Demir changed" in command.sentence and "revision" in command.sentence
    pipeline.refresh_from_db()
    assert pipeline.description == "another one", "what was read is stored at once"


def test_a_lock_that_is_refused_ends_as_refused_and_is_not_tried_again(pipeline, company, monkeypatch):
    command = ask(pipeline, off(pipeline, TriggerKind.PUSH))
    at_the_last_moment(monkeypatch, lambda: saved_by_a_colleague(company, pipeline))
    carried(command)
    assert (command.state, command.code, command.sends) == ("refused", "rejected_by_azure", 1)
    assert "old copy" in command.sentence and "Ayla Demir changed" in command.sentence
    assert switch(pipeline, TriggerKind.PUSH)


def at_the_last_moment(monkeypatch: pytest.MonkeyPatch, what: Any) -> None:
    """Between the last look and the save."""
    monkeypatch.setattr(
        "releases.delivery.kinds.trigger.document_with",
        lambda document, **more: (what(), document_with(document, **more))[1],
    )


def test_a_colleague_who_set_the_same_is_named(pipeline, company):
    command = ask(pipeline, off(pipeline, TriggerKind.PUSH))
    company.fault("definitions.update", kind="unavailable", times=0)
    carried(command, until=CommandState.UNKNOWN)
    saved_by_a_colleague(company, pipeline, triggers=command.payload["wanted"])
    company.heal()
    carried(command)
    assert (command.state, command.code) == ("superseded", "same_result_by")
    assert command.sentence.startswith("Ayla Demir")


def test_a_colleague_who_set_others_makes_it_a_conflict(pipeline, company):
    command = ask(pipeline, Change(timing=NIGHTLY))
    company.fault("definitions.update", kind="unavailable", times=0)
    carried(command, until=CommandState.UNKNOWN)
    saved_by_a_colleague(company, pipeline)
    company.heal()
    carried(command)
    assert (command.state, command.code, command.sends) == ("conflict", "target_changed", 1)


def test_a_missing_permission_holds_it_until_it_is_there(pipeline, company):
    command = ask(pipeline, Change(timing=NIGHTLY))
    company.fault("definitions.update", kind="forbidden", times=0)
    carried(command, until=CommandState.HELD)
    assert command.code == "permission_missing"
    company.heal()
    Command.objects.filter(pk=command.pk).update(due_at=command.asked_at)
    assert carried(command).state == "confirmed"


def test_a_restored_backup_does_not_save_again(pipeline, company):
    command = ask(pipeline, Change(timing=NIGHTLY))
    held = Command.objects.filter(pk=command.pk).values().get()
    carried(command)
    assert (command.state, saves(company, pipeline)) == ("confirmed", 1)
    seen = {**held["snapshot"], "revision": held["snapshot"]["revision"]}
    again = Command.objects.filter(pk=command.pk)
    again.update(state="authorised", code="", ended_at=None, sends=0, sent_at=None, first_sent_at=None, snapshot=seen)
    Command.objects.filter(pk=command.pk).update(due_at=command.asked_at)
    carried(command, seconds=40)
    assert (command.state, saves(company, pipeline)) == ("confirmed", 1)


def test_a_form_that_is_sent_twice_is_one_command_however_far_it_came(pipeline, company):
    by, change, seen = operator(), off(pipeline, TriggerKind.MODEL), seen_of_triggers(pipeline, switches_of(pipeline))
    first = ask(pipeline, change, by=by, key="once", seen=seen)
    assert ask(pipeline, change, by=by, key="once", seen=seen) == first
    carried(first)
    assert ask(pipeline, change, by=by, key="once", seen=seen) == first
    with pytest.raises(Conflict, match="changed since you looked") as refused:
        ask(pipeline, change, by=by, seen=seen)
    assert refused.value.code == "changed"
    assert "New model version" in refused.value.sentence and "is gone or changed" in refused.value.sentence


def test_triggers_and_a_release_are_asked_for_side_by_side_and_triggers_once(pipeline, company):
    ask(pipeline, Change(timing=NIGHTLY), by=factories.user(role=Role.OPERATOR, name="Ada Berg"))
    make(pipeline)
    with pytest.raises(Conflict, match=r"asked for already, at \d\d:\d\d by Ada Berg"):
        ask(pipeline, Change(timing=NIGHTLY))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ([], "nothing_changes"),
        ([Change("unknown", on=False)], "no_trigger"),
        ([Change(on=True)], "no_timing"),
        ([Change(timing=Timing((), 1, 1, "UTC"))], "no_days"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_is_recorded(pipeline, changes, code):
    with pytest.raises(Invalid) as refused:
        ask(pipeline, *changes)
    assert (refused.value.code, Command.objects.count()) == (code, 0)


def test_what_does_not_fit_a_trigger_is_refused(pipeline):
    push, schedule = switch(pipeline, TriggerKind.PUSH), switch(pipeline, TriggerKind.SCHEDULE)
    for change, code in (
        (Change(push.key, timing=NIGHTLY), "no_schedule"),
        (Change(schedule.key, branches=Branches(("main",))), "no_branches"),
        (Change(push.key, branches=push.branches), "nothing_changes"),
    ):
        with pytest.raises(Invalid) as refused:
            ask(pipeline, change)
        assert refused.value.code == code
    with pytest.raises(Invalid, match="reason of at least 10"):
        ask(pipeline, off(pipeline), reason="short")


@pytest.mark.parametrize("role", [Role.QA, Role.MANAGER, Role.AUDITOR])
def test_only_those_who_operate_change_triggers(project, role):
    pipeline = factories.pipeline(project=project)
    with pytest.raises(Denied, match="operators and administrators can"):
        ask(pipeline, Change(timing=NIGHTLY), by=factories.user(role=role))


@pytest.mark.parametrize(("fields", "code"), [({"gone_at": factories.NOON}, "gone"), ({"revision": 0}, "not_read")])
def test_a_pipeline_that_is_gone_or_was_not_read_has_no_triggers_to_change(project, fields, code):
    with pytest.raises(Denied) as refused:
        ask(factories.pipeline(project=project, **fields), Change(timing=NIGHTLY))
    assert refused.value.code == code
