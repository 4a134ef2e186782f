"""Saved views of the releases list: tabs, kept and changed by their owner alone, every mistake told."""

import pytest

from releases.actions.saved_views import MOST_VIEWS, delete_view, rename_view, save_view
from releases.errors import Conflict, Denied, Invalid
from releases.models import AuditEvent, SavedView
from releases.queries.saved_views import usual
from releases.states import Role
from tests import factories
from tests.pages.company import company
from tests.pages.reading import HTMX, queries, words

pytestmark = pytest.mark.django_db


def current(page):
    """The tab that is marked as the one shown."""
    tabs = page.content.decode().split('aria-label="Saved views">')[1].split("</nav>")[0]
    return [words(f"<a{one}") for one in tabs.split("<a")[1:] if 'aria-current="page"' in one]


@pytest.mark.parametrize(
    ("query", "tab"),
    [
        ("", "All"),
        ("before=1.1", "All"),
        ("state=waiting", "Waiting for approval"),
        ("state=live", "Live now"),
        ("state=failed&after=1.1", "Failed or rejected"),
    ],
)
def test_the_tab_of_what_is_shown_is_marked(signed_in, query, tab):
    company()
    assert current(signed_in.get(f"/releases/?{query}")) == [tab]


def test_a_view_is_saved_from_the_list_and_becomes_a_tab(signed_in, user):
    company()
    page = signed_in.get("/releases/?trigger=model&before=1.1")
    assert current(page) == []
    assert '<input type="hidden" name="query" value="trigger=model">' in page.content.decode()
    saved = signed_in.post("/releases/views/save/", {"name": " Models  only ", "query": "trigger=model&before=1.1"})
    assert saved["Location"] == "/releases/?trigger=model"
    page = signed_in.get("/releases/?trigger=model")
    assert "Saved as Models only." in words(page)
    assert current(page) == ["Models only"]
    assert "Save this view" not in words(page)
    assert current(signed_in.get("/releases/?model=&trigger=model")) == ["Models only"]


def test_saving_a_preference_leaves_no_event(signed_in):
    signed_in.post("/releases/views/save/", {"name": "Mine", "query": "trigger=model"})
    assert SavedView.objects.count() == 1
    assert not AuditEvent.objects.exclude(type__in=["audit.genesis", "signin.succeeded"]).exists()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"name": "", "query": "trigger=model"}, "This field is required."),
        ({"name": "   ", "query": "trigger=model"}, "This field is required."),
        ({"name": "x" * 61, "query": "trigger=model"}, "at most 60 characters"),
        ({"name": "a\u202eb", "query": "trigger=model"}, "Name the view in 1 to 60 characters."),
        ({"name": "All", "query": ""}, "Nothing is filtered, so there is no view to save."),
        ({"name": "All", "query": "before=1.1"}, "Nothing is filtered, so there is no view to save."),
        ({"name": "Long", "query": f"model={'x' * 2100}"}, "longer than 2000 characters"),
        ({"name": "MINE", "query": "trigger=push"}, "You have a view named MINE already."),
    ],
)
def test_a_view_that_cannot_be_saved_is_told_why_and_what_was_typed_stays(signed_in, user, given, sentence):
    save_view("Mine", "trigger=model", by=user)
    page = signed_in.post("/releases/views/save/", given)
    assert page.status_code == 422
    assert sentence in words(page)
    assert SavedView.objects.count() == 1


def test_twenty_views_are_the_most(signed_in, user):
    for number in range(MOST_VIEWS):
        save_view(f"View {number}", f"model={number}", by=user)
    page = signed_in.post("/releases/views/save/", {"name": "One more", "query": "model=x"})
    assert page.status_code == 422
    assert "You have 20 views, which is the most." in words(page)
    save_view("Somebody else's", "model=x", by=factories.user(role=Role.QA))


def test_a_view_is_renamed_overwritten_and_deleted(signed_in, user):
    view = save_view("Mine", "trigger=model", by=user)
    assert signed_in.post(f"/releases/views/{view.pk}/rename/", {"name": "Ours"})["Location"] == "/releases/views/"
    overwritten = signed_in.post(f"/releases/views/{view.pk}/overwrite/", {"query": "state=failed&trigger=push"})
    assert overwritten["Location"] == "/releases/?state=failed&trigger=push"
    view.refresh_from_db()
    assert (view.name, view.query) == ("Ours", "state=failed&trigger=push")
    page = signed_in.post(f"/releases/views/{view.pk}/delete/", follow=True)
    assert "Deleted the view Ours. The releases in it stay." in words(page)
    assert "No view saved yet" in words(page)
    assert not SavedView.objects.exists()


def test_a_name_may_be_written_differently_but_not_taken_twice(signed_in, user):
    view, other = (save_view(name, f"model={name}", by=user) for name in ("Mine", "Other"))
    assert signed_in.post(f"/releases/views/{view.pk}/rename/", {"name": "MINE"}).status_code == 302
    page = signed_in.post(f"/releases/views/{other.pk}/rename/", {"name": "mine"})
    assert page.status_code == 422
    assert "You have a view named mine already." in words(page)
    assert page.content.decode().count('aria-invalid="true"') == 1


def test_overwriting_with_nothing_is_told(signed_in, user):
    view = save_view("Mine", "trigger=model", by=user)
    page = signed_in.post(f"/releases/views/{view.pk}/overwrite/", {"query": ""})
    assert page.status_code == 400
    assert "Nothing is filtered" in words(page)


@pytest.mark.parametrize("verb", ["rename", "overwrite", "delete"])
def test_nobody_elses_view_exists(signed_in, verb):
    theirs = save_view("Theirs", "trigger=model", by=factories.user(role=Role.ADMINISTRATOR))
    given = {"name": "Taken", "query": "trigger=push"}
    assert signed_in.post(f"/releases/views/{theirs.pk}/{verb}/", given).status_code == 404
    assert signed_in.post(f"/releases/views/999999/{verb}/", given).status_code == 404
    theirs.refresh_from_db()
    assert (theirs.name, theirs.query) == ("Theirs", "trigger=model")
    for path in ("/releases/", "/releases/views/"):
        assert "Theirs" not in words(signed_in.get(path))


def test_the_action_itself_refuses_anybody_but_the_owner(user):
    view = save_view("Mine", "trigger=model", by=user)
    other = factories.user(role=Role.ADMINISTRATOR)
    with pytest.raises(Denied, match="changed by whoever saved it"):
        rename_view(view, "Taken", by=other)
    with pytest.raises(Denied):
        delete_view(view, by=other)


def test_a_view_that_is_gone_meanwhile(user):
    view = save_view("Mine", "trigger=model", by=user)
    delete_view(view, by=user)
    delete_view(view, by=user)
    with pytest.raises(Conflict, match="deleted meanwhile"):
        rename_view(view, "Ours", by=user)


def test_a_hostile_name_and_query_are_text(signed_in, user):
    save_view('"><img src=x onerror=alert(1)>', 'model="><script>alert(1)</script>&javascript:alert(1)=1', by=user)
    for path in ("/releases/", "/releases/views/", "/releases/?trigger=model"):
        page = signed_in.get(path).content.decode()
        assert "<img src=x" not in page and "<script>alert" not in page
        assert 'href="javascript:' not in page


def test_what_a_view_shows_is_said_in_words(signed_in, user):
    made = company()
    save_view("Mine", f"pipeline={made.pipeline.pk}&state=failed&trigger=model&model=scaler:7", by=user)
    told = "Model: scaler:7, pipeline: Port Weather ML Pipeline, state: A stage failed or was rejected"
    assert f"Shows {told}, trigger: New model version" in words(signed_in.get("/releases/views/"))
    assert "Shows Trigger: Push" in words(signed_in.get("/releases/views/?query=trigger%3Dpush"))


def test_own_views_cost_one_query_and_a_fragment_none(signed_in, user):
    company()
    before = queries(signed_in, "/releases/")
    for number in range(5):
        save_view(f"View {number}", f"model={number}", by=user)
    assert queries(signed_in, "/releases/") == before
    assert "Saved views" not in signed_in.get("/releases/", headers=HTMX).content.decode()


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("b=2&a=1", "a=1&b=2"),
        ("?a=1&before=3.4&after=5.6", "a=1"),
        ("a=&b=", ""),
        ("model=a%3A7+x", "model=a%3A7+x"),
        ("a=1&a=1", "a=1"),
    ],
)
def test_one_list_has_one_form_of_its_address(query, kept):
    assert usual(query) == kept


def test_no_filters_no_view(user):
    with pytest.raises(Invalid):
        save_view("Mine", "?before=1.1", by=user)
