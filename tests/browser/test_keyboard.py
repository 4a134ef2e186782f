"""What the keyboard does beyond Tab: the way past the navigation, the search, the keys of the help, switching them off.

That every page is walked by Tab stands in `test_every_page`.
"""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


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
