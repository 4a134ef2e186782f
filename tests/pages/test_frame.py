"""The frame: navigation, theme, time zone, the account, error pages."""

import time

import pytest
from django.db import OperationalError
from django.test import Client

from dashboard.middleware import SEEN_STEP_SECONDS
from releases.errors import AzureUnreachable
from releases.models import User
from tests import factories
from tests.pages.company import company
from tests.pages.reading import queries, words

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]


def test_the_navigation_shows_only_what_is_built(signed_in):
    text = words(signed_in.get("/releases/"))
    for built in ("Overview", "Releases", "Audit", "Sync", "Clusters", "Commands", "Connections"):
        assert built in text
    for later in ("Reviews", "Insights"):
        assert later not in text


def test_times_are_in_the_readers_zone_and_the_zone_is_named(signed_in, user):
    made = company()
    User.objects.filter(pk=user.pk).update(time_zone="Europe/Helsinki")
    page = signed_in.get(f"/p/{made.project.slug}/releases/{made.live.azure_id}/")
    assert "Times in Europe/Helsinki" in words(page)
    assert "Mon 2 Mar at 14:00" in words(page)
    assert (
        'datetime="2026-03-02T12:00:00+00:00" title="Mon 2 Mar 2026, 14:00:00 Europe/Helsinki"' in page.content.decode()
    )


def test_the_account_keeps_name_and_zone_and_refuses_unknown_ones(signed_in, user):
    signed_in.post("/account/", {"name": "Ayla Demir", "time_zone": "Europe/Helsinki"})
    user.refresh_from_db()
    assert (user.name, user.time_zone) == ("Ayla Demir", "Europe/Helsinki")
    assert signed_in.post("/account/", {"name": "x", "time_zone": "Mars/Olympus"}).status_code == 422
    User.objects.filter(pk=user.pk).update(time_zone="Mars/Olympus")
    assert "Times in UTC" in words(signed_in.get("/"))


def test_the_theme_is_kept_in_a_cookie_and_with_the_account(signed_in, user):
    response = signed_in.post("/account/theme/", {"theme": "dark", "next": "/releases/"})
    assert response["Location"] == "/releases/"
    assert response.cookies["slipway-theme"].value == "dark"
    user.refresh_from_db()
    assert user.theme == "dark"
    assert '<html lang="en" data-theme="dark"' in signed_in.get("/").content.decode()


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "", "nowhere", "sync"]
)
def test_the_theme_form_leads_nowhere_else(signed_in, target):
    response = signed_in.post("/account/theme/", {"theme": "light", "next": target})
    assert response["Location"] == "/"


def test_an_unknown_address_is_told_with_and_without_a_sign_in(signed_in):
    assert "There is nothing at this address" in words(signed_in.get("/nowhere/"))
    nobody = Client().get("/nowhere/")
    assert nobody.status_code == 404
    assert "There is nothing at this address" in words(nobody)


def test_a_wrong_number_leads_to_releases_of_the_same_number(signed_in):
    made = company()
    page = signed_in.get(f"/p/another/releases/{made.live.azure_id}/")
    assert page.status_code == 404
    assert "Looks similar Release-1" in words(page)


def test_a_fault_of_ours_is_told_without_details(signed_in, monkeypatch):
    signed_in.raise_request_exception = False
    monkeypatch.setattr("dashboard.views.sync.sync_seen", lambda *_, **__: 1 / 0)
    page = signed_in.get("/sync/")
    assert page.status_code == 500
    assert "Slipway could not show this page" in words(page)
    assert "ZeroDivisionError" not in page.content.decode()


@pytest.mark.parametrize(
    ("said", "heading", "sentence"),
    [
        ("database or disk is full", "There is no room left", "Nothing went to Azure either."),
        ("server closed the connection", "The database does not answer", "An act is done once"),
    ],
)
def test_a_database_that_refuses_is_told_with_what_to_do(signed_in, monkeypatch, said, heading, sentence):
    def refuses(*_: object, **__: object) -> None:
        raise OperationalError(said)

    signed_in.raise_request_exception = False
    monkeypatch.setattr("dashboard.views.sync.sync_seen", refuses)
    monkeypatch.setattr("releases.actions.saved_views.save_view", refuses)
    read, sent = signed_in.get("/sync/"), signed_in.post("/releases/views/save/", {"name": "mine", "query": "q=1"})
    assert (read.status_code, sent.status_code) == (503, 503)
    assert heading in words(read) and heading in words(sent)
    assert sentence in words(sent) and sentence not in words(read)


def test_a_page_is_read_though_its_session_cannot_be_stored(signed_in, monkeypatch):
    def refuses(*_: object, **__: object) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.save", refuses)
    later = time.time() + 2 * SEEN_STEP_SECONDS
    monkeypatch.setattr("dashboard.middleware.time.time", lambda: later)
    assert signed_in.get("/releases/").status_code == 200


def test_what_azure_does_not_answer_says_that_nothing_is_lost_and_what_still_works(signed_in, monkeypatch):
    def silent(*_: object, **__: object) -> None:
        raise AzureUnreachable("Azure DevOps gave no answer in 45 s.")

    monkeypatch.setattr("dashboard.views.sync.sync_seen", silent)
    page = signed_in.get("/sync/")
    assert page.status_code == 503
    text = words(page)
    assert "Nothing is lost Azure DevOps gave no answer in 45 s." in text
    assert (
        "Reading Works" in text and "Fresh history Waits" in text and "Redeploy, cancel, abandon, create Wait" in text
    )


def test_a_stale_form_is_told_in_words(user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    page = client.post("/sync/now/")
    assert page.status_code == 403
    assert "Nothing was changed." in words(page)


def test_a_person_without_a_role_sees_nothing_and_is_told_so():
    company()
    client = factories.browser_of(factories.user())
    assert "No role yet" in words(client.get("/"))
    assert "0 releases" in words(client.get("/releases/"))
    assert queries(client, "/") < 24
