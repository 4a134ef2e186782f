"""Versions on offer through the API: the question is left, the answer fetched; who may not create may not ask."""

import pytest
from django.test import Client

from releases.models import Inquiry, Pipeline
from releases.queries import snapshot
from releases.states import Role
from tests import factories
from tests.api.conftest import V1, program_of
from tests.pages.offering import answered, made_company

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
