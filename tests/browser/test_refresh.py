"""Pages refresh what changed by themselves, and their reader notices nothing but the change."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from releases.models import Release
from tests import factories
from tests.factories import NOON
from tests.pages.company import Company, company, deployed, pipeline_with_stages

pytestmark = pytest.mark.browser
SOON = 25_000
"""Longer than the overview's pause, in the page's own time."""
SLOW_SECONDS = 3
QUIET_MS = 400


@pytest.fixture
def made(transactional_db: None) -> Company:
    """The small company that the pages show."""
    return company()


def at(page: Page, path: str) -> Page:
    """The page at this address, whose clock the test moves."""
    page.clock.install()
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


def renamed(release: Release, name: str) -> None:
    """Something changes on the server."""
    Release.objects.filter(pk=release.pk).update(name=name)


def a_while_passes(page: Page) -> None:
    """Long enough for the page to ask again."""
    page.clock.run_for(SOON)


def counted(page: Page, path: str) -> list[str]:
    """The refreshes of this address from now on."""
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if _is_poll(one.headers) and one.url.endswith(path) else None)
    return asked


def _is_poll(headers: dict[str, str]) -> bool:
    return headers.get("x-poll") == "1"


def on_polls(page: Page, act: Callable[[Route], None]) -> None:
    """What becomes of every refresh from now on."""
    page.route("**/*", lambda route: act(route) if _is_poll(route.request.headers) else route.fallback())


def test_what_changed_is_shown_and_read_out_without_a_reload(reader, made):
    page = at(reader, "/")
    page.evaluate("window.isTheSamePage = true")
    renamed(made.live, "Release-1-renamed")
    a_while_passes(page)
    expect(page.locator(".lane", has_text="PROD").get_by_role("link", name="Release-1-renamed")).to_be_visible()
    expect(page.locator("#news")).to_have_text("1 waiting for approval, 0 drifted, 0 failed, 0 running")
    assert page.evaluate("window.isTheSamePage")


def test_nothing_is_read_out_when_nothing_changed(reader, made):
    page = at(reader, "/")
    for _ in range(2):
        with page.expect_response(lambda one: _is_poll(one.request.headers) and one.url.endswith("/")):
            a_while_passes(page)
    page.wait_for_timeout(QUIET_MS)
    expect(page.locator("#news")).to_have_text("")


def test_the_focus_stays_on_a_link_whose_neighbours_change(reader, made):
    page = at(reader, "/")
    link = page.locator(".lane", has_text="DEV TEST").first.get_by_role("link", name="Release-2")
    link.focus()
    renamed(made.live, "Release-1-renamed")
    a_while_passes(page)
    expect(page.get_by_text("Release-1-renamed").first).to_be_visible()
    expect(link).to_be_focused()


def test_the_focus_stays_on_its_release_when_a_new_one_comes_above_it(reader, made):
    page = at(reader, "/releases/")
    page.locator("a[data-row]", has_text="Release-2").focus()
    factories.release(pipeline=made.pipeline, name="Release-3", created_on=NOON + timedelta(days=3))
    a_while_passes(page)
    expect(page.locator("a[data-row]").first).to_have_text("Release-3")
    assert page.evaluate("document.activeElement.textContent").strip() == "Release-2"


def test_the_focus_is_not_lost_with_what_is_gone(reader, made):
    page = at(reader, "/releases/")
    page.locator("a[data-row]", has_text="Release-1").focus()
    Release.objects.filter(pk=made.live.pk).update(pipeline=factories.pipeline().pk, project=factories.project().pk)
    renamed(made.live, "Release-9")
    a_while_passes(page)
    expect(page.get_by_text("Release-9").first).to_be_visible()
    assert page.evaluate("document.activeElement !== document.body")


def test_what_was_opened_and_what_was_closed_stays_so(reader, made):
    page = at(reader, "/?view=rows")
    row = page.locator("details.prow")
    expect(row).to_have_attribute("open", "")
    row.locator("summary").click()
    renamed(made.live, "Release-1-renamed")
    a_while_passes(page)
    expect(page.get_by_text("Release-1-renamed").first).to_be_attached()
    expect(row).not_to_have_attribute("open", "")
    row.locator("summary").click()
    renamed(made.live, "Release-1-again")
    a_while_passes(page)
    expect(page.get_by_text("Release-1-again").first).to_be_visible()


def test_the_page_stays_where_it_was_scrolled_to_when_a_pipeline_comes_above(reader, made):
    for number in range(4):
        pipeline, dev, _ = pipeline_with_stages(made.project, name=f"Q{number}")
        deployed(factories.release(pipeline=pipeline), dev)
    page = at(reader, "/")
    last = page.locator(f"#pipeline-{pipeline.pk}")
    last.scroll_into_view_if_needed()
    before = last.bounding_box()
    pipeline, dev, _ = pipeline_with_stages(made.project, name="A pipeline that comes first")
    deployed(factories.release(pipeline=pipeline), dev)
    a_while_passes(page)
    expect(page.get_by_role("heading", name="A pipeline that comes first")).to_be_attached()
    page.wait_for_timeout(QUIET_MS)
    after = last.bounding_box()
    assert before and after and abs(before["y"] - after["y"]) <= 2


def test_text_that_is_selected_stays_selected(reader, made):
    page = at(reader, "/")
    page.get_by_text("support-vector-classifier").first.evaluate(
        "one => getSelection().selectAllChildren(one)",
    )
    renamed(made.live, "Release-1-renamed")
    a_while_passes(page)
    expect(page.get_by_text("Release-1-renamed").first).to_be_visible()
    assert page.evaluate("String(getSelection())") == "support-vector-classifier"


def test_a_hidden_page_asks_nothing_and_asks_at_once_when_it_is_looked_at(reader, made):
    page = at(reader, "/")
    asked = counted(page, "/")
    page.evaluate("Object.defineProperty(document, 'hidden', {get: () => window.isAway, configurable: true})")
    page.evaluate("window.isAway = true")
    for _ in range(3):
        a_while_passes(page)
    page.wait_for_timeout(QUIET_MS)
    assert asked == []
    page.evaluate("window.isAway = false; document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(QUIET_MS)
    assert len(asked) == 1


def test_over_a_slow_network_one_refresh_is_awaited_and_the_page_works_meanwhile(reader, made):
    page = at(reader, "/")
    asked = counted(page, "/")
    held: list[Route] = []
    on_polls(page, lambda route: held.append(route) if route.request.url.endswith("/") else route.continue_())
    renamed(made.live, "Release-1-renamed")
    a_while_passes(page)
    started = time.monotonic()
    page.locator("button[popovertarget=me]:visible").click()
    expect(page.locator("#me")).to_be_visible()
    while time.monotonic() - started < SLOW_SECONDS:
        page.clock.run_for(1000)
        page.wait_for_timeout(QUIET_MS)
    assert len(asked) == len(held) == 1
    held[0].continue_()
    expect(page.get_by_text("Release-1-renamed").first).to_be_attached()
    expect(page.locator("#me")).to_be_visible()
    expect(page.locator("#unfresh")).to_be_hidden()


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda route: route.fulfill(status=503, body="Bad gateway"), id="an error"),
        pytest.param(lambda route: route.fulfill(body="<html><p>Please log on</p></html>"), id="a stranger"),
        pytest.param(lambda route: route.abort("connectionrefused"), id="nothing"),
    ],
)
def test_when_it_cannot_refresh_it_says_since_when_quietly_and_recovers(reader, made, faults, answer):
    page = at(reader, "/")
    on_polls(page, answer)
    a_while_passes(page)
    expect(page.locator("#unfresh")).to_be_visible()
    said = page.locator("#unfresh").inner_text()
    assert said.startswith("Could not refresh. Shown as of ")
    expect(page.locator("#news")).to_have_text(said)
    expect(page.locator(".lane", has_text="PROD").first).to_be_visible()  # what was right then stays
    page.unroute("**/*")
    renamed(made.live, "Release-1-renamed")
    for _ in range(4):
        a_while_passes(page)
    expect(page.get_by_text("Release-1-renamed").first).to_be_attached()
    expect(page.locator("#unfresh")).to_be_hidden()
    faults.errors.clear()  # the browser notes every answer that this test spoilt
