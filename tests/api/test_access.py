"""Who may ask what, for every address of the API as its URLconf lists them: a new one without a rule fails here."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from releases.api.urls import NOUNS, urlpatterns
from releases.policies import scopes
from releases.states import Role
from tests import factories
from tests.api.conftest import V1, Harbour, harbour, program_of

pytestmark = pytest.mark.on_sqlite

QUESTIONS = {"search": "?q=release", "logs-search": "?q=failed"}
BELOW_LOGS = ("logs-lines", "logs-search")
"""What an address cannot be asked without."""

OWN = {"versions-on-offer", "triggers"}
"""Addresses with rules of their own: tests/api/test_offers.py and test_triggers.py."""

ACTS = {"commands-take-back", "commands-check-again", "commands-send-again", "commands-close"}
"""What is done with one command: POST alone."""

UNSAFE = ("post", "put", "patch", "delete")


def addresses(port: Harbour) -> Iterator[tuple[str, str]]:
    """(name, path) of every address, filled in with the ids of this project."""
    for pattern in urlpatterns:
        name = str(pattern.name)
        if name in OWN:
            continue
        noun = "logs" if name in BELOW_LOGS else "commands" if name in ACTS else name.removesuffix("-detail")
        pk = str(port.ids.get(noun))
        path = f"{V1}/{pattern.pattern}".replace("<int:pk>", pk).replace("<uuid:pk>", pk)
        path = path.replace("^(?P<rest>.*)$", "elsewhere")
        yield name, path + QUESTIONS.get(name, "")


def expected(name: str) -> int:
    """What whoever may read everything is answered; a comparison is asked for without naming any release."""
    return 405 if name in ACTS else {"not-here": 404, "compare": 400}.get(name, 200)


def test_the_matrix_covers_every_noun_with_list_and_detail() -> None:
    names = {str(pattern.name) for pattern in urlpatterns}
    assert names == {
        *NOUNS,
        *(f"{noun}-detail" for noun in NOUNS),
        "schema",
        "not-here",
        "compare",
        "search",
        *BELOW_LOGS,
        *OWN,
        *ACTS,
    }
    assert set(NOUNS) == set(scopes.NOUNS)


@pytest.mark.django_db
def test_nobody_reads_anything_without_a_key_or_a_session(port: Harbour) -> None:
    for name, path in addresses(port):
        answer = Client().post(path) if name in ACTS else Client().get(path)
        assert answer.status_code == 401, name
        assert answer.headers["WWW-Authenticate"].startswith("Bearer"), name


def ids(noun: str, answer: Any) -> list[int]:
    """The rows of the list; of the trail those of sync runs: keys and commands leave entries too."""
    return [row["id"] for row in answer.json()["results"] if noun != "audit" or row["type"] == "sync.run"]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("is_everywhere", [True, False])
@pytest.mark.django_db
def test_every_role_reads_everything_of_its_project(role: Role, is_everywhere: bool, port: Harbour) -> None:
    person = factories.user(role=role, project=None if is_everywhere else port.project)
    for client in (factories.browser_of(person), program_of(person)._client):
        for name, path in addresses(port):
            answer = client.get(path)
            assert answer.status_code == expected(name), name
            assert answer.headers["Cache-Control"] == "no-store", name
            if name in NOUNS:
                assert ids(name, answer) == [port.ids[name]], name


@pytest.mark.django_db
def test_another_projects_rows_do_not_exist(port: Harbour) -> None:
    other = harbour()
    stranger = factories.browser_of(factories.user(role=Role.ADMINISTRATOR, project=port.project))
    for name, path in addresses(other):
        answer = stranger.get(path)
        if name.endswith("-detail") or name in BELOW_LOGS:
            assert answer.status_code == 404, name
        elif name in NOUNS:
            assert ids(name, answer) == [port.ids[name]], name


@pytest.mark.django_db
def test_another_projects_rows_are_not_reached_by_filters(port: Harbour) -> None:
    other = harbour()
    stranger = factories.browser_of(factories.user(role=Role.QA, project=port.project))
    for question in (
        f"releases/?pipeline={other.ids['pipelines']}",
        f"releases/?project={other.project.slug}",
        f"deployments/?release={other.ids['releases']}",
        f"approvals/?pipeline={other.ids['pipelines']}",
        f"model-versions/?training_run={other.ids['training-runs']}",
        f"pipelines/?project={other.project.slug}",
        f"sync-runs/?project={other.project.slug}",
        f"endpoint-checks/?endpoint={other.ids['endpoints']}",
        f"health-samples/?endpoint={other.ids['endpoints']}",
        f"endpoint-rules/?project={other.project.slug}",
        f"drifts/?project={other.project.slug}",
    ):
        assert stranger.get(f"{V1}/{question}").json()["results"] == [], question


@pytest.mark.django_db
def test_who_has_no_role_sees_nothing(port: Harbour) -> None:
    client = factories.browser_of(factories.user())
    for name, path in addresses(port):
        answer = client.get(path)
        if name.endswith("-detail") or name in BELOW_LOGS:
            assert answer.status_code == 404, name
        elif name in NOUNS:
            assert answer.json()["results"] == [], name


@pytest.mark.django_db
def test_a_role_taken_away_is_gone_on_the_next_request(port: Harbour) -> None:
    person = factories.user(role=Role.QA)
    program = program_of(person)
    assert program.get("releases/").json()["results"]
    person.memberships.all().delete()
    assert program.get("releases/").json()["results"] == []


@pytest.mark.parametrize("noun", scopes.NOUNS)
@pytest.mark.django_db
def test_a_narrow_key_opens_its_noun_only(noun: str, port: Harbour) -> None:
    person = factories.user(role=Role.QA)
    narrow = program_of(person, f"read:{noun}")
    others = program_of(person, *(f"read:{other}" for other in scopes.NOUNS if other != noun))
    for name, path in addresses(port):
        if is_read_by(noun, name):
            assert narrow._client.get(path).status_code == expected(name), name
            refused = others._client.get(path)
            assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing"), name


@pytest.mark.django_db
def test_a_key_without_the_noun_opens_nothing_of_it(port: Harbour) -> None:
    narrow = program_of(factories.user(role=Role.QA), "read:sync-runs")
    for name, path in addresses(port):
        if name not in {"not-here", "schema", *ACTS} and not is_read_by("sync-runs", name):
            refused = narrow._client.get(path)
            assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing"), name


def is_read_by(noun: str, name: str) -> bool:
    """Whether the key of this noun opens the address of this name."""
    if name in BELOW_LOGS:
        return noun == "logs"
    return name.removesuffix("-detail") == noun or (name == "compare" and noun == "releases")


@pytest.mark.parametrize("method", UNSAFE)
@pytest.mark.django_db
def test_nothing_can_be_changed_but_what_is_asked_for(method: str, port: Harbour) -> None:
    program = program_of(factories.user(role=Role.ADMINISTRATOR))
    for name, path in addresses(port):
        if method == "post" and (name in ACTS or name == "commands"):
            continue  # tests/api/test_commands.py
        answer = getattr(program._client, method)(path, {"name": "x"}, content_type="application/json")
        assert answer.status_code == 405, name
        takes = {"POST"} if name in ACTS else {"GET", "HEAD", *(["POST"] if name == "commands" else [])}
        assert set(answer.headers["Allow"].split(", ")) == takes, name


@pytest.mark.django_db
def test_a_session_needs_the_csrf_token_for_anything_but_reading(port: Harbour) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(factories.user(role=Role.ADMINISTRATOR))
    assert browser.get(f"{V1}/releases/").status_code == 200
    assert browser.post(f"{V1}/releases/", {}, content_type="application/json").status_code == 403


@pytest.mark.django_db
def test_no_foreign_origin_is_let_in(port: Harbour) -> None:
    person = factories.browser_of(factories.user(role=Role.QA))
    answer = person.get(f"{V1}/releases/", headers={"origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]
