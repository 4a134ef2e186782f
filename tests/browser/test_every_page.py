"""Every page in every state: accessible in both themes, fitting at every width, refreshing in place, walked by Tab.

One visit serves all of it: coming to a state costs more than any of the questions. A page that is added to
`tests.browser.pages` joins.
"""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import THEMES, WIDTHS, axe_violations, explained, sideways_pixels
from tests.browser.pages import PAGES
from tests.browser.walking import OPEN_OVER, assert_walked, targets_marked

pytestmark = pytest.mark.browser
NARROWEST = 360
WIDEST = max(WIDTHS)


STATES = [
    pytest.param(name, marks=[pytest.mark.soak] if visit.is_variant else [], id=name) for name, visit in PAGES.items()
]


@pytest.mark.parametrize("name", STATES)
def test_a_page_serves_everybody(name, open_page):
    page = open_page(PAGES[name].address, person=PAGES[name].person)
    PAGES[name].settle(page)
    assert_accessible(page, name)
    page.set_viewport_size({"width": NARROWEST, "height": 800})
    assert sideways_pixels(page) == 0, f"{name} is too wide at {NARROWEST}"
    page.set_viewport_size({"width": WIDEST, "height": WIDTHS[WIDEST]})
    assert_refreshes(page)
    stops = targets_marked(page, name)
    if not name.startswith(OPEN_OVER):
        assert_walked(page, name, stops_wanted=stops)


def assert_accessible(page: Page, name: str) -> None:
    """Nothing that axe-core finds, and no sideways scroll, light at the desk and dark on the phone."""
    backgrounds = set()
    for (width, height), theme in zip(WIDTHS.items(), THEMES, strict=True):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=theme)
        backgrounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        violations = axe_violations(page)
        assert not violations, f"{name} {width} {theme}: {explained(violations)}"
        assert sideways_pixels(page) == 0, f"{name} is too wide at {width}"
    assert len(backgrounds) == len(THEMES), backgrounds


def assert_refreshes(page: Page) -> None:
    """Everything that keeps itself fresh finds its own place in the answer, and the reader loses nothing by it."""
    parts = page.locator("[data-poll]")
    parts.evaluate_all("parts => parts.forEach(part => { part.isTheSame = true })")
    parts.evaluate_all("parts => parts.forEach(part => part.dispatchEvent(new Event('poll')))")
    expect(page.locator(".htmx-request")).to_have_count(0)
    expect(page.locator("#unfresh")).to_be_hidden()
    assert parts.evaluate_all("parts => parts.every(part => part.isTheSame)")
