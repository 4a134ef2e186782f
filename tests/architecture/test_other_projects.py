"""Whoever belongs to one project reads nothing of another: every address there is, with the other project's objects.

The addresses come from the URLconf. One with an object in it needs a sample here, or the test fails: so a page that is
added is a page that is tried.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from releases.queries.trigger_entries import key_of
from tests import factories
from tests.full_project import FullProject, full_project

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]
THEIR_NAME = "zanzibar"
MY_NAME = "turku"

OBJECTS: dict[str, Callable[[FullProject], list[Any]]] = {
    "release": lambda of: [of.name, of.number],
    "start_release": lambda of: [of.name, of.rows["release"].azure_id],
    "release_timeline": lambda of: [of.name, of.number],
    "release_variables": lambda of: [of.name, of.number],
    "release_audit": lambda of: [of.name, of.number],
    "release_logs": lambda of: [of.name, of.number],
    "release_log_download": lambda of: [of.name, of.number],
    "redeploy": lambda of: [of.name, of.number, of.rows["release_stage"].azure_id],
    "cancel_stage": lambda of: [of.name, of.number, of.rows["release_stage"].azure_id],
    "abandon_release": lambda of: [of.name, of.number],
    "flag_release": lambda of: [of.name, of.number],
    "lift_flag": lambda of: [of.name, of.number],
    "roll_back": lambda of: [
        of.name,
        of.rows["pipeline"].azure_id,
        of.rows["stage"].definition_environment_id,
    ],
    "pipeline": lambda of: [of.name, of.rows["pipeline"].azure_id],
    "add_schedule": lambda of: [of.name, of.rows["pipeline"].azure_id],
    "switch_trigger": lambda of: [of.name, of.rows["pipeline"].azure_id, key_of(of.rows["trigger"].settings)],
    "change_trigger": lambda of: [of.name, of.rows["pipeline"].azure_id, key_of(of.rows["trigger"].settings)],
    "new_release": lambda of: [of.name, of.rows["pipeline"].azure_id],
    "audit_entry": lambda of: [of.pk("event")],
    "model_version": lambda of: [of.pk("workspace"), f"{of.name}-model", "7"],
    "training_run": lambda of: [of.pk("workspace"), f"{of.name}-run"],
    "endpoint": lambda of: [of.pk("workspace"), of.rows["endpoint"].name],
    "artifact_rule_change": lambda of: [of.pk("rule")],
    "artifact_rule_delete": lambda of: [of.pk("rule")],
    "endpoint_rule_change": lambda of: [of.pk("endpoint_rule")],
    "endpoint_rule_delete": lambda of: [of.pk("endpoint_rule")],
    "overwrite_view": lambda of: [of.pk("view")],
    "rename_view": lambda of: [of.pk("view")],
    "delete_view": lambda of: [of.pk("view")],
    "command": lambda of: [of.rows["command"].pk],
    "command_line": lambda of: [of.rows["command"].pk],
    "take_back": lambda of: [of.rows["command"].pk],
    "check_again": lambda of: [of.rows["command"].pk],
    "send_again": lambda of: [of.rows["command"].pk],
    "close_command": lambda of: [of.rows["command"].pk],
    "give_up": lambda of: [of.rows["command"].pk],
    "stop_sending": lambda of: [of.project.organization_id],
    "start_sending": lambda of: [of.project.organization_id],
    "person": lambda of: [of.member.pk],
    "grant_role": lambda of: [of.member.pk],
    "revoke_role": lambda of: [of.member.pk],
    "close_account": lambda of: [of.member.pk],
    "reopen_account": lambda of: [of.member.pk],
    "remove_factors_of": lambda of: [of.member.pk],
    "withdraw_invitation": lambda of: [of.pk("invitation")],
    "api:projects-detail": lambda of: [of.project.pk],
    "api:pipelines-detail": lambda of: [of.pk("pipeline")],
    "api:triggers": lambda of: [of.pk("pipeline")],
    "api:versions-on-offer": lambda of: [of.pk("pipeline")],
    "api:stages-detail": lambda of: [of.pk("stage")],
    "api:artifact-rules-detail": lambda of: [of.pk("rule")],
    "api:endpoint-rules-detail": lambda of: [of.pk("endpoint_rule")],
    "api:releases-detail": lambda of: [of.pk("release")],
    "api:deployments-detail": lambda of: [of.pk("deployment")],
    "api:live-spans-detail": lambda of: [of.pk("span")],
    "api:logs-detail": lambda of: [of.pk("log")],
    "api:logs-lines": lambda of: [of.pk("log")],
    "api:logs-search": lambda of: [of.pk("log")],
    "api:approvals-detail": lambda of: [of.pk("approval")],
    "api:model-versions-detail": lambda of: [of.pk("model_version")],
    "api:training-runs-detail": lambda of: [of.pk("run")],
    "api:endpoints-detail": lambda of: [of.pk("endpoint")],
    "api:endpoint-checks-detail": lambda of: [of.pk("check")],
    "api:health-samples-detail": lambda of: [of.pk("sample")],
    "api:clusters-detail": lambda of: [of.pk("cluster")],
    "api:drifts-detail": lambda of: [of.pk("drift")],
    "api:sync-runs-detail": lambda of: [of.pk("sync_run")],
    "api:commands-detail": lambda of: [of.rows["command"].pk],
    "api:commands-take-back": lambda of: [of.rows["command"].pk],
    "api:commands-check-again": lambda of: [of.rows["command"].pk],
    "api:commands-send-again": lambda of: [of.rows["command"].pk],
    "api:commands-close": lambda of: [of.rows["command"].pk],
    "api:audit-detail": lambda of: [of.pk("event")],
}
"""What stands in each address: its parts, of the given project, in their order."""

OF_NO_PROJECT = {
    "first": "a one-time link is its own credential",
    "connect_answer": "only who asked may read the answer; tests/pages/test_connect.py",
    "connect_save": "only who asked may save; tests/pages/test_connect.py",
    "artifact_rule_try": "only who asked may read the answer; tests/pages/test_artifact_rules.py",
    "artifact_rule_save": "only who asked may save; tests/pages/test_artifact_rules.py",
    "revoke_own_key": "keys of one's own; tests/pages/test_account.py",
    "revoke_key_of": "keys of others are for administrators of everything; tests/pages/test_people.py",
    "place_identity": "identities are for administrators of everything; tests/pages/test_people.py",
    "api:not-here": "the 404 itself",
    "release_choices": "the name of a filter; whom it suggests is tried in tests/pages/test_filters.py",
}
"""Addresses whose parts name nothing of a project, with the reason."""

POSTED = {
    "api:commands-take-back",
    "api:commands-check-again",
    "api:commands-send-again",
    "api:commands-close",
    "take_back",
    "artifact_rule_delete",
    "endpoint_rule_delete",
    "overwrite_view",
    "rename_view",
    "delete_view",
    "grant_role",
    "revoke_role",
    "close_account",
    "reopen_account",
    "remove_factors_of",
    "withdraw_invitation",
}

QUESTIONS: dict[str, Callable[[FullProject], list[str]]] = {
    "releases": lambda of: [f"pipeline={of.pk('pipeline')}", f"commit=e0{of.number}aa", f"text={of.number}"],
    "releases_export": lambda of: [f"pipeline={of.pk('pipeline')}", f"text={of.number}"],
    "compare": lambda of: [f"pick={of.pk('release')}&pick={of.pk('waiting')}", f"a={of.pk('release')}"],
    "audit": lambda of: [f"q=e0{of.number}aa"],
    "audit_log": lambda of: [f"number={of.pk('event')}", "type=sync.run"],
    "search": lambda of: [f"q={of.number}", f"q=e0{of.number}", "q=person", "q=model v7", "q=pipeline"],
    "api:search": lambda of: [f"q={of.number}", f"q=e0{of.number}", "q=person", "q=model v7", "q=pipeline"],
    "api:stages": lambda of: [f"pipeline={of.pk('pipeline')}", "project={n}", "name={n} prod"],
    "api:artifact-rules": lambda _: ["project={n}"],
    "api:endpoint-rules": lambda _: ["project={n}"],
    "api:releases": lambda of: [f"pipeline={of.pk('pipeline')}", "project={n}", "model={n}-model", "person={n} person"],
    "api:deployments": lambda of: [f"release={of.pk('release')}", f"stage={of.pk('stage')}", "project={n}"],
    "api:approvals": lambda of: [f"release={of.pk('release')}", "project={n}"],
    "api:pipelines": lambda _: ["project={n}", "name={n} pipeline"],
    "api:model-versions": lambda of: [f"training_run={of.pk('run')}", "name={n}-model", "workspace={n}_ws"],
    "api:training-runs": lambda _: ["name={n}-run", "model={n}-model"],
    "api:endpoints": lambda _: ["workspace={n}_ws"],
    "api:endpoint-checks": lambda of: [f"endpoint={of.pk('endpoint')}", "workspace={n}_ws"],
    "api:health-samples": lambda of: [f"endpoint={of.pk('endpoint')}", "workspace={n}_ws"],
    "api:clusters": lambda _: ["workspace={n}_ws"],
    "api:drifts": lambda of: [f"endpoint={of.pk('endpoint')}", f"stage={of.pk('stage')}", "project={n}"],
    "api:sync-runs": lambda _: ["project={n}"],
    "api:commands": lambda of: ["project={n}", f"release={of.pk('release')}", "asked_by={n} member"],
    "api:audit": lambda _: ["project={n}", "type=sync"],
    "api:compare": lambda of: [f"a={of.pk('release')}&b={of.pk('waiting')}"],
}
"""What could lead a list to another project, besides nothing. Pages repeat what is typed, so only the API is told its
name, `{n}`."""


def patterns(resolver: URLResolver | None = None, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address with its name."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}", pattern
        else:
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from patterns(pattern, space + inner)


ADDRESSES = dict(patterns())
WITH_OBJECT = sorted(name for name, pattern in ADDRESSES.items() if pattern.pattern.regex.groupindex)
WITHOUT = sorted(set(ADDRESSES) - set(WITH_OBJECT))


@pytest.fixture
def mine() -> FullProject:
    """The project of who reads."""
    return full_project(MY_NAME, number=51_000)


@pytest.fixture
def theirs() -> FullProject:
    """The other one."""
    return full_project(THEIR_NAME, number=77_000)


def address(name: str, of: FullProject) -> str:
    """The address with its parts filled in, whatever they look like."""
    return reverse(name, args=OBJECTS[name](of))


def test_every_address_with_an_object_in_it_has_a_sample() -> None:
    assert set(WITH_OBJECT) == set(OBJECTS) | set(OF_NO_PROJECT), "add it to OBJECTS, or to OF_NO_PROJECT with a reason"
    assert set(QUESTIONS) <= set(WITHOUT) and set(POSTED) <= set(OBJECTS)


def test_an_object_of_another_project_is_not_there(mine: FullProject, theirs: FullProject) -> None:
    member, owner = factories.browser_of(mine.member), factories.browser_of(theirs.member)
    for name in OBJECTS:
        for headers in ({}, {"HX-Request": "true"}):
            answer = asked(member, name, address(name, theirs), headers)
            assert answer.status_code == 404, name
            assert THEIR_NAME not in said(answer, *map(str, OBJECTS[name](theirs))), name
        assert asked(owner, name, address(name, theirs), {}).status_code != 404, f"{name}: the sample is none"


def asked(browser: Client, name: str, path: str, headers: dict[str, str]) -> Any:
    return browser.post(path, headers=headers) if name in POSTED else browser.get(path, headers=headers)


def said(answer: Any, *typed: str) -> str:
    """Everything that is answered, without what was typed and comes back."""
    text = b"".join(answer).decode() if answer.streaming else answer.content.decode()
    for word in typed:
        text = text.replace(word, "")
    return text.lower()


@pytest.mark.parametrize("name", WITHOUT)
def test_no_page_and_no_list_names_another_project(name: str, mine: FullProject, theirs: FullProject) -> None:
    member, owner, path = factories.browser_of(mine.member), factories.browser_of(theirs.member), reverse(name)
    for headers in ({}, {"HX-Request": "true"}):
        answer = member.get(path, headers=headers)
        assert THEIR_NAME not in said(answer), name
    questions = [one.replace("{n}", THEIR_NAME) for one in QUESTIONS.get(name, lambda _: [])(theirs)]
    for question in questions:
        answer = member.get(f"{path}?{question}")
        assert answer.status_code in {200, 404}, question
        assert THEIR_NAME not in said(answer), question
        assert THEIR_NAME in said(owner.get(f"{path}?{question}")), (
            f"{name}?{question}: finds nothing for its own people"
        )
