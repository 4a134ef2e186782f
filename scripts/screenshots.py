"""Takes every page at every width in both themes from a running demo: `python -m scripts.screenshots [--readme]`.

Writes build/screenshots/PAGE-WIDTH-THEME.png; with --readme also the two pictures of the README into docs/images, and
fails when they are too large together.
"""

import argparse
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.driving import THEMES, WIDTHS, chromium, sign_in
from tests.servers import wait_until
from tests.up import ROOT, Up, up

OUT = ROOT / "build" / "screenshots"
README = ROOT / "docs" / "images"
README_BYTES = 300_000
PAGES = {
    "signin": "/accounts/login/",
    "overview": "/",
    "releases": "/releases/",
    "release": "",
    "sync": "/sync/",
    "connect": "/connect/",
    "error-404": "/no/such/page/",
}
VISITORS = {"signin"}
HISTORY_SECONDS = 240
STILL_READING = "What is live now is already right"


def main() -> int:
    """0 when all pictures were taken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readme", action="store_true", help="also the pictures of the README")
    parser.add_argument("--releases", type=int, default=600, help="in the demo's history")
    said = parser.parse_args()
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        up(Path(folder) / "var", "--demo", f"--releases={said.releases}") as run,
    ):
        run.wait_ready()
        addresses = {**PAGES, "release": _wait_for_history(run)}
        with sync_playwright() as playwright, chromium(playwright) as browser:
            state = _signed_in(browser, run)
            for name, address in addresses.items():
                _take_all(browser, run.url, name, address, state=None if name in VISITORS else state)
            return _take_readme(browser, run.url, addresses, state) if said.readme else 0


def _wait_for_history(run: Up) -> str:
    """The address of the newest release that a model set off, once the history was read in."""
    reader = run.browser("manager@harbour.example")

    def newest() -> str:
        links = re.findall(
            r'href="(/p/[^"/]+/releases/\d+/)"', reader.get(f"{run.url}/releases/?trigger=model", timeout=20).text
        )
        still_reading = STILL_READING in reader.get(run.url, timeout=20).text
        return links[0] if links and not still_reading else ""

    wait_until(newest, seconds=HISTORY_SECONDS, what="the history is read in", every=2)
    return newest()


def _signed_in(browser: Browser, run: Up) -> Any:
    with browser.new_context() as context:
        sign_in(context.new_page(), run.url, email="admin@harbour.example", password=run.password)
        return context.storage_state()


def _take_all(browser: Browser, url: str, name: str, address: str, *, state: Any) -> None:
    for width, height in WIDTHS.items():
        for theme in THEMES:
            with browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=theme, storage_state=state
            ) as context:
                page = context.new_page()
                _settle(page, url + address)
                page.screenshot(path=OUT / f"{name}-{width}-{theme}.png", full_page=True)


def _take_readme(browser: Browser, url: str, addresses: dict[str, str], state: Any) -> int:
    README.mkdir(parents=True, exist_ok=True)
    viewport: Any = {"width": 1280, "height": 800}
    for name, theme in zip(("overview", "release"), THEMES, strict=True):
        with browser.new_context(viewport=viewport, color_scheme=theme, storage_state=state) as context:
            page = context.new_page()
            _settle(page, url + addresses[name])
            page.screenshot(path=README / f"{name}.jpg", type="jpeg", quality=72)
    size = sum(path.stat().st_size for path in README.glob("*.jpg"))
    print(f"The pictures of the README have {size:,} bytes.")
    return 0 if size <= README_BYTES else 1


def _settle(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_load_state("load")
    page.evaluate("() => document.fonts.ready.then(() => 0)")


if __name__ == "__main__":
    sys.exit(main())
