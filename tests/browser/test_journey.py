"""The walk that shows what Slipway is for: sign in, what is live, which releases carried a model version, and why."""

import re
import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import sign_in
from tests.up.running import Product

pytestmark = pytest.mark.browser
SECOND_HALF_MS = 500
"""Time in which the second press of a double click would have left its trace."""


def a_carried_version(page: Page) -> str:
    """A model version that the newest release carries, as its page names it."""
    page.locator("#_list tbody tr a[data-row]").first.click()
    row = page.locator("section[aria-labelledby=artifacts-h] tbody tr", has_text="Model").first
    name, version = row.locator("td b").nth(0).inner_text(), row.locator("td b").nth(1).inner_text()
    return f"{name}:{version.removeprefix('v')}"


def test_a_person_finds_out_why_a_model_version_was_deployed(demo, open_page):
    page = open_page("/accounts/login/", person=None)
    sign_in(page, demo.url, email="qa@harbour.example", password=demo.password)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(".lane").first).to_be_visible()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Releases").click()
    version = a_carried_version(page)
    page.goto(f"{demo.url}/releases/")
    page.locator("details.facets summary", has_text="Model version").click()
    page.get_by_label("Model version", exact=True).fill(version)
    page.get_by_label("Model version", exact=True).press("Enter")
    name, number = version.split(":")
    expect(page.locator(".facet.on")).to_contain_text(f"{name} v{number}")
    shown = page.locator("#_list tbody tr a[data-row]")
    expect(shown.first).to_be_visible()
    release = shown.first.inner_text()
    shown.first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(release)
    assert page.locator("#_release .head p").inner_text().strip()
    artifacts = page.locator("section[aria-labelledby=artifacts-h]")
    expect(artifacts.locator("tr", has_text=name).first).to_contain_text(number)
    expect(page.locator("section[aria-labelledby=stages-h] .lane").first).to_be_visible()


def test_a_model_that_made_a_release_is_named_with_its_training_run(demo, open_page):
    page = open_page("/releases/?trigger=model")
    page.locator("#_list tbody tr a[data-row]").first.click()
    sentence = page.locator("#_release .head p").inner_text()
    assert re.search(r"Created because (model|scaler) \S+ v\d+ was registered( by training run \S+)?", sentence), (
        sentence
    )


def test_a_double_click_on_sync_now_asks_once(open_page, demo):
    page = open_page("/sync/", person="operator")
    before = asked_for_syncs(demo)
    button = page.get_by_role("button", name=re.compile("sync now", re.IGNORECASE)).first
    button.dblclick()
    expect(page.get_by_text("Asked for a sync of").first).to_be_visible()
    page.wait_for_timeout(SECOND_HALF_MS)
    assert asked_for_syncs(demo) == before + 1
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def asked_for_syncs(demo: Product) -> int:
    """How often the trail of the running demo says that somebody asked; each event is one wake-up of the worker."""
    with closing(sqlite3.connect(demo.var / "slipway.sqlite3")) as database:
        counted = database.execute("SELECT count(*) FROM releases_auditevent WHERE type = 'sync.requested'")
        return int(counted.fetchone()[0])
