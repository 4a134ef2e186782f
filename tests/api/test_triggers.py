"""Triggers through the API: told with those that are off, and changed by one command from what was seen."""

from typing import Any

import pytest
from django.test import Client

from releases.models import Command, Pipeline
from releases.queries.trigger_edits import Timing, timing_of
from releases.states import Role
from tests import factories
from tests.api.conftest import V1, program_of
from tests.pages.test_triggers import MODEL, MONDAYS, PUSH, WHY, made_pipeline

pytestmark = pytest.mark.django_db
NIGHTLY = {"days": [3, 0], "hour": 3, "minute": 15, "zone": "Asia/Tokyo"}


@pytest.fixture
def pipeline() -> Pipeline:
    return made_pipeline()


def address(pipeline: Pipeline) -> str:
    return f"pipelines/{pipeline.pk}/triggers/"


def wish(told: dict[str, Any], pipeline: Pipeline, *changes: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "trigger", "pipeline": pipeline.pk, "seen": told["seen"], "changes": list(changes), "reason": WHY}


def test_triggers_are_told_and_changed_all_at_once(pipeline: Pipeline) -> None:
    program = program_of(factories.user(role=Role.OPERATOR), "read", "act:commands")
    told = program.get(address(pipeline)).json()
    rows = [(one["kind"], one["is_on"], one["can_be_changed"], one["settings"]) for one in told["triggers"]]
    push, schedule, model = (
        ("push", True, True, PUSH),
        ("schedule", True, True, MONDAYS),
        ("model", False, False, MODEL),
    )
    assert (told["revision"], rows) == (31, [push, schedule, model])
    keys = [one["key"] for one in told["triggers"]]
    body = wish(
        told,
        pipeline,
        {"trigger": keys[0], "branches": {"taken": ["main", "release/*"]}},
        {"trigger": keys[1], "on": False},
        {"trigger": keys[2], "on": True},
        {"timing": NIGHTLY},
    )
    answer = program.post("commands/", body, key="one")
    assert answer.status_code == 201, answer.json()
    wanted = Command.objects.get().payload["wanted"]
    assert wanted[:2] == [{**PUSH, "branchFilters": ["+refs/heads/main", "+refs/heads/release/*"]}, MODEL]
    assert timing_of(wanted[2]) == Timing((0, 3), 3, 15, "Asia/Tokyo")


@pytest.mark.parametrize(
    "change",
    [
        {"timing": {**NIGHTLY, "zone": "Mars/Base"}},
        {"timing": {**NIGHTLY, "days": [7]}},
        {"trigger": "0" * 12, "on": False},
        {},
    ],
)
def test_what_makes_no_sense_is_refused(pipeline: Pipeline, change: dict[str, Any]) -> None:
    program = program_of(factories.user(role=Role.OPERATOR), "read", "act:commands")
    told = program.get(address(pipeline)).json()
    answer = program.post("commands/", wish(told, pipeline, change), key="one")
    assert answer.status_code in (400, 422), answer.json()
    assert not Command.objects.exists()


def test_who_reads_is_told_and_who_may_not_is_refused(pipeline: Pipeline) -> None:
    program = program_of(factories.user(role=Role.QA), "read", "act:commands")
    told = program.get(address(pipeline)).json()
    answer = program.post("commands/", wish(told, pipeline, {"timing": NIGHTLY}), key="one")
    assert (answer.status_code, answer.json()["code"]) == (403, "denied")
    assert Client().get(f"{V1}/{address(pipeline)}").status_code == 401
    elsewhere = factories.user(role=Role.OPERATOR, project=factories.project())
    assert program_of(elsewhere).get(address(pipeline)).status_code == 404
