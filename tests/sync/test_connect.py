"""Connecting: one result per need from a real probe of a sandbox, what is saved, what is refused."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from threading import Thread
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from releases.actions.connect import Wish, ask, save
from releases.errors import Conflict, Denied, Invalid
from releases.models import AuditEvent, Inquiry, Organization, Project, User, Watermark, Workspace
from releases.states import Role
from releases.sync import inquiries
from tests import factories
from tests.company import VARIABLE, Company, living_company
from tests.servers import free_port

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning", "ignore::FutureWarning"),
]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with living_company(tmp_path_factory.mktemp("company"), releases=20) as company:
        yield company


@pytest.fixture
def company(running: Company) -> Company:
    """The sandbox without faults."""
    running.heal()
    return running


@pytest.fixture
def by(db: None) -> User:
    return factories.user(role=Role.ADMINISTRATOR)


def wish(company: Company, **more: Any) -> Wish:
    """To connect the company's project and workspace."""
    there = company.addresses
    whole = Wish(
        organization_url=there["organization_url"],
        project=there["project"],
        credential_variable=VARIABLE,
        ca_file=there["ca_file"],
        subscription_id=there["subscription"],
        resource_group=there["resource_group"],
        workspace=there["workspace"],
        resource_manager_url=there["ml_url"],
    )
    return replace(whole, **more)


def answered(asked: Wish, *, by: User) -> Inquiry:
    """The inquiry with its answer."""
    inquiry = inquiries.answer(ask(asked, by=by))
    assert inquiry.state == Inquiry.State.ANSWERED
    return inquiry


def states(inquiry: Inquiry) -> dict[str, str]:
    return {one["need"]: one["state"] for one in inquiry.answer["needs"]}


def sentence(inquiry: Inquiry, need: str) -> str:
    return str(next(one["sentence"] for one in inquiry.answer["needs"] if one["need"] == need))


NEEDS = ["read releases", "approve", "deploy", "read the registry"]


def test_all_needs_of_a_good_connection_are_met(company: Company, by: User) -> None:
    inquiry = answered(wish(company), by=by)
    assert states(inquiry) == dict.fromkeys(NEEDS, "ok")
    assert inquiry.answer["can_save"]
    assert inquiry.answer["identity_name"]
    assert "newest release" in sentence(inquiry, "read releases")


def test_asking_for_permission_changes_nothing(company: Company, by: User) -> None:
    before = company.books()
    answered(wish(company), by=by)
    assert {**company.books(), "now": ""} == {**before, "now": ""}


def test_what_was_found_is_saved_with_one_event(company: Company, by: User) -> None:
    project = save(answered(wish(company), by=by), by=by)
    organization = project.organization
    assert (organization.url, organization.name) == (company.addresses["organization_url"], "harbour")
    assert (organization.credential_kind, organization.credential_variable) == ("pat", VARIABLE)
    assert (organization.state, bool(organization.own_identity_key)) == ("connected", True)
    assert (project.name, project.slug, project.is_followed) == (company.addresses["project"], "mlops", True)
    assert len(project.azure_id) == 36
    workspace = project.workspaces.get()
    assert (workspace.name, workspace.location) == (company.addresses["workspace"], "westeurope")
    event = AuditEvent.objects.get(type="connection.saved")
    assert event.object_id == f"harbour/{project.azure_id}"
    assert "a-token-for-tests" not in event.body


def test_saving_again_changes_the_same_rows_and_lets_sync_go_on(company: Company, by: User) -> None:
    first = save(answered(wish(company), by=by), by=by)
    Organization.objects.update(
        state="auth_failed", state_sentence="The token is expired.", credential_variable="OLD_PAT"
    )
    Watermark.objects.create(project=first, feed="history", failures=3, due_at=timezone.now() + timedelta(hours=1))
    again = save(answered(wish(company), by=by), by=by)
    assert (again.pk, Project.objects.count(), Workspace.objects.count()) == (first.pk, 1, 1)
    assert (again.organization.state, again.organization.credential_variable) == ("connected", VARIABLE)
    mark = Watermark.objects.get()
    assert (mark.due_at, mark.failures) == (None, 0)


def test_saving_again_does_not_write_over_the_rate_gate_that_a_worker_sets_meanwhile(
    company: Company, by: User
) -> None:
    save(answered(wish(company), by=by), by=by)
    again, until = answered(wish(company), by=by), timezone.now() + timedelta(minutes=5)

    def save_again() -> None:
        save(again, by=by)
        connection.close()

    other = Thread(target=save_again)
    with transaction.atomic():
        Organization.objects.update(gate_until=until)
        other.start()
        other.join(timeout=1)  # it has read the row by now, or waits for us
    other.join(timeout=30)
    assert Organization.objects.get().gate_until == until


def test_a_project_of_the_same_name_elsewhere_gets_another_slug(company: Company, by: User) -> None:
    factories.project(slug="mlops")
    assert save(answered(wish(company), by=by), by=by).slug == "harbour-mlops"


@pytest.mark.parametrize(
    ("route", "kind", "expected", "says"),
    [
        ("releases.list", "unauthorized", "failed", "does not accept the credential"),
        ("releases.list", "sign_in", "failed", "does not accept the credential"),
        ("releases.list", "forbidden", "missing", 'The token needs the scope "Release (read)" (vso.release)'),
        ("releases.list", "unavailable", "failed", "could not answer"),
        ("releases.list", "truncated", "failed", "cut off"),
        ("releases.list", "throttle", "failed", "asked Slipway to wait"),
    ],
)
def test_what_cannot_read_releases_says_why_and_is_not_saved(
    company: Company, by: User, route: str, kind: str, expected: str, says: str
) -> None:
    company.fault(route, kind)
    inquiry = answered(wish(company), by=by)
    assert states(inquiry) == {
        "read releases": expected,
        "approve": "not_asked",
        "deploy": "not_asked",
        "read the registry": "ok",
    }
    assert says in sentence(inquiry, "read releases")
    with pytest.raises(Invalid, match="not saved"):
        save(inquiry, by=by)
    assert (Organization.objects.count(), Project.objects.count()) == (0, 0)


@pytest.mark.parametrize("kind", ["forbidden", "unauthorized"])
@pytest.mark.parametrize(
    ("route", "need", "scope"),
    [("approvals.update", "approve", "vso.release_manage"), ("environments.update", "deploy", "vso.release_execute")],
)
def test_a_token_that_may_only_read_is_saved_and_the_missing_scope_named(
    company: Company, by: User, kind: str, route: str, need: str, scope: str
) -> None:
    company.fault(route, kind)
    inquiry = answered(wish(company), by=by)
    assert states(inquiry) == {**dict.fromkeys(NEEDS, "ok"), need: "missing"}
    assert scope in sentence(inquiry, need)
    assert save(inquiry, by=by).is_followed


def test_a_registry_that_cannot_be_read_is_named_and_left_out(company: Company, by: User) -> None:
    company.fault("ml.models.list", "forbidden")
    inquiry = answered(wish(company), by=by)
    assert states(inquiry)["read the registry"] == "missing"
    assert 'the role "Reader" on the Azure ML workspace' in sentence(inquiry, "read the registry")
    assert save(inquiry, by=by).workspaces.count() == 0


def test_without_a_workspace_the_registry_is_not_asked(company: Company, by: User) -> None:
    bare = wish(company, subscription_id="", resource_group="", workspace="", resource_manager_url="")
    assert states(answered(bare, by=by)) == {**dict.fromkeys(NEEDS, "ok"), "read the registry": "not_asked"}


def test_a_project_that_does_not_exist_is_answered_with_those_that_do(company: Company, by: User) -> None:
    inquiry = answered(wish(company, project="Nonesuch"), by=by)
    assert states(inquiry)["read releases"] == "failed"
    assert "no project 'Nonesuch'" in sentence(inquiry, "read releases")
    assert inquiry.answer["projects"] == [company.addresses["project"]]


def test_nobody_listening_and_a_missing_variable_are_said_plainly(company: Company, by: User) -> None:
    nobody = answered(wish(company, organization_url=f"http://127.0.0.1:{free_port()}/x"), by=by)
    assert "cannot be reached" in sentence(nobody, "read releases")
    unset = answered(wish(company, credential_variable="UNSET_FOR_TESTS_PAT"), by=by)
    assert "UNSET_FOR_TESTS_PAT is not set" in sentence(unset, "read releases")


def test_the_gate_of_a_known_organization_holds_for_probes_too(company: Company, by: User) -> None:
    project = save(answered(wish(company), by=by), by=by)
    Organization.objects.filter(pk=project.organization_id).update(gate_until=timezone.now() + timedelta(minutes=1))
    company.heal()
    inquiry = answered(wish(company), by=by)
    assert "asked us to wait" in sentence(inquiry, "read releases")
    assert company.asked("releases.list") == []


# What may be asked and saved at all


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"organization_url": "http://169.254.169.254/latest"}, "never calls it"),
        ({"organization_url": "http://tfs.harbour.example/x"}, "not encrypted"),
        ({"organization_url": "https://user:secret@dev.azure.com/x"}, "is not an address"),
        ({"organization_url": "https://dev.azure.com/"}, "like https://dev.azure.com/Contoso"),
        ({"resource_manager_url": "http://10.0.0.5/"}, "not encrypted"),
        ({"credential_variable": "DATABASE_URL"}, "with the word PAT or TOKEN in it"),
        ({"credential_variable": "SECRET_KEY"}, "with the word PAT or TOKEN in it"),
        ({"credential_variable": "PATH"}, "with the word PAT or TOKEN in it"),
        ({"credential_variable": "PYTHONPATH"}, "with the word PAT or TOKEN in it"),
        ({"credential_variable": "TOKENIZER_KEY"}, "with the word PAT or TOKEN in it"),
        ({"credential_variable": "pat with spaces"}, "never the token"),
        ({"credential_kind": "password"}, "pat:VARIABLE or entra"),
        ({"project": "  "}, "Name the project"),
        ({"subscription_id": ""}, "needs its subscription"),
    ],
)
def test_a_wish_that_cannot_be_right_is_refused_before_anything_is_asked(
    company: Company, by: User, wrong: dict[str, str], says: str
) -> None:
    with pytest.raises(Invalid, match=says):
        ask(wish(company, **wrong), by=by)
    assert Inquiry.objects.count() == 0


@pytest.mark.parametrize("role", [Role.QA, Role.OPERATOR, Role.MANAGER, Role.AUDITOR, None])
def test_only_administrators_connect(company: Company, by: User, role: Role | None) -> None:
    inquiry = answered(wish(company), by=by)
    other = factories.user(role=role)
    with pytest.raises(Denied):
        ask(wish(company), by=other)
    with pytest.raises(Denied):
        save(inquiry, by=other)
    assert Organization.objects.count() == 0


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("https://dev.azure.com/Contoso/", "https://dev.azure.com/Contoso"),
        (" https://dev.azure.com/Contoso/MLOps/_release?view=all ", "https://dev.azure.com/Contoso"),
        ("https://contoso.visualstudio.com/", "https://contoso.visualstudio.com"),
        ("https://TFS.harbour.example/tfs/Default/", "https://tfs.harbour.example/tfs/Default"),
    ],
)
def test_the_address_of_a_page_becomes_that_of_its_organization(by: User, pasted: str, kept: str) -> None:
    assert ask(Wish(pasted, "MLOps"), by=by).payload["organization_url"] == kept


def test_an_answer_is_saved_only_while_it_is_fresh(company: Company, by: User) -> None:
    asked = ask(wish(company), by=by)
    with pytest.raises(Conflict, match="not been tried"):
        save(asked, by=by)
    inquiry = inquiries.answer(asked)
    with pytest.raises(Conflict, match="too long ago"):
        save(inquiry, by=by, now=timezone.now() + timedelta(hours=1))


def test_an_inquiry_is_answered_once(company: Company, by: User) -> None:
    inquiry = answered(wish(company), by=by)
    company.heal()
    assert inquiries.answer(inquiry).answered_at == inquiry.answered_at
    assert company.asked() == []


def test_an_inquiry_whose_worker_was_lost_is_answered_by_the_next(company: Company, by: User) -> None:
    inquiry = ask(wish(company), by=by)
    claimed = {"state": Inquiry.State.ANSWERING, "claimed_at": timezone.now()}
    Inquiry.objects.filter(pk=inquiry.pk).update(**claimed)
    assert inquiries.answer(inquiry).state == Inquiry.State.ANSWERING
    later = timezone.now() + timedelta(minutes=4)
    assert inquiries.answer(inquiry, now=later).state == Inquiry.State.ANSWERED


def test_a_question_nobody_knows_fails_with_a_sentence(by: User) -> None:
    inquiry = Inquiry.objects.create(kind="future", asked_by=by, asked_at=timezone.now())
    assert inquiries.answer(inquiry).state == Inquiry.State.FAILED
    assert "does not know" in inquiry.answer["sentence"]


# The command


def arguments(company: Company, *more: str) -> list[str]:
    there = company.addresses
    return [
        *["connect", "--organization-url", there["organization_url"], "--project", there["project"]],
        *["--credential", f"pat:{VARIABLE}", "--ca-file", there["ca_file"], "--workspace", there["workspace"]],
        *["--subscription", there["subscription"], "--resource-group", there["resource_group"]],
        *["--resource-manager-url", there["ml_url"], *more],
    ]


def test_the_command_shows_one_line_per_need_and_saves(company: Company) -> None:
    out = StringIO()
    call_command(*arguments(company), stdout=out)
    lines = out.getvalue().splitlines()
    assert [line.split("  ")[1] for line in lines[1:5]] == NEEDS
    assert all(" yes  " in line for line in lines[1:5])
    assert lines[-1] == "Connected harbour/MLOps. It is followed as 'mlops'."
    assert AuditEvent.objects.filter(type="connection.saved").count() == 1


def test_the_command_fails_with_a_sentence_and_saves_nothing(company: Company) -> None:
    company.fault("releases.list", "forbidden")
    out = StringIO()
    with pytest.raises(CommandError, match="cannot read releases"):
        call_command(*arguments(company), stdout=out)
    assert "vso.release" in out.getvalue()
    assert Organization.objects.count() == 0


def test_the_command_names_what_is_wrong_with_its_arguments() -> None:
    with pytest.raises(CommandError, match="never calls it"):
        call_command("connect", "--organization-url", "https://169.254.169.254/", "--project", "x")


def test_the_page_side_of_connecting_does_not_load_the_azure_packages() -> None:
    program = (
        "import django; django.setup(); import releases.actions.connect, releases.sync.inquiries, sys;"
        "print([m for m in ('azure.devops', 'azure.ai.ml', 'azure.identity', 'msrest') if m in sys.modules])"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": "", "HOME": "/nonexistent", "USER": "x"}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60, env=environment
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
