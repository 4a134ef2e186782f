"""Connecting, first part: one result per need from a real probe of a sandbox."""

from datetime import timedelta

import pytest
from django.utils import timezone

from releases.actions.connect import save
from releases.errors import Invalid
from releases.models import Organization, Project, User
from tests.company import Company
from tests.servers import free_port
from tests.sync.connecting.asking import NEEDS, answered, sentence, states, wish

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning", "ignore::FutureWarning"),
    pytest.mark.on_sqlite,
]


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
