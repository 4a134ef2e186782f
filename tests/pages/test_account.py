"""One's own account: name, zone in any usual spelling, shortcuts, roles, and keys that are shown once."""

import pytest
from django.test import Client

from releases.models import ApiKey, AuditEvent, Membership, User
from releases.states import Role
from tests import factories
from tests.api.conftest import Program
from tests.pages.reading import words

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]
KEY = {"key-name": "grafana", "key-scopes": ["read:releases"], "key-expires_days": "30"}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Europe/Helsinki", "Europe/Helsinki"),
        (" europe/helsinki ", "Europe/Helsinki"),
        ("helsinki", "Europe/Helsinki"),
        ("America/New York", "America/New_York"),
        ("utc", "UTC"),
    ],
)
def test_a_zone_is_found_in_any_usual_spelling(signed_in, user, typed, kept):
    assert signed_in.post("/account/", {"name": "Ayla", "time_zone": typed}).status_code == 302
    user.refresh_from_db()
    assert user.time_zone == kept


@pytest.mark.parametrize("typed", ["", "Mars/Olympus", "../../etc/passwd", "Etc/GMT+5", "x" * 100, "\0"])
def test_an_unknown_zone_is_refused_in_words(signed_in, user, typed):
    page = signed_in.post("/account/", {"name": "Ayla", "time_zone": typed})
    assert page.status_code == 422
    user.refresh_from_db()
    assert user.time_zone == "UTC"


def test_the_page_says_what_time_it_is_in_the_zone_and_offers_all_of_them(signed_in, user):
    User.objects.filter(pk=user.pk).update(time_zone="Europe/Helsinki")
    page = signed_in.get("/account/")
    assert "in Europe/Helsinki" in words(page)
    assert '<option value="Asia/Tokyo">Asia/Tokyo</option>' in page.content.decode()


def test_shortcuts_are_switched_off_with_the_account_and_in_the_browser(signed_in, user):
    assert 'data-keys="off"' not in signed_in.get("/").content.decode()
    answer = signed_in.post("/account/", {"name": "Ayla", "time_zone": "UTC"})
    assert answer.cookies["slipway-keys"].value == "off"
    user.refresh_from_db()
    assert not user.has_shortcuts
    page = signed_in.get("/")
    assert 'data-keys="off"' in page.content.decode()
    assert "Single keys are switched off for you." in words(page)
    nobody = Client()
    nobody.cookies["slipway-keys"] = "off"
    assert 'data-keys="off"' in nobody.get("/accounts/login/").content.decode()
    signed_in.post("/account/", {"name": "Ayla", "time_zone": "UTC", "has_shortcuts": "on"})
    assert 'data-keys="off"' not in signed_in.get("/").content.decode()


def test_own_roles_stand_place_by_place():
    person = factories.user(role=Role.QA, project=factories.project(name="Learn_MLOps"))
    Membership.objects.create(user=person, role=Role.AUDITOR)
    text = words(factories.browser_of(person).get("/account/"))
    assert "Every project Auditor Learn_MLOps QA specialist" in text


def test_a_key_is_shown_once_works_and_is_revoked(signed_in, user):
    page = signed_in.post("/account/keys/", KEY)
    secret = page.content.decode().split('readonly value="')[1].split('"')[0]
    assert "It is not shown again." in words(page)
    assert Program(secret).get("releases/").status_code == 200
    assert Program(secret).get("projects/").status_code == 403
    again = signed_in.get("/account/").content.decode()
    assert secret not in again and "grafana" in again
    key = ApiKey.objects.get()
    assert signed_in.post(f"/account/keys/{key.prefix}/revoke/").status_code == 302
    assert Program(secret).get("releases/").status_code == 401
    assert "You have no key." in words(signed_in.get("/account/"))
    types = AuditEvent.objects.filter(type__startswith="api_key").order_by("seq").values_list("type", flat=True)
    assert list(types) == ["api_key.created", "api_key.revoked"]


@pytest.mark.parametrize(
    "odd",
    [
        {"key-name": ""},
        {"key-scopes": []},
        {"key-scopes": ["write"]},
        {"key-expires_days": "0"},
        {"key-expires_days": "x"},
    ],
)
def test_an_unusable_key_is_refused_in_words(signed_in, odd):
    page = signed_in.post("/account/keys/", {**KEY, **odd})
    assert page.status_code == 422
    assert 'role="alert"' in page.content.decode()
    assert not ApiKey.objects.exists()


def test_a_form_that_is_sent_twice_makes_one_key(signed_in):
    assert [signed_in.post("/account/keys/", KEY).status_code for _ in range(2)] == [200, 422]
    assert ApiKey.objects.count() == 1


def test_nobody_ends_the_key_of_somebody_else(signed_in):
    other = factories.user(role=Role.QA)
    factories.browser_of(other).post("/account/keys/", KEY)
    assert signed_in.post(f"/account/keys/{ApiKey.objects.get().prefix}/revoke/").status_code == 404
    assert ApiKey.objects.get().revoked_at is None
