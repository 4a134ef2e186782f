"""Signing in and out: local accounts by e-mail, an event for each, limits on attempts, no way to sign up."""

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from releases.models import AuditEvent, AuditPrivate
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]
WRONG = "not the right password"


def sign_in(client: Client, email: str, password: str, **more: str):
    return client.post(reverse("account_login"), {"login": email, "password": password, **more})


def events() -> list[str]:
    return list(AuditEvent.objects.filter(type__startswith="signin").order_by("seq").values_list("type", flat=True))


def test_a_person_signs_in_by_email_whatever_its_case(user):
    client = Client()
    response = sign_in(client, user.email.upper(), factories.PASSWORD)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert events() == ["signin.succeeded"]


def test_one_comes_back_to_where_one_was_going(user):
    response = sign_in(Client(), user.email, factories.PASSWORD, next="/releases/?trigger=model")
    assert response["Location"] == "/releases/?trigger=model"


def test_one_is_not_sent_to_another_host(user):
    assert sign_in(Client(), user.email, factories.PASSWORD, next="https://evil.example/")["Location"] == "/"


def test_a_wrong_password_and_an_unknown_address_read_the_same(user):
    wrong, unknown = sign_in(Client(), user.email, WRONG), sign_in(Client(), "nobody@harbour.example", WRONG)
    assert (wrong.status_code, unknown.status_code) == (200, 200)
    assert wrong.context["form"].errors == unknown.context["form"].errors
    assert events() == ["signin.failed", "signin.failed"]


def test_a_wrong_password_is_said_in_words_beside_labelled_fields(user):
    page = sign_in(Client(), user.email, WRONG, next="/sync/").content.decode()
    assert "This email address and password do not belong together." in page
    assert 'role="alert"' in page
    assert '<label for="id_login">' in page and '<label for="id_password">' in page
    assert page.count(" autofocus") == 1 and page.index("id_login") < page.index(" autofocus") < page.index(
        "id_password"
    )
    assert '<input type="hidden" name="next" value="/sync/">' in page


def test_whoever_is_not_signed_in_comes_to_the_page_wanted(user):
    wanted = "/releases/?trigger=model"
    browser = Client()
    page = browser.get(wanted, follow=True)
    assert page.redirect_chain[-1][0].startswith("/accounts/login/?next=/releases/")
    assert (
        sign_in(browser, user.email, factories.PASSWORD, next=page.context["redirect_field_value"])["Location"]
        == wanted
    )


def test_the_chain_holds_no_address(user):
    sign_in(Client(), user.email, WRONG)
    assert user.email not in AuditEvent.objects.get(type="signin.failed").body
    assert AuditPrivate.objects.get(field="email", value=user.email)


def test_attempts_on_one_account_are_limited(user):
    for _ in range(6):
        sign_in(Client(), user.email, WRONG)
    refused = sign_in(Client(), user.email, factories.PASSWORD)
    assert refused.status_code != 302


def test_a_closed_account_cannot_sign_in():
    closed = factories.user(is_active=False)
    client = Client()
    sign_in(client, closed.email, factories.PASSWORD)
    assert "_auth_user_id" not in client.session


def test_the_session_key_changes_at_sign_in_and_the_session_ends_at_sign_out(user):
    client = Client()
    client.get(reverse("account_login"))
    before = client.session.session_key
    sign_in(client, user.email, factories.PASSWORD)
    during = client.session.session_key
    assert during != before
    client.post(reverse("account_logout"))
    assert not client.session.exists(str(during))
    assert events() == ["signin.succeeded", "signin.ended"]


def test_there_is_no_way_to_sign_up():
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")


def test_a_first_link_makes_one_account(client):
    from releases.actions.invitations import invite
    from releases.audit import System
    from releases.states import Role

    secret = invite(Role.ADMINISTRATOR, by=System("shell")).secret
    address = reverse("first", args=[secret])
    form = {"name": "Ada", "email": "ada@harbour.example", "password": factories.PASSWORD}
    assert client.get(address).status_code == 200
    assert client.post(address, {**form, "password": "short"}).status_code == 422
    assert client.post(address, form).status_code == 302
    assert Client().get(address).status_code == 410
    assert Client().post(address, {**form, "email": "eve@harbour.example"}).status_code == 410
