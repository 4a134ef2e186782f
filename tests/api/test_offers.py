"""Versions on offer through the API: the question is left, the answer fetched; who may not create may not ask."""

import pytest
from django.test import Client

from releases.models import Command, Inquiry, Pipeline
from releases.queries import snapshot
from releases.states import Role
from tests import factories
from tests.api.conftest import V1, program_of
from tests.pages.offering import SHA, answered, made_company

pytestmark = pytest.mark.django_db


def address(pipeline: Pipeline) -> str:
    return f"pipelines/{pipeline.pk}/versions/"


def test_the_question_is_left_and_the_answer_comes_with_what_creating_needs() -> None:
    made = made_company()
    program = program_of(factories.user(role=Role.OPERATOR), "read:pipelines")
    first = program.get(address(made.pipeline))
    assert (first.status_code, first.headers["Retry-After"], first.json()["is_open"]) == (202, "1", True)
    program.get(address(made.pipeline))
    assert Inquiry.objects.count() == 1
    Inquiry.objects.all().delete()
    answered(made.pipeline)
    answer = program.get(address(made.pipeline))
    told = answer.json()
    assert answer.status_code == 200
    assert [one["id"] for one in told["artifacts"][0]["versions"]] == ["8", "7", "6"]
    assert told["stages"] == ["DEV TEST", "PROD"]
    assert snapshot.read(told["seen"])["revision"] == made.pipeline.revision


@pytest.mark.parametrize("role", [Role.QA, Role.MANAGER, Role.AUDITOR])
def test_who_may_not_create_may_not_ask(role: Role) -> None:
    made = made_company()
    answer = program_of(factories.user(role=role)).get(address(made.pipeline))
    assert (answer.status_code, answer.json()["code"]) == (403, "denied")
    assert not Inquiry.objects.exists()


def test_without_a_key_or_its_scope_or_its_project_there_is_nothing() -> None:
    made = made_company()
    operator = factories.user(role=Role.OPERATOR)
    assert Client().get(f"{V1}/{address(made.pipeline)}").status_code == 401
    assert program_of(operator, "read:releases").get(address(made.pipeline)).status_code == 403
    elsewhere = factories.user(role=Role.OPERATOR, project=factories.project())
    assert program_of(elsewhere).get(address(made.pipeline)).status_code == 404


def test_a_release_is_made_of_what_was_offered_and_a_draft_started() -> None:
    made = made_company()
    answered(made.pipeline)
    program = program_of(factories.user(role=Role.OPERATOR), "read", "act:commands")
    told = program.get(address(made.pipeline)).json()
    versions = {one["alias"]: one["versions"][0]["id"] for one in told["artifacts"]}
    body = {"kind": "create", "pipeline": made.pipeline.pk, "seen": told["seen"], "versions": versions}
    assert program.post("commands/", {**body, "versions": {"model": "99"}}, key="1").json()["code"] == "not_on_offer"
    answer = program.post("commands/", {**body, "manual_stages": ["PROD"], "is_draft": True}, key="2")
    assert (answer.status_code, answer.json()["kind"]) == (201, "create")
    assert Command.objects.get().payload["manual_stages"] == ["PROD"]
    draft = factories.release(pipeline=made.pipeline, status="draft")
    seen = program.get(f"releases/{draft.pk}/").json()["seen"]
    started = program.post("commands/", {"kind": "start", "release": draft.pk, "seen": seen}, key="3")
    assert (started.status_code, started.json()["kind"]) == (201, "start")


def test_a_pipeline_that_changed_is_told_with_what_changed() -> None:
    made = made_company()
    answered(made.pipeline)
    program = program_of(factories.user(role=Role.OPERATOR), "read", "act:commands")
    seen = program.get(address(made.pipeline)).json()["seen"]
    made.dev.conditions = []
    made.dev.save()
    versions = {"model": "8", "scaler": "1", "_code": SHA.format(3)}
    body = {"kind": "create", "pipeline": made.pipeline.pk, "seen": seen, "versions": versions}
    refused = program.post("commands/", body, key="1")
    assert (refused.status_code, refused.json()["code"]) == (409, "changed")
    assert "DEV TEST starts otherwise" in refused.json()["detail"]["changes"][0]
