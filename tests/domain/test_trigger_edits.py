"""Triggers are changed on Azure's own JSON: what is meant changes, everything else stays to the letter."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releases.errors import Invalid
from releases.queries.definition import ArtifactTold
from releases.queries.trigger_edits import (
    Branches,
    Steps,
    Timing,
    applied,
    branches_of,
    document_with,
    first_trigger,
    new_schedule,
    timing_of,
    with_branches,
    with_timing,
)
from releases.queries.trigger_entries import are_as_wanted, key_of, switched_off, type_of

PUSH = {"alias": "_code", "branchFilters": ["+refs/heads/main", "-refs/heads/docs/*"], "triggerType": "sourceRepo"}
TAGGED = {"sourceBranch": "refs/heads/main", "tags": ["nightly"], "tagFilter": None, "useBuildDefinitionBranch": False}
BUILD = {"artifactAlias": "_drop", "triggerConditions": [TAGGED, {"tags": ["x"]}], "triggerType": 1}
MODEL = {"artifactAlias": "_model", "triggerConditions": [], "triggerType": "artifactSource"}
PLAN = {
    "daysToRelease": "monday",
    "startHours": 11,
    "startMinutes": 0,
    "timeZoneId": "FLE Standard Time",
    "jobId": "7d1f",
    "scheduleOnlyWithChanges": True,
}
MONDAYS = {"schedule": PLAN, "triggerType": 2}
AT_NOON = Timing((0, 3), 12, 30, "Asia/Tokyo", only_changes=True)

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def written(document: Any) -> str:
    """As it is sent: with its order and every null."""
    return json.dumps(document)


@given(before=st.dictionaries(st.text(), values), after=st.dictionaries(st.text(), values), entries=st.data())
def test_everything_but_what_is_meant_stays_to_the_letter(before, after, entries):
    triggers = entries.draw(st.lists(st.dictionaries(st.text(), values, max_size=3), min_size=2, max_size=5))
    own = {"triggers": triggers, "comment": "before", "revision": 4}
    document = {**before, **own, **{key: value for key, value in after.items() if key not in own}}
    off, put = 0, {1: MODEL}
    saved = document_with(document, steps=Steps((off,), put, (PUSH,)), comment="ours", revision=4)
    assert list(saved) == list(document)
    assert written({**saved, "triggers": 0, "comment": 0}) == written({**document, "triggers": 0, "comment": 0})
    assert written(saved["triggers"]) == written([MODEL, *triggers[2:], PUSH])
    assert (saved["comment"], saved["revision"]) == ("ours", 4)


def test_a_real_definition_stays_as_it_is_but_for_its_triggers(samples: Path):
    told = json.loads((samples / "azure-devops" / "real" / "definition_list_expanded_1.json").read_bytes())
    document = told["value"][0]
    saved = document_with(document, steps=Steps(off=(0,), add=(PUSH,)), comment="ours", revision=document["revision"])
    assert saved["triggers"] == [PUSH]
    del saved["comment"]
    assert written({**saved, "triggers": 0}) == written({**document, "triggers": 0})
    assert [type_of(one) for one in document["triggers"]] == ["artifactSource"]


@given(entry=st.sampled_from([PUSH, BUILD, MODEL, MONDAYS]), at=st.integers(0, 2))
def test_off_and_on_again_is_the_entry_exactly_as_it_was(entry, at):
    others = [MODEL, PUSH]
    before = [*others[:at], entry, *others[at:]]
    without = applied(before, Steps(off=(at,)))
    back = switched_off([before, without], aliases=frozenset({"_code", "_drop", "_model"}))
    if entry in without:
        return
    assert written(back) == written([entry])
    again = applied(without, Steps(add=tuple(back)))
    assert sorted(map(written, again)) == sorted(map(written, before))
    assert switched_off([before, without, again], aliases=frozenset({"_code", "_drop", "_model"})) == []


@pytest.mark.parametrize(
    ("history", "off"),
    [
        ([[MONDAYS], [new_schedule(AT_NOON)]], []),
        ([[MONDAYS], [new_schedule(AT_NOON)], []], [new_schedule(AT_NOON)]),
        ([[PUSH], [], [{**PUSH, "branchFilters": []}]], []),
        ([[PUSH], [], [{**PUSH, "branchFilters": []}], []], [{**PUSH, "branchFilters": []}]),
        ([[{**PUSH, "alias": "_gone"}], []], []),
        ([[{"triggerType": "newKind"}], []], []),
        ([[]], []),
    ],
)
def test_what_is_off_is_what_went_and_was_not_changed(history, off):
    assert switched_off(history, aliases=frozenset({"_code"})) == off


@pytest.mark.parametrize(
    ("entry", "branches", "after"),
    [
        (PUSH, Branches(("main",), ("docs/*",)), PUSH["branchFilters"]),
        (PUSH, Branches(("main", "release/*")), ["+refs/heads/main", "+refs/heads/release/*"]),
        (PUSH, Branches((), ("users/*",)), ["-refs/heads/users/*"]),
        ({**PUSH, "branchFilters": []}, Branches(("main",)), ["+refs/heads/main"]),
        ({**PUSH, "branchFilters": ["main"]}, Branches(("main", "x")), ["main", "x"]),
        (PUSH, Branches(), []),
    ],
)
def test_branches_of_a_repository_keep_their_spelling(entry, branches, after):
    changed = with_branches(entry, branches)
    assert changed["branchFilters"] == after
    assert {**changed, "branchFilters": 0} == {**entry, "branchFilters": 0}
    assert branches_of(changed) == branches


def test_a_condition_that_stays_keeps_its_tags_and_one_without_a_branch_is_left_alone():
    changed = with_branches(BUILD, Branches(("main", "release/*"), ("users/*",)))["triggerConditions"]
    assert changed[:2] == BUILD["triggerConditions"]
    assert [one["sourceBranch"] for one in changed[2:]] == ["refs/heads/release/*", "-refs/heads/users/*"]
    assert with_branches(BUILD, Branches())["triggerConditions"] == [{"tags": ["x"]}]


@pytest.mark.parametrize(
    ("type_", "branch", "first"),
    [
        ("AzureML", "", {"artifactAlias": "_a", "triggerConditions": [], "triggerType": "artifactSource"}),
        ("Build", "", {"artifactAlias": "_a", "triggerConditions": [], "triggerType": "artifactSource"}),
        ("Git", "main", {"alias": "_a", "branchFilters": ["+refs/heads/main"], "triggerType": "sourceRepo"}),
        ("GitHub", "refs/heads/x", {"alias": "_a", "branchFilters": ["+refs/heads/x"], "triggerType": "sourceRepo"}),
        ("Git", "", {"alias": "_a", "branchFilters": [], "triggerType": "sourceRepo"}),
        ("Jenkins", "main", None),
    ],
)
def test_what_was_never_watched_has_a_first_trigger(type_, branch, first):
    assert first_trigger(ArtifactTold("_a", type_, branch=branch)) == first


def test_of_a_schedule_only_what_changes_is_written():
    was = timing_of(MONDAYS)
    assert was == Timing((0,), 11, 0, "Europe/Kiev", only_changes=True)
    assert written(with_timing(MONDAYS, was)) == written(MONDAYS)
    later = with_timing(MONDAYS, Timing((0,), 11, 30, was.zone, only_changes=True))
    assert written(later["schedule"]) == written({**PLAN, "startMinutes": 30})
    other = with_timing(MONDAYS, AT_NOON)["schedule"]
    assert other == {
        **PLAN,
        "daysToRelease": 9,
        "startHours": 12,
        "startMinutes": 30,
        "timeZoneId": "Tokyo Standard Time",
    }
    assert timing_of({"schedule": other, "triggerType": "schedule"}) == AT_NOON


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda: new_schedule(Timing((), 1, 1, "UTC")), "no_days"),
        (lambda: new_schedule(Timing((7,), 1, 1, "UTC")), "no_days"),
        (lambda: new_schedule(Timing((0,), 24, 1, "UTC")), "bad_time"),
        (lambda: new_schedule(Timing((0,), 1, 60, "UTC")), "bad_time"),
        (lambda: new_schedule(Timing((0,), 1, 1, "Mars/Base")), "bad_zone"),
        (lambda: new_schedule(Timing((0,), 1, 1, "../etc/passwd")), "bad_zone"),
        (lambda: with_branches(PUSH, Branches(("two words",))), "bad_branch"),
        (lambda: with_branches(PUSH, Branches(("",))), "bad_branch"),
        (lambda: with_branches(PUSH, Branches(("main",), ("main",))), "bad_branch"),
        (lambda: with_branches(PUSH, Branches(tuple(f"b{at}" for at in range(51)))), "too_many_branches"),
        (lambda: with_branches(MONDAYS, Branches(("main",))), "no_branches"),
    ],
)
def test_what_makes_no_sense_is_refused(change, code):
    with pytest.raises(Invalid) as refused:
        change()
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("found", "is_so"),
    [
        ([MONDAYS, MODEL], True),
        ([MODEL, {**MONDAYS, "triggerType": "schedule", "schedule": {**PLAN, "jobId": "of Azure", "more": 1}}], True),
        ([MODEL], False),
        ([MODEL, MONDAYS, PUSH], False),
        ([MODEL, {**MONDAYS, "schedule": {**PLAN, "startHours": 12}}], False),
    ],
)
def test_azure_may_fill_in_what_was_not_said_and_nothing_else(found, is_so):
    assert are_as_wanted(found, [MODEL, MONDAYS]) is is_so


@pytest.mark.parametrize(
    ("told", "word"), [(2, "schedule"), ("Schedule", "schedule"), ("new", "new"), (None, ""), (9, "9")]
)
def test_old_definitions_have_numbers(told, word):
    assert type_of({"triggerType": told}) == word


def test_a_key_names_a_trigger_with_its_settings():
    assert key_of(MONDAYS) == key_of(dict(reversed(MONDAYS.items())))
    assert key_of(MONDAYS) != key_of({**MONDAYS, "schedule": {**PLAN, "startHours": 12}})
