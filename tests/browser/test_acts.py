"""Every act on a release from its button to what Azure shows, with a real worker; and two people in the same second."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from fcntl import LOCK_EX, flock

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.driving import axe_violations, explained, sideways_pixels
from tests.up.running import Product

pytestmark = pytest.mark.browser
AZURE_MS = 60_000
"""In which Azure took an act and was read back; the demo's company lives at the speed of the clock."""

REASON = "the scoring service is to be restarted"
TAKEN = ("On its way to", "is asked for at a time")
"""What a dialog says of a stage where something is going on."""

COUNT = "SELECT count(*) FROM releases_command WHERE reason = ?"
OPEN = ".lane .acts a:not([aria-disabled])"


@pytest.fixture(autouse=True)
def _one_at_a_time(demo: Product) -> Iterator[None]:
    """The demo is shared by all processes of a run: two of these tests would be in each other's way at one stage."""
    with (demo.var / "acts.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        yield


def a_pipeline(page: Page, act: str, *, says: str = "") -> Locator:
    """The first pipeline with a stage at rest that offers this act, and whose dialog `says` so; its button."""
    page.goto("/?view=lanes")
    for pipeline in [str(one.get_attribute("href")) for one in page.locator(".card>header h2 a").all()]:
        page.goto(pipeline)
        for dialog in [str(one.get_attribute("href")) for one in page.locator(OPEN, has_text=act).all()]:
            page.goto(dialog)
            told = page.locator("main .dlg").inner_text()
            if says in told and not any(taken in told for taken in TAKEN):
                page.goto(pipeline)
                return page.locator(f'{OPEN}[href="{dialog}"]')
    raise AssertionError(f"No stage of any pipeline offers {act}.")


def dialog_of(page: Page, button: Locator) -> Locator:
    """What the button opens: over the page, its words within reach, nothing beside the screen."""
    button.click()
    dialog = page.locator("dialog#act[open]")
    expect(dialog.locator("#act-h")).to_be_visible()
    assert sideways_pixels(page) == 0
    found = axe_violations(page)
    assert not found, explained(found)
    return dialog


def send(page: Page, dialog: Locator, *, reason: str = REASON) -> None:
    """Fill in the reason and send, and arrive on the release."""
    dialog.get_by_label("Reason").fill(reason)
    dialog.locator("button[type=submit]").click()
    page.locator("#_release").wait_for()


def is_confirmed(page: Page, title: str) -> None:
    """The newest command of this kind says so by itself, after Azure was read back; nobody reloads the page."""
    line = page.locator(".cmds>li", has_text=re.compile(title)).first
    expect(line).to_contain_text("Confirmed in Azure", timeout=AZURE_MS)


def cancel(page: Page) -> None:
    """End what was just begun."""
    page.reload()
    dialog = dialog_of(page, page.locator(OPEN, has_text="Cancel").first)
    send(page, dialog)
    is_confirmed(page, "Cancel ")


@pytest.mark.parametrize("width", [1440, 390])
def test_a_stage_is_redeployed_and_canceled(open_page, width):
    page = open_page("/", person="operator", width=width)
    button = a_pipeline(page, "Redeploy")
    dialog = dialog_of(page, button)
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    dialog = dialog_of(page, button)
    dialog.get_by_label("Reason").fill("too short")
    dialog.locator("button[type=submit]").click()
    expect(page.locator(".err")).to_contain_text("at least 10 characters")
    send(page, page.locator("#_redeploy"))
    assert page.locator(".cmds>li").first.locator(".pill").inner_text() != ""
    is_confirmed(page, "Redeploy ")
    cancel(page)


def test_a_stage_is_rolled_back_and_a_release_flagged_and_abandoned(open_page):
    page = open_page("/", person="operator")
    dialog = dialog_of(page, a_pipeline(page, "Roll back", says="is proposed"))
    expect(dialog).to_contain_text("is proposed: the newest release that ran well in")
    send(page, dialog, reason="worse on night data")
    is_confirmed(page, "Roll back ")
    expect(page.locator("#_release")).to_contain_text("Roll-back by", timeout=AZURE_MS)
    cancel(page)
    send(page, dialog_of(page, page.locator(".head a", has_text="Do not promote")), reason="bad on night data")
    expect(page.locator(".banner", has_text="bad on night data")).to_be_visible()
    expect(page.locator(".lane .acts a", has_text="Redeploy").first).to_have_attribute("aria-disabled", "true")
    send(page, dialog_of(page, page.locator(".head a", has_text="Lift the flag")), reason="night data was wrong")
    expect(page.locator(".banner", has_text="Do not promote")).to_have_count(0)
    name = page.locator("h1").inner_text()
    dialog = dialog_of(page, page.locator(".head a", has_text="Abandon"))
    dialog.get_by_label("Name of the release").fill(name)
    send(page, dialog)
    is_confirmed(page, "Abandon ")
    expect(page.locator(".tl")).to_contain_text("abandoned the release", timeout=AZURE_MS)


def test_two_people_in_the_same_second_make_one_command(open_page, demo):
    first, second = (open_page("/", person=person) for person in ("operator", "admin"))
    address = str(a_pipeline(first, "Redeploy").get_attribute("href"))
    for page in (first, second):
        page.goto(address)
        page.get_by_label("Reason").fill("asked by both at once")
    for page in (first, second):
        page.evaluate("setTimeout(() => document.querySelector('#_redeploy form').requestSubmit(), 200)")
    told = re.compile(r"was asked for already, at \d\d:\d\d by \w")
    for page in (first, second):
        expect(page.locator("#_release, [role=alert]").first).to_be_visible()
    [loser] = [page for page in (first, second) if page.locator("[role=alert]").count()]
    expect(loser.locator("[role=alert]")).to_contain_text(told)
    expect(loser.locator("#_redeploy")).to_be_visible()
    assert commands(demo, reason="asked by both at once") == 1
    [winner] = [page for page in (first, second) if page is not loser]
    is_confirmed(winner, "Redeploy ")
    cancel(winner)


def commands(demo: Product, *, reason: str) -> int:
    """How many commands the running demo has recorded with this reason: others act in it at the same time."""
    with closing(sqlite3.connect(demo.var / "slipway.sqlite3")) as database:
        return int(database.execute(COUNT, [reason]).fetchone()[0])
