"""The OpenAPI file says what the API does: asked for all of it with made-up values, nothing answers otherwise."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth

from dashboard.wsgi import application
from releases.api.asking import KINDS
from releases.api.throttling import PerCaller
from releases.api.urls import NOUNS
from releases.models import User
from releases.states import Role
from tests import factories
from tests.api.conftest import V1, Harbour, program_of

pytestmark = pytest.mark.on_postgresql


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """Requests use the test's own connection, as those of Django's client do: it must outlive them."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def authorization(port: Harbour, _one_connection: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """The header of a key that reads everything, as often as it likes."""
    monkeypatch.setattr(PerCaller, "rate", "1000000/min")
    return str(program_of(factories.user(role=Role.AUDITOR))._client.defaults["HTTP_AUTHORIZATION"])


@pytest.fixture(scope="module")
def known() -> dict[str, Any]:
    """What was described before; the file is the same for everybody."""
    return {}


@pytest.fixture
def described(authorization: str, known: dict[str, Any]) -> Any:
    """The API as its own file describes it."""
    if not known:
        headers = {"Authorization": authorization}
        known["api"] = schemathesis.openapi.from_wsgi(f"{V1}/schema/?format=json", application, headers=headers)
    return known["api"]


@pytest.mark.parametrize("examples", [8, pytest.param(200, marks=pytest.mark.soak)])
@pytest.mark.parametrize("noun", NOUNS)
@pytest.mark.parametrize("rest", ["", "{id}/"])
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_answer_is_as_described(
    noun: str, rest: str, mode: GenerationMode, examples: int, described: Any, authorization: str
) -> None:
    operation = described[f"{V1}/{noun}/{rest}"]["GET"]
    left_out: list[Any] = []

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        if mode == GenerationMode.POSITIVE:
            case.query.pop("cursor", None)  # opaque: made-up ones are refused, which test_pages holds
        headers = {"Authorization": authorization, "Accept-Encoding": "identity"}
        answer = case.call_and_validate(headers=headers, excluded_checks=left_out)
        if answer.status_code == 200:  # it was asked again without a key and with a wrong one: once is enough
            left_out[:] = [ignored_auth]

    ask()


def test_the_file_is_valid_and_complete(administrator: User, capsys: pytest.CaptureFixture[str]) -> None:
    document = factories.browser_of(administrator).get(f"{V1}/schema/?format=json").json()
    validate_schema(document)
    wanted = {f"{V1}/{noun}/{rest}" for noun in NOUNS for rest in ("", "{id}/")}
    acts = {f"{V1}/commands/{{id}}/{act}/" for act in ("take-back", "check-again")}
    of_pipelines = {f"{V1}/pipelines/{{id}}/{path}/" for path in ("versions", "triggers")}
    assert set(document["paths"]) == wanted | acts | of_pipelines | {
        f"{V1}/{path}" for path in ("compare/", "search/", "logs/{id}/lines/", "logs/{id}/search/")
    }
    assert set(document["components"]["schemas"]["Ask"]["discriminator"]["mapping"]) == set(KINDS)
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    assert "Warning" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("application/yaml", "application/yaml"),
        ("application/json", "application/json"),
        ("*/*", "application/vnd.oai"),
    ],
)
def test_the_file_comes_as_yaml_or_json(accept: str, form: str, administrator: User) -> None:
    answer = factories.browser_of(administrator).get(f"{V1}/schema/", headers={"accept": accept})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith(form)


@pytest.mark.django_db
def test_the_file_needs_a_sign_in() -> None:
    assert Client().get(f"{V1}/schema/").status_code == 401


def test_the_page_shows_every_address_parameter_and_form(administrator: User) -> None:
    page = factories.browser_of(administrator).get("/api/").content.decode()
    document = factories.browser_of(administrator).get(f"{V1}/schema/?format=json").json()
    for path, operations in document["paths"].items():
        assert path in page
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                assert f"<code>{parameter['name']}</code>" in page
    targets, anchors = set(re.findall(r'href="#(\w+)"', page)) - {"main"}, set(re.findall(r'id="(\w+)"', page))
    assert {"Release", "ReleaseWhole", "Attempt", "Step", "AskToDeploy", "AskToAbandon"} <= targets <= anchors
