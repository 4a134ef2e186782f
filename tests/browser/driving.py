"""Drives Debian's Chromium and notes what no page may do: break its content policy, log an error, ask another host."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Request

BROWSERS = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")
"""The first of them that is installed: without windows it computes a quarter less."""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
WIDTHS = {1440: 900, 390: 844}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
RUN_AXE = """async () => {
  const found = await axe.run(document, {resultTypes: ['violations'], preload: false});
  return found.violations.map(v => ({id: v.id, nodes: v.nodes.map(n => n.html + ' | ' + n.failureSummary)}));
}"""
REFUSED = "Failed to load resource: the server responded with a status of 4"
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Faults:
    """What went wrong while pages were open, in words."""

    policy: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def watch(self, page: Page, *, host: str) -> None:
        """Note everything this page does wrong from now on."""

        def on_console(message: ConsoleMessage) -> None:
            is_the_page_itself = message.text.startswith(REFUSED) and message.location["url"] == page.url
            if message.type == "error" and not is_the_page_itself:
                (self.policy if "Content Security Policy" in message.text else self.errors).append(message.text)

        def on_request(request: Request) -> None:
            if urlsplit(request.url).scheme in {"http", "https"} and urlsplit(request.url).netloc != host:
                self.strangers.append(request.url)

        page.on("console", on_console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", on_request)

    def __bool__(self) -> bool:
        return bool(self.policy or self.errors or self.strangers)


@contextmanager
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """A browser without a window and without a past."""
    program = next(path for path in BROWSERS if Path(path).exists())
    browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
    try:
        yield browser
    finally:
        browser.close()


def axe_violations(page: Page) -> list[dict[str, Any]]:
    """What axe-core finds on the page; the script goes in through the debugger, past the page's policy."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text() + "; 0")
    found: list[dict[str, Any]] = page.evaluate(RUN_AXE)
    return found


def explained(violations: list[dict[str, Any]]) -> str:
    """The violations as text for a failure message."""
    return json.dumps(violations, indent=1)


def sideways_pixels(page: Page) -> int:
    """By how much the page is wider than the window."""
    return int(page.evaluate(SIDEWAYS))


def sign_in(page: Page, url: str, *, email: str, password: str) -> None:
    """Sign in as a person does, and arrive on the overview."""
    page.goto(f"{url}/accounts/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(password)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda address: "/accounts/login" not in address)
