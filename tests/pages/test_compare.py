"""The compare page: chosen by ticks, by address or by what a stage runs; differences first, the same counted."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from releases.models import Commit, Release, ReleaseCommit
from releases.states import Role
from tests import factories
from tests.factories import NOON
from tests.pages.company import carrying, company, deployed, pipeline_with_stages
from tests.pages.reading import HTMX, queries, words
from tests.pages.test_hostile import HOSTILE, UNSAFE

pytestmark = pytest.mark.django_db


def address(release):
    return f"{release.project.slug}/{release.azure_id}"


def compared(client: Client, a: str, b: str, more: str = "") -> Any:
    return client.get(f"/compare/?a={a}&b={b}{more}")


def test_the_answer_comes_first_and_what_is_the_same_is_counted(signed_in):
    made = company()
    page = compared(signed_in, address(made.live), address(made.waiting))
    text = words(page)
    assert "Release-1 against Release-2 1 of 2 artifacts differs." in text
    assert "Model support-vector-classifier v7 v8 1 version newer 1 unchanged" in text
    assert "Scaler v1 v1" not in text
    assert "Variables Neither has any." in text
    assert "PROD status Succeeded, live Waiting changed" in text


def test_everything_shows_the_same_as_well(signed_in):
    made = company()
    text = words(compared(signed_in, address(made.live), address(made.waiting), "&rows=all"))
    assert "Scaler v1 v1 same" in text
    assert "unchanged" not in text


def test_a_release_is_compared_with_what_a_stage_runs(signed_in):
    made = company()
    page = compared(signed_in, f"live:{made.prod.pk}", address(made.waiting))
    assert "Release-1, live in PROD against Release-2" in words(page)
    deployed(made.waiting, made.prod, minutes=90)
    page = compared(signed_in, f"live:{made.prod.pk}", f"live:{made.dev.pk}")
    assert "Both sides are the same release. Choose another one." in words(page)


def test_a_stage_that_runs_nothing_is_told(signed_in):
    made = company()
    empty = factories.stage(pipeline=made.pipeline, name="UAT")
    page = compared(signed_in, f"live:{empty.pk}", address(made.waiting))
    assert page.status_code == 200
    assert "UAT runs nothing now, so there is nothing to compare with." in words(page)


def test_two_moments_of_a_stage_are_compared(signed_in):
    made = company()
    deployed(made.waiting, made.prod, minutes=90)
    then = f"live:{made.prod.pk}@2026-03-02T13:00:00Z"
    page = compared(signed_in, then, f"live:{made.prod.pk}")
    title = "Release-1, live in PROD on 2026-03-02 at 13:00:00 UTC against Release-2, live in PROD"
    assert title in words(page)
    assert f'<option value="{then}" selected>' in page.content.decode()
    before = compared(signed_in, f"live:{made.prod.pk}@2020-01-01T00:00:00%2B02:00", f"live:{made.prod.pk}")
    assert "No record says what PROD ran then, so there is nothing to compare with." in words(before)


def test_the_page_of_a_moment_leads_to_the_comparison_with_now(signed_in):
    made = company()
    deployed(made.waiting, made.prod, minutes=90)
    page = signed_in.get("/audit/live-at/?at=2026-03-02T13:00&zone=UTC").content.decode()
    [link] = re.findall(rf'href="(/compare/[?]a=live:{made.prod.pk}@[^"]*)"', page)
    assert "Release-1, live in PROD on 2026-03-02 at 13:00:00 UTC against" in words(signed_in.get(unescape(link)))


def test_the_sides_can_be_chosen_anew_and_swapped(signed_in):
    made = company()
    page = compared(signed_in, f"live:{made.prod.pk}", address(made.waiting)).content.decode()
    assert f'<option value="live:{made.prod.pk}" selected>Live in PROD: Release-1</option>' in page
    assert f'<option value="{address(made.waiting)}" selected>Release-2</option>' in page
    swapped = f"?a={address(made.waiting).replace('/', '%2F')}&amp;b=live%3A{made.prod.pk}"
    assert f'href="{swapped}"' in page


def test_a_release_older_than_those_offered_is_still_the_one_chosen(signed_in):
    made = company()
    for day in range(25):
        factories.release(pipeline=made.pipeline, created_on=NOON + timedelta(days=day + 3))
    page = compared(signed_in, address(made.live), address(made.waiting)).content.decode()
    assert f'<option value="{address(made.live)}" selected>Release-1</option>' in page


@pytest.mark.parametrize("side", ["a", "b"])
def test_one_side_alone_asks_for_the_other(signed_in, side):
    made = company()
    page = signed_in.get(f"/compare/?{side}={address(made.live)}")
    assert page.status_code == 200
    assert "Choose the other release." in words(page)
    assert page.content.decode().count('<option value="">Choose</option>') == 1


def test_the_navigation_marks_releases_as_the_place(signed_in):
    for path in ("/compare/", "/releases/views/"):
        nav = signed_in.get(path).content.decode().split('aria-label="Main"')[1].split("</nav>")[0]
        assert "Releases" in nav.split('aria-current="page"')[1].split("</a>")[0]


def test_without_any_side_the_way_is_told(signed_in):
    assert "Tick two rows of the releases list" in words(signed_in.get("/compare/"))


def test_two_ticked_rows_lead_to_their_address_the_older_first(signed_in):
    made = company()
    picked = [made.waiting, made.live]
    response = signed_in.get("/compare/", {"pick": [address(one) for one in picked]})
    first, second = (address(one).replace("/", "%2F") for one in reversed(picked))
    assert response["Location"] == f"/compare/?a={first}&b={second}"


@pytest.mark.parametrize(("number", "sentence"), [(1, "One release is ticked."), (3, "More than two releases are")])
def test_other_than_two_ticks_are_told(signed_in, number, sentence):
    made = company()
    picked = [made.waiting, made.live, factories.release(pipeline=made.pipeline)][:number]
    page = signed_in.get("/compare/", {"pick": [address(one) for one in picked]})
    assert page.status_code == 200
    assert f"{sentence}" in words(page) and "Choose two." in words(page)


def test_the_same_release_twice_is_told(signed_in):
    made = company()
    page = compared(signed_in, address(made.live), address(made.live))
    assert "Both sides are the same release. Choose another one." in words(page)


@pytest.mark.parametrize(
    "word",
    [
        "x",
        "x/1",
        "live:",
        "live:x",
        "live:999999",
        "live:1@",
        "live:1@x",
        "live:1@2026-03-02",
        "port/x",
        "/1",
        "port/99999999999999",
    ],
)
def test_what_does_not_exist_is_not_found(signed_in, word):
    made = company()
    assert compared(signed_in, word, address(made.live)).status_code == 404
    assert compared(signed_in, address(made.live), word).status_code == 404
    assert signed_in.get("/compare/", {"pick": [word, address(made.live)]}).status_code == 404


def test_another_projects_release_does_not_exist():
    mine, other = company(), company(factories.project())
    client = factories.browser_of(factories.user(role=Role.MANAGER, project=mine.project))
    assert compared(client, address(mine.live), address(mine.waiting)).status_code == 200
    for word in (address(other.live), f"live:{other.prod.pk}"):
        assert compared(client, address(mine.live), word).status_code == 404
        assert compared(client, word, address(mine.live)).status_code == 404


def test_two_pipelines_are_compared_and_it_is_said(signed_in):
    made, other = company(), company(factories.project(name="Berths"))
    text = words(compared(signed_in, address(made.live), address(other.waiting)))
    assert "Two pipelines. Port Weather ML Pipeline and Port Weather ML Pipeline carry different things" in text


def test_the_release_page_leads_to_the_comparison_with_what_is_live(signed_in):
    made = company()
    page = signed_in.get(f"/p/{made.project.slug}/releases/{made.waiting.azure_id}/")
    assert "Compare with live" in words(page)
    link = f"/compare/?a=live:{made.prod.pk}&amp;b={address(made.waiting)}"
    assert f'href="{link}"' in page.content.decode()
    assert "Release-1, live in PROD against Release-2" in words(signed_in.get(link.replace("&amp;", "&")))
    live = signed_in.get(f"/p/{made.project.slug}/releases/{made.live.azure_id}/")
    assert "Compare with live" not in words(live)


def test_a_comparison_that_may_change_refreshes_itself(signed_in):
    made = company()
    moving = compared(signed_in, address(made.live), address(made.waiting))
    assert 'data-poll="60"' in moving.content.decode()
    Release.objects.update(is_unfinished=False)
    assert (
        'id="_compare" data-poll' not in compared(signed_in, address(made.live), address(made.waiting)).content.decode()
    )
    fragment = signed_in.get(f"/compare/?a={address(made.live)}&b={address(made.waiting)}", headers=HTMX)
    assert fragment.content.decode().lstrip().startswith('<div class="stack wide" id="_compare"')


def test_commits_are_listed_with_safe_links(signed_in):
    made = company()
    for at, url in enumerate(UNSAFE[:3]):
        commit = Commit.objects.create(project=made.project, sha=f"{at}" * 40, message=HOSTILE[0], web_url=url)
        ReleaseCommit.objects.create(release=made.waiting, commit=commit)
    page = compared(signed_in, address(made.live), address(made.waiting))
    assert "3 commits in Release-2 only" in words(page)
    assert "javascript:" not in page.content.decode() and "evil" not in page.content.decode()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text(signed_in, name):
    pipeline, stage, _ = pipeline_with_stages(factories.project(name=name), name=name)
    releases = []
    for day in range(2):
        release = factories.release(
            pipeline=pipeline,
            name=f"{name}{day}",
            created_on=NOON + timedelta(days=day),
            variables={name: {"value": f"{name}{day}"}},
            tags=[name],
        )
        row = factories.release_stage(release=release, stage=stage, name=name)
        factories.deployment(release_stage=row)
        version = factories.model_version(name=name, version=str(day), metrics={name: day})
        factories.artifact(release=release, alias=name, name=name, version=str(day), model_version=version)
        releases.append(address(release))
    for more in ("", "&rows=all"):
        page = compared(signed_in, releases[0], releases[1], more).content.decode()
        assert "<script>alert" not in page and "<img src=x" not in page and "<b>bold" not in page
        assert "{{7*7}}" in page or "7*7" not in name


def test_the_cost_is_fixed(signed_in):
    made = company()
    path = f"/compare/?a={address(made.live)}&b={address(made.waiting)}"
    before = queries(signed_in, path)
    for day in range(30):
        late = {"created_on": NOON + timedelta(hours=day + 1)}
        carrying(factories.release(pipeline=made.pipeline, **late), model=day)
    assert queries(signed_in, path) == before
    assert before <= 40


def test_ticks_stand_before_each_row_and_belong_to_one_form(signed_in):
    made = company()
    page = signed_in.get("/releases/").content.decode()
    for release in (made.live, made.waiting):
        assert f'name="pick" form="picks" value="{address(release)}" aria-label="Select {release.name}"' in page
    assert '<form id="picks"' in page and 'action="/compare/"' in page
