"""A schedule is added and switched off again in the browser, and the page is right when it says Confirmed."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
ANSWER_MILLISECONDS = 40_000
WHY = "Weekly release of the port model at night"


def test_a_schedule_is_added_on_a_desk_and_switched_off_on_a_phone(open_page):
    page = open_page("/?view=lanes", person="operator", width=1440)
    page.locator(".card>header h2 a", has_text="Tide Gauge Pipeline").click()
    page.get_by_role("link", name="Add a schedule").click()
    page.get_by_label("Thursday").check()
    page.get_by_label("Time", exact=True).fill("03:15")
    page.get_by_label("Time zone").fill("Asia/Tokyo")
    page.get_by_role("button", name="See what changes").click()
    expect(page.locator("#difference-h")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Thursdays 03:15, Asia/Tokyo")
    page.get_by_label("Reason").fill(WHY)
    page.get_by_role("button", name="Add the schedule").click()
    expect(page.locator("#_pipeline .cmds li").first).to_contain_text("Confirmed in Azure", timeout=ANSWER_MILLISECONDS)
    row = page.locator("table.triggers tr", has_text="Thursdays 03:15")
    expect(row).to_contain_text("On")
    page.set_viewport_size({"width": 390, "height": 844})
    row.get_by_role("link", name=re.compile("Switch off")).click()
    page.get_by_label("Reason").fill(WHY)
    page.get_by_role("button", name="Switch off").click()
    expect(page.locator("#_pipeline .cmds li", has_text="Confirmed in Azure")).to_have_count(
        2, timeout=ANSWER_MILLISECONDS
    )
    expect(page.locator("table.triggers tr", has_text="Thursdays 03:15")).to_contain_text("Never while off")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
