"""What each role may press: who may not reads why beside the closed button, and the same sentence when it is forced."""

import pytest
from django.utils.html import escape

from releases.models import Membership
from releases.states import Role
from tests import factories
from tests.pages.reading import words

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]

CLOSED = {
    ("/sync/", "/sync/now/"): {Role.AUDITOR},
    ("/connect/", "/connect/"): set(Role) - {Role.ADMINISTRATOR},
}
PAGES = ["/", "/releases/", "/sync/", "/connect/", "/rules/artifacts/", "/account/", "/api/", "/ui/"]
FORM = {
    "organization_url": "https://dev.azure.com/contoso",
    "project": "MLOps",
    "credential_kind": "pat",
    "credential_variable": "A_TOKEN",
}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(("page", "door"), CLOSED)
def test_a_closed_button_and_the_refusal_say_the_same(page, door, role):
    factories.project(name="Learn_MLOps")
    browser = factories.browser_of(factories.user(role=role))
    is_closed = role in CLOSED[page, door]
    shown, forced = browser.get(page), browser.post(door, FORM)
    assert (forced.status_code == 403) is is_closed
    if not is_closed:
        assert "You cannot" not in words(shown)
        return
    sentence = forced.context["sentence"]
    assert sentence.startswith("You cannot ")
    assert sentence in words(shown)
    assert f"<h1>{escape(sentence)}</h1>" in forced.content.decode()
    assert "Nothing was changed." in words(forced)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    "page", ["/", "/releases/", "/sync/", "/connect/", "/rules/artifacts/", "/account/", "/api/", "/ui/"]
)
def test_every_role_reads_every_page_and_finds_the_api(page, role):
    text = factories.browser_of(factories.user(role=role)).get(page)
    assert text.status_code == 200
    assert '<a href="/api/">' in text.content.decode()


def test_a_role_in_one_project_opens_only_that_one_for_a_sync():
    mine, other = factories.project(name="Mine"), factories.project(name="Other")
    person = factories.user(role=Role.OPERATOR, project=mine)
    Membership.objects.create(user=person, role=Role.AUDITOR, project=other)
    answer = factories.browser_of(person).post("/sync/now/", follow=True)
    assert "Asked for a sync of Mine." in words(answer)


@pytest.mark.parametrize("page", ["/", "/releases/", "/sync/"])
def test_who_holds_no_role_is_told_so_instead_of_asked_to_connect(page):
    factories.project()
    text = words(factories.browser_of(factories.user()).get(page))
    assert "You hold no role yet Administrators give roles." in text
    assert "Connect an organization" not in text
