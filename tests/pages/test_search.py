"""The search page, what is suggested while one types, and the API's answer: the same hits through every door."""

import pytest

from releases.states import Role
from tests import factories
from tests.api.conftest import harbour
from tests.domain.test_search import HOSTILE
from tests.full_project import full_project
from tests.pages.company import company
from tests.pages.reading import HTMX, queries, words

pytestmark = pytest.mark.django_db


def test_every_page_has_the_field_and_a_way_to_the_page(signed_in):
    company()
    for path in ("/", "/releases/", "/sync/", "/account/"):
        page = signed_in.get(path).content.decode()
        assert page.count('<form class="gsearch" role="search"') == 1, path
        assert 'href="/search/" aria-label="Search"' in page, path


def test_without_scripts_the_form_leads_to_groups_of_links(signed_in):
    made = company()
    page = signed_in.get("/search/?q=release-2")
    text = words(page)
    assert "1 found for release-2" in text
    assert "Releases Release-2 Port Weather ML Pipeline, Learn_MLOps" in text
    assert f'href="/p/{made.project.slug}/releases/{made.waiting.azure_id}/">Release-2</a>' in page.content.decode()
    assert 'value="release-2"' in page.content.decode()


def test_while_one_types_the_same_hits_come_as_options(signed_in):
    made = company()
    answer = signed_in.get("/search/?q=release-2", headers=HTMX)
    lines = answer.content.decode()
    assert "<html" not in lines and 'id="_found"' in lines and 'role="option"' in lines
    assert f'href="/p/{made.project.slug}/releases/{made.waiting.azure_id}/"' in lines
    assert answer.headers["X-News"] == "1%20found%2C%20first%20release%20Release-2"
    assert answer.headers["Vary"].count("HX-Request") == 1


def test_what_is_not_found_leads_to_what_can_be_searched(signed_in):
    company()
    for headers in ({}, HTMX):
        assert "Look for a release by name or number (24)" in words(signed_in.get("/search/?q=zzz", headers=headers))
    assert "Nothing found for zzz" in words(signed_in.get("/search/?q=zzz"))
    assert signed_in.get("/search/?q=zzz", headers=HTMX).headers["X-News"] == "Nothing%20found"
    assert "hidden" in signed_in.get("/search/?q=", headers=HTMX).content.decode()


@pytest.mark.parametrize("text", [text for text in HOSTILE if text != "\ud800"])  # no address can hold that one
def test_no_text_breaks_a_door(signed_in, text):
    company()
    for path, headers in (("/search/", {}), ("/search/", HTMX)):
        answer = signed_in.get(path, {"q": text}, headers=headers)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.content.decode()
    assert signed_in.get("/api/v1/search/", {"q": text}).status_code in {200, 400}


def test_a_group_that_is_longer_says_so(signed_in):
    pipeline = factories.pipeline()
    for _ in range(9):
        factories.release(pipeline=pipeline)
    text = words(signed_in.get("/search/?q=release-"))
    assert "6 found for release-" in text
    assert "All releases with this" in text


def test_a_wrong_address_offers_the_search_with_the_number(signed_in):
    company()
    page = signed_in.get("/p/another/releases/912/").content.decode()
    assert 'name="q" value="912"' in page


def test_commits_and_people_lead_to_their_releases(signed_in):
    full = full_project("turku", number=51_000)
    page = signed_in.get("/search/?q=e051000").content.decode()
    assert f'href="/releases/?commit={full.rows["commit"].sha}"' in page
    person = signed_in.get("/search/?q=turku person").content.decode()
    assert 'href="/releases/?person=p%40turku.example"' in person
    for path in (f"/releases/?commit={full.rows['commit'].sha}", "/releases/?person=p%40turku.example"):
        assert "Release-51000" in words(signed_in.get(path)), path


def test_the_api_answers_the_same(signed_in):
    made = company()
    found = signed_in.get("/api/v1/search/?q=Release-2").json()
    (group,) = found["groups"]
    assert (found["text"], group["kind"], group["has_more"]) == ("Release-2", "release", False)
    (hit,) = group["hits"]
    assert (hit["id"], hit["title"], hit["is_exact"]) == (made.waiting.pk, "Release-2", True)
    assert hit["release"]["azure_id"] == made.waiting.azure_id
    assert signed_in.get("/api/v1/search/").status_code == 400
    assert signed_in.get("/api/v1/search/?q=x&p=y").status_code == 400


def test_another_projects_things_are_not_found_through_any_door():
    theirs, mine = harbour(), company()
    browser = factories.browser_of(factories.user(role=Role.ADMINISTRATOR, project=mine.project))
    for text in ("Release-", "support", "Åsa", "Pipeline", "port-weather"):
        for path, headers in (("/search/", {}), ("/search/", HTMX), ("/api/v1/search/", {})):
            answer = browser.get(path, {"q": text}, headers=headers).content.decode()
            assert theirs.project.slug not in answer and theirs.project.name not in answer, text


def test_suggestions_ask_a_fixed_number_of_queries(signed_in):
    made = company()
    before = queries(signed_in, "/search/?q=release")
    for _ in range(5):
        factories.release(pipeline=made.pipeline)
    assert queries(signed_in, "/search/?q=release") == before
