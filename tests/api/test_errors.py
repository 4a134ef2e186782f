"""Every refusal and failure has one form, tells nothing of our insides, and keeps its headers."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError

from releases.api.views.history import Releases
from releases.errors import AzureNoAnswer, Conflict, Denied, Invalid
from releases.models import User
from tests.api.conftest import program_of

FORM = {"code", "sentence", "detail"}


def failing(error: Exception) -> Callable[..., Any]:
    """A view's rows that cannot be read."""

    def rows(*_arguments: object) -> Any:
        raise error

    return rows


CASES = [
    (Denied("Not you."), 403, "denied", "Not you."),
    (Conflict("Somebody was first.", code="taken"), 409, "taken", "Somebody was first."),
    (Invalid("Not so."), 400, "invalid", "Not so."),
    (AzureNoAnswer("Azure does not answer."), 502, "no_answer", "Azure does not answer."),
    (OperationalError("server closed the connection"), 503, "unavailable", "The database does not answer."),
    (OperationalError("database or disk is full"), 503, "database_full", "The database has no room left"),
]


@pytest.mark.parametrize(("error", "status", "code", "sentence"), CASES, ids=[case[2] for case in CASES])
def test_each_error_has_its_status_and_the_one_form(
    error: Exception, status: int, code: str, sentence: str, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Releases, "rows", failing(error))
    answer = program_of(user).get("releases/")
    assert (answer.status_code, set(answer.json()), answer.json()["code"]) == (status, FORM, code)
    assert answer.json()["sentence"].startswith(sentence)


def test_an_unexpected_error_tells_an_id_that_the_log_has_and_nothing_else(
    user: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(Releases, "rows", failing(KeyError("secret-canary")))
    answer = program_of(user).get("releases/")
    assert answer.status_code == 500
    assert b"canary" not in answer.content
    number = answer.json()["detail"]["id"]
    [record] = [record for record in caplog.records if number in record.getMessage()]
    assert record.exc_info is not None


@pytest.mark.parametrize("path", ["releases/0/", "releases/x/", "releases", "nothing/", f"releases/{10**30}/"])
def test_what_is_not_there_is_said_in_the_same_form(path: str, user: User) -> None:
    answer = program_of(user).get(path)
    assert (answer.status_code, set(answer.json())) == (404, FORM)


def test_who_asks_too_often_waits(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("releases.api.throttling.PerCaller.rate", "2/min")
    program, other = program_of(user), program_of(user)
    answers = [program.get("projects/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2].headers["Retry-After"]) <= 60
    assert set(answers[2].json()) == FORM
    assert other.get("projects/").status_code == 200
