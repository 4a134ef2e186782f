"""The log of a step in a browser: 15 MB of it, opened where it failed, searched, linked to, followed."""

import time

import pytest
from playwright.sync_api import Page, expect

from releases.models import StepLog
from tests import factories
from tests.pages.test_logs import Place

pytestmark = pytest.mark.browser
LONGEST_TASK_MS = 200
WATCH = """() => {
  window.longTasks = [];
  new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map((one) => one.duration)))
    .observe({type: "longtask", buffered: true});
}"""
MANY = 160_000


def _fifteen_megabytes() -> str:
    """A log whose step failed near its end."""
    lines = [
        f"2026-03-02T{n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02}.0000000Z \x1b[32msample\x1b[0m {n} answered 200"
        " in 12 ms, all checks of it well"
        for n in range(1, MANY)
    ]
    lines[MANY - 1000] = "2026-03-02T12:00:00.0000000Z ##[error]Timeout waiting for the readiness probe"
    return "\r\n".join(lines)


def _is_in_sight(page: Page, line: int) -> bool:
    """Whether a line is within the box of the log and the window."""
    return bool(
        page.evaluate(
            """(id) => {
              const line = document.getElementById(id).getBoundingClientRect();
              const box = document.getElementById("lines").getBoundingClientRect();
              return line.top >= box.top - 1 && line.bottom <= box.bottom + 1 && line.bottom <= innerHeight;
            }""",
            f"L{line}",
        )
    )


def test_fifteen_megabytes_are_opened_searched_and_linked_to_without_a_halt(reader, transactional_db):
    made = Place()
    log = factories.step_log(step=made.step, text=_fifteen_megabytes())
    assert log.received_bytes > 15_000_000
    wanted = MANY - 999
    reader.add_init_script(f"({WATCH})()")
    for width in (1440, 390):
        reader.set_viewport_size({"width": width, "height": 844})
        reader.goto(made.address())
        assert reader.url.endswith(f"line={wanted}#L{wanted}")
        expect(reader.locator(f"#L{wanted}.hit")).to_be_visible()
        assert _is_in_sight(reader, wanted)
        assert reader.locator("#lines li").count() <= 2000
        reader.get_by_label("Search in log").fill("SAMPLE 15999")
        began = time.monotonic()
        reader.keyboard.press("Enter")
        expect(reader.locator("#hit-count")).to_have_text("1 of 11")
        assert time.monotonic() - began < 10
        reader.get_by_label("Next hit").click()
        expect(reader.locator("#hit-count")).to_have_text("2 of 11")
        assert _is_in_sight(reader, 159990)
        assert reader.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        tasks = reader.evaluate("window.longTasks")
        assert not [one for one in tasks if one > LONGEST_TASK_MS], tasks


def test_a_link_to_a_line_is_copied_and_leads_there(reader, transactional_db):
    made = Place(status="succeeded")
    factories.step_log(step=made.step, lines=[f"line {n}" for n in range(1, 5001)])
    reader.context.grant_permissions(["clipboard-read", "clipboard-write"])
    reader.goto(made.address())
    reader.locator("#L7>a").click()
    reader.get_by_role("link", name="Copy link").click()
    expect(reader.get_by_role("link", name="Copied")).to_be_visible()
    copied = reader.evaluate("navigator.clipboard.readText()")
    assert copied.endswith(made.address(line=7) + "#L7")
    reader.goto(made.address() + "#L4321")  # of another part of the log
    expect(reader.locator("#L4321")).to_be_visible()
    assert _is_in_sight(reader, 4321)


def test_a_log_that_is_followed_keeps_to_its_end_and_can_be_paused(reader, transactional_db):
    made = Place(status="inProgress", ended=False)
    log = factories.step_log(step=made.step, lines=[f"line {n}" for n in range(1, 101)], growing=True)
    reader.clock.install()
    reader.goto(made.address())
    expect(reader.locator("#L100")).to_be_visible()
    assert _is_in_sight(reader, 100)
    part = log.parts.get()
    factories.step_log(step=made.step, lines=[f"line {n}" for n in range(1, 121)])
    StepLog.objects.filter(pk=part.log_id).update(state="growing")
    reader.clock.run_for(4000)
    expect(reader.locator("#L120")).to_be_visible()
    assert _is_in_sight(reader, 120)
    reader.get_by_role("link", name="Pause").click()
    expect(reader.get_by_text("Paused at line 120.")).to_be_visible()
    reader.get_by_role("link", name="Go on").click()
    expect(reader.get_by_role("link", name="Pause")).to_be_visible()
