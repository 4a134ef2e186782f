"""Faults 47 and 48 in a real browser: names from elsewhere are text, run nothing and break no rule of the page."""

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Dialog, Page, expect

from releases.states import Role
from tests import factories
from tests.browser.driving import Faults, sideways_pixels
from tests.pages.test_hostile import HOSTILE, UNSAFE, made_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]
UNSAFE_LINKS = "a[href^='javascript:'], a[href^='data:'], a[href*='evil']"


@pytest.fixture(scope="session")
def _rows_beside_a_browser() -> None:
    """The browser's driver keeps an event loop in this thread, in which Django refuses to touch rows unless told.

    Never taken back: the database is emptied and dropped when the browser is still there.
    """
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


@pytest.fixture
def reader(_rows_beside_a_browser: None, live_server: Any, browser: Browser, faults: Faults) -> Iterator[Page]:
    """A browser at this process's own server, in which a QA specialist is signed in."""
    client = factories.browser_of(factories.user(role=Role.QA))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    with browser.new_context(base_url=live_server.url, viewport={"width": 390, "height": 844}) as context:
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page = context.new_page()
        faults.watch(page, host=urlsplit(live_server.url).netloc)
        yield page


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
