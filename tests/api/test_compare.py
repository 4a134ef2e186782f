"""The comparison of two releases: the same as the page, in words and verdicts, for whoever may see both."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from releases.models import Commit, ReleaseCommit
from releases.states import Role
from tests import factories
from tests.api.conftest import V1, Harbour, Program, harbour, program_of
from tests.pages.company import Company, company

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> Company:
    """Two releases of one pipeline."""
    return company()


@pytest.fixture
def program() -> Program:
    """A program that may read everything."""
    return program_of(factories.user(role=Role.AUDITOR))


def compared(program: Program, a: int, b: int) -> Any:
    return program.get("compare/", a=a, b=b)


def test_the_answer_holds_what_the_page_shows(made: Company, program: Program) -> None:
    person = factories.identity(name="Åsa Öberg")
    commit = Commit.objects.create(project=made.project, sha="e" * 40, author=person, web_url="javascript:alert(1)")
    ReleaseCommit.objects.create(release=made.waiting, commit=commit)
    told = compared(program, made.live.pk, made.waiting.pk).json()
    assert (told["a"]["name"], told["b"]["name"]) == ("Release-1", "Release-2")
    assert told["a"]["azure_id"] == made.live.azure_id and told["a"]["project"] == made.project.slug
    assert told["sentence"] == "1 of 2 artifacts differs. Scaler v1 is the same."
    groups = {group["key"]: group for group in told["groups"]}
    assert groups["artifacts"]["lines"][0] == {
        "name": "Model support-vector-classifier",
        "a": "v7",
        "b": "v8",
        "verdict": "changed",
        "change": "1 version newer",
    }
    assert [line["verdict"] for line in groups["artifacts"]["lines"]] == ["changed", "same"]
    [side] = told["commits"]["sides"]
    assert (side["release"], side["count"]) == (made.waiting.pk, 1)
    assert side["commits"][0]["author"]["name"] == "Åsa Öberg"
    assert side["commits"][0]["web_url"] is None
    assert told["commits"]["unknown"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, 400),
        ({"a": 1}, 400),
        ({"a": "x", "b": 2}, 400),
        ({"a": 0, "b": 2}, 400),
        ({"a": 2**63, "b": 2}, 400),
        ({"a": 7, "b": 7}, 400),
        ({"a": 1, "b": 2, "c": 3}, 400),
        ({"a": 999998, "b": 999999}, 404),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(given: dict[str, Any], code: int, program: Program) -> None:
    answer = program.get("compare/", **given)
    assert answer.status_code == code, answer.json()
    assert set(answer.json()) == {"code", "sentence", "detail"}


def test_another_projects_release_does_not_exist(made: Company) -> None:
    other = company(factories.project())
    stranger = program_of(factories.user(role=Role.ADMINISTRATOR, project=made.project))
    assert compared(stranger, made.live.pk, made.waiting.pk).status_code == 200
    assert compared(stranger, made.live.pk, other.live.pk).status_code == 404
    assert compared(stranger, other.live.pk, made.live.pk).status_code == 404


def test_a_key_for_releases_opens_it_and_no_other(made: Company, port: Harbour) -> None:
    for scope, code in (("read:releases", 200), ("read:approvals", 403)):
        narrow = program_of(factories.user(role=Role.QA), scope)
        assert compared(narrow, made.live.pk, made.waiting.pk).status_code == code


def test_the_cost_is_fixed(made: Company, program: Program) -> None:
    compared(program, made.live.pk, made.waiting.pk)
    with CaptureQueriesContext(connection) as asked:
        told = compared(program, made.live.pk, made.waiting.pk)
    assert told.status_code == 200
    assert len(asked) <= 20


def test_the_file_describes_it(program: Program) -> None:
    harbour()
    document = program.get("schema/", format="json").json()
    operation = document["paths"][f"{V1}/compare/"]["get"]
    assert [(one["name"], one["required"]) for one in operation["parameters"]] == [("a", True), ("b", True)]
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer["$ref"].endswith("/Comparison")
    line = document["components"]["schemas"]["ComparedLine"]["properties"]
    assert set(line) == {"name", "a", "b", "verdict", "change"}
