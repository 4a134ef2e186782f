"""Commands through the API: asked for once for each key, from what was seen, and never without a scope of their own."""

import json

import pytest

from releases.api.asking import KINDS
from releases.models import AuditEvent, Command, ReleaseStage, User
from releases.states import CommandState, Role, StageStatus
from tests import factories
from tests.api.conftest import Program, program_of
from tests.commands import REASON, asked_for, command, stage_of
from tests.pages.reading import queries

pytestmark = pytest.mark.django_db
SCOPES = ("read", "act:commands")


@pytest.fixture
def operator() -> User:
    return factories.user(role=Role.OPERATOR, name="Ada Berg", email="ada@harbour.example")


def wish(program: Program, stage: ReleaseStage, **more: object) -> dict[str, object]:
    """The body for a redeployment, from what the API shows of the release."""
    (told,) = program.get(f"releases/{stage.release_id}/").json()["stages"]
    return {"kind": "redeploy", "release_stage": told["id"], "seen": told["seen"], "reason": REASON, **more}


def test_a_key_asks_once_however_often_it_sends(operator: User) -> None:
    program, stage = program_of(operator, *SCOPES), stage_of()
    body = wish(program, stage)
    first, again = (program.post("commands/", body, key="nightly-1") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200), first.json()
    assert first.json() == again.json() and Command.objects.count() == 1
    told = first.json()
    assert (told["kind"], told["state"], told["word"], told["asked_by"]) == (
        "redeploy",
        "authorised",
        "Recorded",
        "Ada Berg",
    )
    assert [move["after"] for move in told["moves"]] == ["authorised"]
    event = json.loads(AuditEvent.objects.get(type="command.recorded").body)
    assert event["via"] == "api" and event["auth"]["key"] == operator.api_keys.get().prefix


def test_another_body_under_the_key_is_a_conflict_that_the_trail_notes(operator: User) -> None:
    program, stage = program_of(operator, *SCOPES), stage_of()
    body = wish(program, stage)
    program.post("commands/", body, key="nightly-1")
    refused = program.post("commands/", {**body, "reason": "another reason altogether"}, key="nightly-1")
    assert (refused.status_code, refused.json()["code"]) == (409, "key_reused")
    assert AuditEvent.objects.get(type="action.refused").object_id == "api:commands"


def test_without_a_key_nothing_is_asked(operator: User) -> None:
    program, stage = program_of(operator, *SCOPES), stage_of()
    body = wish(program, stage)
    for key, code in (("", "no_key"), ("x" * 101, "bad_key")):
        refused = program.post("commands/", body, key=key)
        assert (refused.status_code, refused.json()["code"]) == (400, code)
    assert not Command.objects.exists()


def test_what_changed_since_is_listed(operator: User) -> None:
    program, stage = program_of(operator, *SCOPES), stage_of()
    body = wish(program, stage)
    factories.deployment(release_stage=stage, attempt=2)
    refused = program.post("commands/", body, key="1")
    assert (refused.status_code, refused.json()["code"]) == (409, "changed")
    assert refused.json()["detail"] == {"changes": ["attempt 2 was made meanwhile"]}


def test_who_was_first_is_told(operator: User) -> None:
    program, stage = program_of(operator, *SCOPES), stage_of()
    asked_for(stage, by=factories.user(role=Role.OPERATOR, name="Jonas"))
    refused = program.post("commands/", wish(program, stage), key="1")
    assert (refused.status_code, refused.json()["code"]) == (409, "already_open")
    assert "by Jonas" in refused.json()["sentence"]


def test_every_kind_is_asked_for(operator: User) -> None:
    program, first, again = program_of(operator, *SCOPES), stage_of(), stage_of()
    running = stage_of()
    ReleaseStage.objects.filter(pk=running.pk).update(status=StageStatus.IN_PROGRESS)
    first.deployments.all().delete()
    release = stage_of().release
    seen = program.get(f"releases/{release.pk}/").json()["seen"]
    workspace, aks = factories.workspace(), "providers/Microsoft.ContainerService/managedClusters/k8s"
    release.project.workspaces.add(workspace)
    attaching = {"name": "k8s", "resource_id": f"/subscriptions/s/resourceGroups/g/{aks}", "workspace": workspace.pk}
    bodies = [
        wish(program, first, kind="deploy"),
        wish(program, again),
        wish(program, stage_of(), kind="roll_back"),
        {"kind": "cancel", "release_stage": running.pk, "attempt": 1},
        {"kind": "abandon", "release": release.pk, "name": release.name, "seen": seen, "reason": REASON},
        {"kind": "attach_cluster", "reason": REASON, **attaching},
    ]
    assert {str(body["kind"]) for body in bodies} | {"create", "start", "trigger"} == set(
        KINDS
    )  # those: test_offers, test_triggers
    answers = [program.post("commands/", body, key=str(number)) for number, body in enumerate(bodies)]
    assert [answer.status_code for answer in answers] == [201] * 6, [answer.json() for answer in answers]
    kinds = ["deploy", "redeploy", "redeploy", "cancel", "abandon", "attach_cluster"]
    assert [a.json()["kind"] for a in answers] == kinds
    assert answers[2].json()["is_roll_back"] is True
    elsewhere = {**bodies[5], "workspace": factories.workspace().pk}
    assert program.post("commands/", elsewhere, key="elsewhere").status_code == 404


WRONG: list[tuple[dict[str, object], str]] = [
    ({"kind": "explode"}, "invalid"),
    ({"kind": ["deploy"]}, "invalid"),
    ({"kind": "deploy"}, "not_the_first"),
    ({"seen": "made-up"}, "no_seen"),
    ({"reason": "no"}, "reason_too_short"),
    ({"reasons": "x"}, "invalid"),
    ({"release_stage": "x"}, "invalid"),
]


@pytest.mark.parametrize(("wrong", "code"), WRONG)
def test_what_cannot_be_asked_is_told(wrong: dict[str, object], code: str, operator: User) -> None:
    program, stage = program_of(operator, *SCOPES), stage_of()
    refused = program.post("commands/", wish(program, stage, **wrong), key="1")
    assert (refused.status_code, refused.json()["code"]) == (400, code), refused.json()


def test_a_key_without_the_scope_and_a_person_without_the_role_ask_for_nothing(operator: User, user: User) -> None:
    stage = stage_of()
    for program, code in ((program_of(operator), "scope_missing"), (program_of(user, *SCOPES), "denied")):
        refused = program.post("commands/", wish(program, stage), key="1")
        assert (refused.status_code, refused.json()["code"]) == (403, code)
    assert AuditEvent.objects.filter(type="action.refused").count() == 2
    stranger = factories.user(role=Role.OPERATOR, project=factories.project())
    body = wish(program_of(operator), stage)
    assert program_of(stranger, *SCOPES).post("commands/", body, key="1").status_code == 404


def test_a_key_takes_back_and_has_checked_again(operator: User) -> None:
    program = program_of(operator, *SCOPES)
    open_one, doubtful = asked_for(by=operator), command(CommandState.NEEDS_ATTENTION)
    assert program.post(f"commands/{open_one.pk}/take-back/").json()["state"] == "cancelled"
    assert program.post(f"commands/{open_one.pk}/take-back/").json()["code"] == "sent_already"
    assert program.post(f"commands/{doubtful.pk}/check-again/").json()["state"] == "unknown"
    assert program.post(f"commands/{doubtful.pk}/check-again/").json()["code"] == "not_waiting"


def test_what_needs_a_fresh_sign_in_is_refused_to_keys_and_to_sessions_here(operator: User) -> None:
    row = command(CommandState.NEEDS_ATTENTION)
    browser = factories.browser_of(operator)
    for act in ("send-again", "close"):
        by_key = program_of(operator, *SCOPES).post(f"commands/{row.pk}/{act}/")
        in_session = browser.post(f"/api/v1/commands/{row.pk}/{act}/", {}, content_type="application/json")
        for refused in (by_key, in_session):
            assert (refused.status_code, refused.json()["code"]) == (403, "needs_fresh_sign_in")
    row.refresh_from_db()
    assert row.state == "needs_attention"


def test_the_list_is_filtered(operator: User) -> None:
    program = program_of(operator)
    waits, over = command(CommandState.NEEDS_ATTENTION), command(CommandState.REFUSED, by=operator)
    found = {
        question: [row["id"] for row in program.get(f"commands/?{question}").json()["results"]]
        for question in (
            "needs_attention=true",
            "state=refused",
            "is_open=false",
            "asked_by=ADA@harbour.example",
            f"release={waits.release_id}",
            "kind=abandon",
        )
    }
    assert list(found.values()) == [[str(waits.pk)], *[[str(over.pk)]] * 3, [str(waits.pk)], []]


def test_lists_and_details_ask_the_same_queries_however_long(operator: User) -> None:
    browser, stage = factories.browser_of(operator), stage_of()
    command(CommandState.REFUSED, stage=stage, by=operator)
    path = "/api/v1/commands/"
    before = queries(browser, path), queries(browser, f"/api/v1/releases/{stage.release_id}/")
    for _ in range(5):
        command(CommandState.REFUSED, stage=stage, by=operator)
        factories.release_stage(release=stage.release)
    assert (queries(browser, path), queries(browser, f"/api/v1/releases/{stage.release_id}/")) == before
    assert len(browser.get(f"{path}?limit=2").json()["results"]) == 2
    assert len(browser.get(browser.get(f"{path}?limit=2").json()["next"]).json()["results"]) == 2
