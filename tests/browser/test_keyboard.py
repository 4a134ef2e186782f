"""A walk by keyboard through every page: everything that can be pressed is reached, seen, in order, and left again.

Every page of `tests.browser.pages` is walked by itself; a page that is added there joins.
"""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]
LEAST_TARGET = 24
STEPS_AT_MOST = 400

MARK = """() => {
  const shown = (one) => one.checkVisibility({visibilityProperty: true, contentVisibilityAuto: true})
    && !one.closest('[inert]') && one.getClientRects().length > 0;
  const all = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex], [contenteditable]';
  const radios = new Set();
  let number = 0;
  for (const one of document.querySelectorAll(all)) {
    if (one.disabled || one.tabIndex < 0 || !shown(one)) continue;
    const group = one.type === 'radio' && `${one.form?.action}:${one.name}`;
    if (group && radios.has(group)) continue;
    if (group) radios.add(group);
    one.dataset.walked = ++number;
  }
  return number;
}"""
"""Numbers everything that should be reached; returns how many there are. A group of radio buttons is one stop."""

HERE = """() => {
  const one = document.activeElement;
  if (!one || one === document.body || one === document.documentElement) return null;
  const style = getComputedStyle(one), box = one.getBoundingClientRect();
  const ring = one.closest('.gsearch, .inbox li, .seg label') ?? one;
  const seen = getComputedStyle(ring);
  const drawn = (s) => (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1) || s.boxShadow !== 'none';
  return {
    number: Number(one.dataset.walked ?? 0), name: one.outerHTML.slice(0, 140),
    isSeen: drawn(style) || drawn(seen),
    isHere: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""
"""The focused element: its number, whether its focus is drawn, whether it is scrolled into view."""

SMALL = """(least) => {
  const target = (one) => one.matches('input[type=checkbox], input[type=radio]') ? one.closest('label') ?? one : one;
  const all = [...document.querySelectorAll('[data-walked]')].filter((one) => !one.matches('.vh, .skip'));
  const boxes = all.map((one) => target(one).getBoundingClientRect());
  const isSmall = (box) => Math.round(box.width) < least || Math.round(box.height) < least;
  const middle = (box) => [box.left + box.width / 2, box.top + box.height / 2];
  const near = (box, other) => {
    const [x, y] = middle(box);
    if (isSmall(other)) return Math.hypot(x - middle(other)[0], y - middle(other)[1]) < least - 0.5;
    const dx = Math.max(other.left - x, 0, x - other.right), dy = Math.max(other.top - y, 0, y - other.bottom);
    return Math.hypot(dx, dy) < least / 2 - 0.5;
  };
  return all.filter((one, at) => {
    if (one.matches('a') && getComputedStyle(one).display === 'inline') return false;
    return isSmall(boxes[at]) && boxes.some((other, to) => to !== at && near(boxes[at], other));
  }).map((one) => `${one.outerHTML.slice(0, 120)} ${JSON.stringify(one.getBoundingClientRect())}`);
}"""
"""What a finger may miss, as WCAG 2.5.8 says it: smaller than 24 px, with another target inside a circle of that width.
A link inside a line of text is let off."""

TOLD = "one => one.outerHTML.slice(0, 160)"
KEEP_STILL = "() => { for (const one of document.querySelectorAll('[data-poll]')) one.removeAttribute('data-poll'); }"
POSITIVE = "() => [...document.querySelectorAll('[tabindex]')].filter((one) => one.tabIndex > 0).length"


def walk(page: Page) -> list[dict[str, Any]]:
    """Press Tab from the first stop until the focus leaves the page or comes round; what was focused, in order."""
    page.locator("[data-walked='1']").focus()
    stops: list[dict[str, Any]] = [page.evaluate(HERE)]
    for _ in range(STEPS_AT_MOST):
        page.keyboard.press("Tab")
        here: dict[str, Any] | None = page.evaluate(HERE)
        if here is None or here["number"] == stops[0]["number"]:
            return stops
        stops.append(here)
    return stops


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_walked_by_keyboard(name, open_page):
    page = open_page(PAGES[name].address, person=PAGES[name].person)
    PAGES[name].settle(page)
    page.evaluate(
        "() => { for (const one of document.querySelectorAll('[data-poll]')) one.removeAttribute('data-poll'); }"
    )
    assert page.evaluate(POSITIVE) == 0, "an order of its own"
    wanted = page.evaluate(MARK)
    small = page.evaluate(SMALL, LEAST_TARGET)
    assert not small, f"{name}: smaller than {LEAST_TARGET} px: {small}"
    if name.startswith(OPEN_OVER):
        return
    stops = walk(page)
    numbers = [stop["number"] for stop in stops]
    missed = sorted(set(range(1, min(wanted, STEPS_AT_MOST) + 1)) - set(numbers))
    told = [
        page.locator(f"[data-walked='{number}']").evaluate("one => one.outerHTML.slice(0, 160)") for number in missed
    ]
    assert not missed, f"{name}: not reached: {told}"
    assert numbers == sorted(numbers), f"{name}: out of order: {numbers}"
    unseen = [stop["name"] for stop in stops if not stop["isSeen"]]
    assert not unseen, f"{name}: the focus is not seen on {unseen}"
    away = [stop["name"] for stop in stops if not stop["isHere"]]
    assert not away, f"{name}: out of sight when focused: {away}"


OPEN_OVER = ("menu", "keys", "releases-filter-open", "search-typing", "person")
"""States in which something lies open over the page: a popover takes the focus into itself first."""


def test_the_first_stop_leads_past_the_navigation(open_page):
    page = open_page("/releases/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.querySelector('main').contains(document.activeElement)")


def test_the_search_is_used_without_a_mouse(open_page):
    page = open_page("/")
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name="Search")).to_be_focused()
    page.keyboard.type("release-2")
    first = page.locator("#_found [role=option]").first
    expect(first).to_be_visible()
    expect(page.locator("#news")).to_contain_text("found, first release")
    expect(first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(first).to_have_attribute("aria-selected", "false")
    page.keyboard.press("ArrowUp")
    expect(first).to_have_attribute("aria-selected", "true")
    field = page.get_by_role("combobox", name="Search")
    expect(field).to_have_attribute("aria-activedescendant", first.get_attribute("id") or "")
    page.keyboard.press("Escape")
    expect(page.locator("#_found")).to_be_hidden()
    page.keyboard.press("ArrowDown")
    name = page.locator("#_found [aria-selected=true] b, #_found [aria-selected=true] .b").inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_enter_without_a_choice_opens_the_page_of_all_hits(open_page):
    page = open_page("/")
    page.keyboard.press("/")
    page.keyboard.type("release-2")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("found for")


@pytest.mark.parametrize(("keys", "heading"), [("gr", "Releases"), ("gs", "Sync"), ("go", None)])
def test_two_keys_lead_to_a_page(keys, heading, open_page):
    page = open_page("/account/")
    for key in keys:
        page.keyboard.press(key)
    page.wait_for_url(lambda address: "/account/" not in address)
    if heading:
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def test_keys_that_are_switched_off_do_nothing_and_esc_still_closes(open_page):
    page = open_page("/account/", person="manager")
    page.get_by_role("checkbox", name="Keyboard shortcuts").uncheck()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    for key in ("g", "r", "/", "?"):
        page.keyboard.press(key)
    expect(page.locator("#keys")).to_be_hidden()
    assert page.url.endswith("/account/")
    assert not page.evaluate("() => document.activeElement.matches('input')")
    page.get_by_role("checkbox", name="Keyboard shortcuts").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
