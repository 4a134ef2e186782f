"""A release is made in the browser: from the pipeline over its command to its page, by the real workers of the demo."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
ANSWER_MILLISECONDS = 40_000
WHY = "The model of November for the test stage"


@pytest.mark.parametrize(("width", "place"), [(1440, 0), (390, 1)])
def test_a_release_is_made_and_has_its_page_when_it_is_confirmed(open_page, width, place):
    page = open_page("/releases/new/", person="operator", width=width)
    page.locator("main table a").nth(place).click()
    page.get_by_label("Why").fill(WHY)
    expect(page.get_by_role("button", name="Create release")).to_be_enabled(timeout=ANSWER_MILLISECONDS)
    expect(page.get_by_label("Why")).to_have_value(WHY)
    chosen = page.get_by_label(re.compile("^Version of")).first
    chosen.select_option(index=1)
    expect(page.locator("#changes-h")).to_contain_text("Will change")
    for stage in page.get_by_role("checkbox").all():
        if stage.is_enabled():
            stage.set_checked(False)
    page.get_by_role("button", name="Create release").click()
    expect(page.locator("main")).to_contain_text("Confirmed in Azure", timeout=ANSWER_MILLISECONDS)
    page.locator("main").get_by_role("link", name="Open release").click()
    expect(page.locator("main")).to_contain_text(WHY)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
