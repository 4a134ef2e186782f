"""Confirm it is you: asked before an act that needs it; nothing filled in is lost, and the act goes on in that step."""

import time

import pytest
import time_machine
from django.test import Client

from releases.models import AuditEvent, Membership, User
from releases.states import Role
from tests import factories
from tests.pages.reading import words
from tests.proving import prove

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]
FORM = {"role": "qa", "where": "everywhere"}
RIGHT = {"confirm-password": factories.PASSWORD}
WRONG = {"confirm-password": "not the right password"}


@pytest.fixture
def other(db) -> User:
    return factories.user()


@pytest.fixture
def stale(administrator) -> Client:
    """An administrator who signed in longer ago."""
    return factories.browser_of(administrator, is_fresh=False)


def grant(person: User) -> str:
    return f"/people/{person.pk}/grant/"


def events(prefix: str = "") -> list[str]:
    return list(
        AuditEvent.objects.filter(type__startswith=prefix, seq__gt=1).order_by("seq").values_list("type", flat=True)
    )


def test_the_page_keeps_the_form_and_nothing_happens(stale, other):
    page = stale.post(
        f"{grant(other)}?from=list",
        {**FORM, "role": ['a"><b>', "b"]},
        headers={"Referer": "http://testserver/people/?q=a"},
    )
    text = page.content.decode()
    assert page.status_code == 200 and "You are about to give a role." in words(page)
    assert f'action="{grant(other)}?from=list"' in text and "csrfmiddlewaretoken" in text
    kept = [("role", "a&quot;&gt;&lt;b&gt;"), ("role", "b"), ("where", "everywhere")]
    for name, value in kept:
        assert text.count(f'<input type="hidden" name="{name}" value="{value}">') == 1
    assert 'href="/people/?q=a">Cancel' in text
    assert not Membership.objects.filter(user=other).exists() and events() == []


def test_with_the_password_the_act_goes_on_and_the_session_has_a_new_key(stale, other):
    before = stale.session.session_key
    assert stale.post(grant(other), {**FORM, **RIGHT}).status_code == 302
    assert Membership.objects.filter(user=other, role=Role.QA).exists()
    assert events() == ["signin.confirmed", "user.role_granted"]
    assert '"auth":{"age_s":0,"method":"password","mfa":false}' in AuditEvent.objects.get(type="signin.confirmed").body
    assert stale.session.session_key != before and not stale.session.exists(before)
    assert stale.post(f"/people/{other.pk}/revoke/", FORM).status_code == 302, "for a quarter of an hour it is enough"
    assert events("signin") == ["signin.confirmed"]


def test_a_wrong_password_keeps_the_form_and_is_told_by_the_trail(stale, other):
    page = stale.post(grant(other), {**FORM, **WRONG})
    text = page.content.decode()
    assert page.status_code == 422 and "This password is not right." in words(page)
    assert '<input type="hidden" name="role" value="qa">' in text and WRONG["confirm-password"] not in text
    assert events() == ["signin.confirmation_failed"]
    assert AuditEvent.objects.get(type="signin.confirmation_failed").outcome == "denied"
    assert stale.post(grant(other), {**FORM, "confirm-password": ""}).status_code == 422
    assert events() == ["signin.confirmation_failed"], "an empty field is no guess"


def test_guesses_are_limited(stale, other):
    for _ in range(5):
        stale.post(grant(other), {**FORM, **WRONG})
    page = stale.post(grant(other), {**FORM, **RIGHT})
    assert page.status_code == 422 and "Too many attempts failed." in words(page)
    assert events() == ["signin.confirmation_failed"] * 5


def test_after_a_quarter_of_an_hour_it_is_asked_again(administrator, other):
    with time_machine.travel(time.time(), tick=False) as clock:
        browser = factories.browser_of(administrator)
        clock.shift(15 * 60)
        assert browser.post(grant(other), FORM).status_code == 302
        clock.shift(1)
        assert "Confirm it is you" in words(browser.post(f"/people/{other.pk}/revoke/", FORM))


@pytest.mark.parametrize(
    "record", [{"method": "socialaccount"}, {"method": "mfa", "type": "unheard of"}, {"method": "code"}]
)
def test_what_the_library_notes_otherwise_is_no_proof(stale, administrator, other, record):
    prove(stale, administrator, at=time.time(), **record)
    assert "Confirm it is you" in words(stale.post(grant(other), FORM))


def test_the_proof_of_somebody_else_is_none(stale, other):
    prove(stale, other, at=time.time())
    assert "Confirm it is you" in words(stale.post(grant(other), FORM))


def test_without_a_password_nothing_is_assumed(administrator, other):
    administrator.set_unusable_password()
    administrator.save()
    browser = factories.browser_of(administrator, is_fresh=False)
    page = browser.post(grant(other), FORM)
    assert "You have no password here" in words(page) and '<form class="stack"' not in page.content.decode()
    assert browser.post(grant(other), {**FORM, "confirm-password": ""}).status_code == 422
    assert not Membership.objects.filter(user=other).exists()


def test_a_proof_neither_comes_by_get_nor_without_a_token(administrator, other):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(administrator)
    assert browser.get(grant(other), RIGHT).status_code == 405
    assert browser.post(grant(other), {**FORM, **RIGHT}).status_code == 403
    assert events() == []


def test_cancel_leads_to_no_other_host(stale, other):
    page = stale.post(grant(other), FORM, headers={"Referer": "https://evil.example/people/"})
    assert 'href="/">Cancel' in page.content.decode()


def test_a_form_with_several_values_of_one_name_arrives_whole(user):
    browser = factories.browser_of(user, is_fresh=False)
    form = {"key-name": "grafana", "key-scopes": ["read:releases", "read:stages"], "key-expires_days": "30"}
    assert browser.post("/account/keys/", {**form, **RIGHT}).status_code == 200
    assert user.api_keys.get().scopes == ["read:releases", "read:stages"]


def test_who_signed_in_just_now_is_not_asked(administrator, other):
    browser = Client()
    browser.post("/accounts/login/", {"login": administrator.email, "password": factories.PASSWORD})
    assert browser.post(grant(other), FORM).status_code == 302
    assert '"auth":{"age_s":0,"method":"password","mfa":false}' in AuditEvent.objects.get(type="signin.succeeded").body
