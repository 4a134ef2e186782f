"""One URL answers page or fragment: what htmx needs, and that nothing needs htmx."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from releases.models import Watermark
from tests import factories
from tests.pages.company import company
from tests.pages.reading import HTMX, words
from tests.pages.test_sync import read

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]


@pytest.fixture
def addresses() -> dict[str, str]:
    made = company()
    release = f"/p/{made.project.slug}/releases/{made.waiting.azure_id}/"
    run = factories.training_run()
    version = factories.model_version(workspace=run.workspace, training_run=run)
    made.live.artifacts.filter(alias="model").update(model_version=version)
    return {
        "overview": "/",
        "releases": "/releases/",
        "release": release,
        "sync": "/sync/",
        "trace": "/audit/?q=support-vector-classifier+v7",
        "live_at": "/audit/live-at/?at=2026-03-02T18:00",
        "model_version": reverse("model_version", args=[run.workspace_id, version.name, version.version]),
        "training_run": reverse("training_run", args=[run.workspace_id, run.name]),
    }


PAGES = ["overview", "releases", "release", "sync", "trace", "live_at", "model_version", "training_run"]


@pytest.mark.parametrize("name", PAGES)
def test_a_fragment_is_a_part_of_its_page_with_its_file_name_as_id(signed_in, addresses, name):
    page = signed_in.get(addresses[name])
    part = signed_in.get(addresses[name], headers=HTMX)
    root = re.match(r'\s*<div[^>]* id="(_\w+)"', part.content.decode())
    assert root and f'id="{root[1]}"' in page.content.decode()
    assert any(template.name.endswith(f"/{root[1]}.html") for template in part.templates)
    assert "HX-Request" in part["Vary"] and "HX-Request" in page["Vary"]
    assert "no-store" in page["Cache-Control"]


def test_a_boosted_request_gets_the_whole_page(signed_in, addresses):
    page = signed_in.get("/", headers={**HTMX, "HX-Boosted": "true"})
    assert "<!doctype html>" in page.content.decode()


def test_an_unchanged_fragment_is_not_sent_again_and_a_changed_one_is_announced(signed_in, addresses):
    first = signed_in.get("/releases/", headers=HTMX)
    again = signed_in.get("/releases/", headers={**HTMX, "If-None-Match": first["ETag"]})
    assert again.status_code == 304 and not again.content
    company()
    changed = signed_in.get("/releases/", headers={**HTMX, "If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["X-News"] == "4%20releases"


@pytest.mark.parametrize("name", ["overview", "releases", "release"])
def test_an_unchanged_fragment_is_not_sent_again_either_where_answers_are_packed(signed_in, addresses, name):
    packed = {**HTMX, "Accept-Encoding": "gzip"}
    first = signed_in.get(addresses[name], headers=packed)
    assert first["ETag"].startswith('W/"')
    assert signed_in.get(addresses[name], headers={**packed, "If-None-Match": first["ETag"]}).status_code == 304


@pytest.mark.parametrize("name", PAGES)
def test_pages_carry_no_inline_script_or_style(signed_in, addresses, name):
    page = signed_in.get(addresses[name]).content.decode()
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|hx-on|javascript:", page)


@pytest.mark.parametrize("name", PAGES)
def test_every_posted_form_has_an_action_a_token_and_no_get_changes_anything(signed_in, addresses, name):
    page = signed_in.get(addresses[name]).content.decode()
    forms = re.findall(r'<form method="post".*?</form>', page, re.DOTALL)
    assert forms
    assert all("action=" in form and "csrfmiddlewaretoken" in form for form in forms)
    assert signed_in.get("/sync/now/").status_code == 405
    assert signed_in.get("/account/theme/").status_code == 405


@pytest.mark.parametrize("path", ["/", "/releases/", "/releases/?before=4102444800000000.1", "release"])
def test_a_fragment_says_by_itself_that_what_is_shown_went_stale_and_that_it_is_fresh_again(signed_in, path):
    project = company().project
    path = path if path != "release" else f"/p/{project.slug}/releases/{project.releases.latest('pk').azure_id}/"
    assert 'data-poll="' in signed_in.get(path).content.decode()
    read(project, ago=timedelta(hours=3))
    assert "stale since" in words(signed_in.get(path, headers=HTMX))
    Watermark.objects.update(checked_at=timezone.now())
    read(factories.project(name="Another"), ago=timedelta(hours=3))
    assert ("stale since" in words(signed_in.get(path, headers=HTMX))) is (not path.startswith("/p/"))
    Watermark.objects.update(checked_at=timezone.now())
    assert "stale since" not in words(signed_in.get(path, headers=HTMX))
