"""What browser tests ask for: the demo, running for all of them, and pages of people who are signed in to it."""

import os
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, sync_playwright

from releases.states import Role
from tests import factories
from tests.browser.driving import WIDTHS, Faults, chromium
from tests.up.demo import with_history
from tests.up.running import Product


@pytest.fixture(scope="session")
def demo() -> Iterator[Product]:
    """The product with its small Azure, after the history was read in."""
    with with_history() as run:
        yield run


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    with sync_playwright() as playwright, chromium(playwright) as running:
        yield running


@pytest.fixture(scope="session")
def signed_in_states(demo: Product) -> Callable[[str], Any]:
    """The cookies of each demo person, signed in once."""
    states: dict[str, Any] = {}

    def state_of(person: str) -> Any:
        if person not in states:
            cookies = demo.browser(f"{person}@harbour.example").cookies
            states[person] = {
                "cookies": [{"name": one.name, "value": one.value, "url": demo.url} for one in cookies],
            }
        return states[person]

    return state_of


@pytest.fixture
def faults() -> Iterator[Faults]:
    """What went wrong on the pages of this test; anything at all fails it at the end."""
    noted = Faults()
    yield noted
    assert not noted, noted


@pytest.fixture
def open_page(
    demo: Product, browser: Browser, signed_in_states: Callable[[str], Any], faults: Faults
) -> Iterator[Callable[..., Page]]:
    """Opens an address as a demo person: `open_page("/releases/", person="qa", width=390, theme="dark")`."""
    contexts = []

    def start(address: str, *, person: str | None = "qa", width: int = 1440, theme: Any = "light") -> Page:
        context = browser.new_context(
            base_url=demo.url,
            viewport={"width": width, "height": WIDTHS.get(width, 900)},
            color_scheme=theme,
            reduced_motion="reduce",
            storage_state=signed_in_states(person) if person else None,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        faults.watch(page, host=urlsplit(demo.url).netloc)
        page.goto(address)
        return page

    yield start
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def _rows_beside_a_browser() -> None:
    """The browser's driver keeps an event loop in this thread, in which Django refuses to touch rows unless told.

    Never taken back: the database is emptied and dropped when the browser is still there.
    """
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


@pytest.fixture
def reader(_rows_beside_a_browser: None, live_server: Any, browser: Browser, faults: Faults) -> Iterator[Page]:
    """A browser at this process's own server, in which a QA specialist is signed in."""
    yield from _page_of(Role.QA, live_server, browser, faults)


@pytest.fixture
def administered(_rows_beside_a_browser: None, live_server: Any, browser: Browser, faults: Faults) -> Iterator[Page]:
    """A browser at this process's own server, in which an administrator is signed in."""
    yield from _page_of(Role.ADMINISTRATOR, live_server, browser, faults)


def _page_of(role: Role, live_server: Any, browser: Browser, faults: Faults) -> Iterator[Page]:
    client = factories.browser_of(factories.user(role=role))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    phone: Any = {"width": 390, "height": 844}
    with browser.new_context(base_url=live_server.url, viewport=phone, reduced_motion="reduce") as context:
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page = context.new_page()
        faults.watch(page, host=urlsplit(live_server.url).netloc)
        yield page
