"""The Connect page: it asks, shows one result per need, and saves only what can read."""

import pytest
from django.utils import timezone

from releases.models import Inquiry, Organization, Project
from releases.states import Role
from tests import factories
from tests.pages.reading import HTMX, words

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]

WISH = {
    "organization_url": "https://dev.azure.com/port-authority",
    "project": "Learn_MLOps",
    "credential_kind": "pat",
    "credential_variable": "AZURE_DEVOPS_EXT_PAT",
}
NEEDS = [
    {"need": "read releases", "state": "ok", "sentence": "Reads releases.", "permission": ""},
    {"need": "approve", "state": "missing", "sentence": 'The token needs the scope "Release".', "permission": "scope"},
    {"need": "read the registry", "state": "not_asked", "sentence": "No workspace was named.", "permission": ""},
]
FOUND = {
    "needs": NEEDS,
    "identity_key": "1",
    "identity_name": "svc-slipway",
    "project_id": "00000000-0000-0000-0000-000000000001",
    "project_name": "Learn_MLOps",
    "projects": [],
    "location": "",
    "can_save": True,
}


@pytest.fixture
def browser(administrator):
    return factories.browser_of(administrator)


def answered(inquiry: Inquiry, **answer) -> None:
    inquiry.state, inquiry.answered_at = Inquiry.State.ANSWERED, timezone.now()
    inquiry.answer = {**FOUND, **answer}
    inquiry.save()


def test_asking_leads_to_the_results_as_soon_as_they_are_there(browser):
    page = browser.post("/connect/", WISH, follow=True)
    inquiry = Inquiry.objects.get()
    assert page.redirect_chain[-1][0] == f"/connect/{inquiry.pk}/"
    assert "Azure is being asked." in words(page)
    assert 'data-poll="1"' in page.content.decode()
    answered(inquiry)
    part = browser.get(f"/connect/{inquiry.pk}/", headers=HTMX)
    assert "data-poll" not in part.content.decode()
    assert 'Approve Permission missing The token needs the scope "Release".' in words(part)
    assert "Read the registry Not asked" in words(part)


def test_saving_stores_the_connection_and_goes_to_the_sync(browser):
    browser.post("/connect/", WISH)
    inquiry = Inquiry.objects.get()
    answered(inquiry)
    page = browser.post(f"/connect/{inquiry.pk}/save/", follow=True)
    assert page.redirect_chain[-1][0] == "/sync/"
    assert Project.objects.get().name == "Learn_MLOps"
    assert Organization.objects.get().credential_variable == "AZURE_DEVOPS_EXT_PAT"
    assert "token in AZURE_DEVOPS_EXT_PAT" in words(browser.get("/connect/"))


def test_what_cannot_read_releases_is_not_saved(browser):
    browser.post("/connect/", WISH)
    inquiry = Inquiry.objects.get()
    answered(inquiry, can_save=False)
    assert "Nothing is saved: releases cannot be read." in words(browser.get(f"/connect/{inquiry.pk}/"))
    assert browser.post(f"/connect/{inquiry.pk}/save/").status_code == 400
    assert not Project.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("organization_url", "http://evil.example/x", "is not encrypted"),
        ("organization_url", "", "Organization address: This field is required."),
        ("credential_variable", "SECRET_KEY", "never the token"),
        ("workspace", "mlops_ws", "A workspace needs its subscription"),
    ],
)
def test_a_wish_that_cannot_be_right_is_told_at_once(browser, field, value, said):
    page = browser.post("/connect/", {**WISH, field: value})
    assert page.status_code == 422
    assert said in words(page)
    assert not Inquiry.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_others_read_who_can_connect_and_a_forged_post_is_refused(role):
    client = factories.browser_of(factories.user(role=role))
    page = client.get("/connect/")
    assert "You cannot connect an organization: administrators can." in words(page)
    assert '<form method="post" action="/connect/"' not in page.content.decode()
    assert client.post("/connect/", WISH).status_code == 403
    assert not Inquiry.objects.exists()


def test_another_persons_question_is_not_found(browser):
    browser.post("/connect/", WISH)
    inquiry = Inquiry.objects.get()
    stranger = factories.browser_of(factories.user(role=Role.ADMINISTRATOR))
    assert stranger.get(f"/connect/{inquiry.pk}/").status_code == 404
    assert stranger.post(f"/connect/{inquiry.pk}/save/").status_code == 404


def test_who_changes_something_finds_what_they_typed_and_nobody_else_does(browser):
    browser.post("/connect/", WISH)
    inquiry = Inquiry.objects.get()
    answered(inquiry)
    assert f"/connect/?again={inquiry.pk}" in browser.get(f"/connect/{inquiry.pk}/").content.decode()
    typed = f'value="{WISH["organization_url"]}"'
    assert typed in browser.get(f"/connect/?again={inquiry.pk}").content.decode()
    stranger = factories.browser_of(factories.user(role=Role.ADMINISTRATOR))
    for client, again in ((stranger, inquiry.pk), (browser, "no-such-thing")):
        assert typed not in client.get(f"/connect/?again={again}").content.decode()
