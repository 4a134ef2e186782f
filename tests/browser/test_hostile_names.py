"""Faults 47 and 48 in a real browser: names from elsewhere are text, run nothing and break no rule of the page."""

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser.driving import sideways_pixels
from tests.pages.test_hostile import HOSTILE, UNSAFE, made_of

pytestmark = pytest.mark.browser
UNSAFE_LINKS = "a[href^='javascript:'], a[href^='data:'], a[href*='evil']"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_on_every_page_and_runs_nothing(reader: Page, name: str) -> None:
    dialogs: list[str] = []

    def note(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    reader.on("dialog", note)
    release = made_of(name, url=UNSAFE[0])
    for path in ("/", "/releases/", "/sync/", "/connect/", release):
        reader.goto(path)
        expect(reader.get_by_text(name).first).to_be_attached()
        assert reader.locator("main script, main img").count() == 0, path
        assert reader.locator(UNSAFE_LINKS).count() == 0, path
        assert sideways_pixels(reader) == 0, path
    expect(reader.get_by_role("heading", level=1)).to_have_text(name)
    assert dialogs == []


@pytest.mark.parametrize("url", UNSAFE)
def test_an_unsafe_link_is_no_link(reader: Page, url: str) -> None:
    reader.goto(made_of("Release-1", url=url))
    expect(reader.get_by_role("heading", level=1)).to_have_text("Release-1")
    assert reader.locator(UNSAFE_LINKS).count() == 0
    assert (
        reader.evaluate("url => [...document.links].filter(one => one.getAttribute('href') === url).length", url) == 0
    )
