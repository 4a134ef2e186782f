"""Two releases are compared by keyboard alone; ticks stay when the list refreshes itself; a view comes and goes."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_two_rows_are_ticked_and_compared_by_keyboard(open_page):
    page = open_page("/releases/")
    bar = page.locator("#picks")
    expect(bar).to_be_hidden()
    page.keyboard.press("j")
    newer = page.locator(":focus").inner_text()
    page.keyboard.press("x")
    expect(bar).to_contain_text("1 selected. Choose one more.")
    page.keyboard.press("c")
    assert "/compare/" not in page.url
    page.keyboard.press("j")
    page.keyboard.press("j")
    older = page.locator(":focus").inner_text()
    page.keyboard.press("x")
    expect(bar).to_contain_text("2 selected")
    page.keyboard.press("c")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{older} against {newer}")
    expect(page.locator("#artifacts")).to_be_visible()
    page.get_by_role("link", name="Swap sides").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{newer} against {older}")
    page.get_by_role("link", name="Everything").click()
    expect(page.get_by_role("heading", name="Everything")).to_be_visible()


def test_three_ticks_cannot_be_compared_and_fewer_can_again(open_page):
    page = open_page("/releases/")
    boxes = page.locator("input[name=pick]")
    for at in range(3):
        boxes.nth(at).check()
    expect(page.locator("#picks")).to_contain_text("3 selected. Choose two.")
    compare = page.locator("#picks [type=submit]")
    expect(compare).to_have_attribute("aria-disabled", "true")
    compare.click(force=True)
    assert "/compare/" not in page.url
    boxes.nth(1).uncheck()
    expect(compare).not_to_have_attribute("aria-disabled", "true")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#picks")).to_be_hidden()


def test_ticks_stay_when_the_list_refreshes_itself(open_page):
    page = open_page("/releases/")
    page.locator("input[name=pick]").nth(1).check()
    page.get_by_role("heading", level=1).click()
    with page.expect_response(lambda response: response.request.headers.get("x-poll") == "1"):
        page.evaluate("document.getElementById('_list').dispatchEvent(new Event('poll'))")
    expect(page.locator("#picks")).to_contain_text("1 selected")
    expect(page.locator("input[name=pick]:checked")).to_have_count(1)


def test_a_view_is_saved_and_marked_by_keyboard(open_page):
    page = open_page("/releases/?trigger=model", person="operator")
    page.locator(".viewtabs summary").press("Enter")
    page.locator("#view-name").fill("Model releases")
    page.locator("#view-name").press("Enter")
    expect(page.locator(".viewtabs [aria-current=page]")).to_have_text("Model releases")
    page.get_by_role("link", name="Manage views").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Deleted the view Model releases.")).to_be_visible()


def test_without_scripts_the_same_form_compares(demo, browser, signed_in_states):
    with browser.new_context(
        base_url=demo.url, java_script_enabled=False, storage_state=signed_in_states("qa")
    ) as context:
        page = context.new_page()
        page.goto("/releases/")
        expect(page.locator("#picks")).to_be_hidden()
        for at in range(3):
            page.locator("input[name=pick]").nth(at).check()
        page.locator("#picks [type=submit]").click()
        expect(page.get_by_text("More than two releases are ticked. Choose two.")).to_be_visible()
        page.goto("/releases/")
        for at in range(2):
            page.locator("input[name=pick]").nth(at).check()
        page.locator("#picks [type=submit]").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(" against ")
        assert "/compare/?a=" in page.url
