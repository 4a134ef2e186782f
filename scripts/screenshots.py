"""Takes every page at every width in both themes from a running demo: `python -m scripts.screenshots [--readme]`.

Writes build/screenshots/PAGE-WIDTH-THEME.png; with --readme also the two pictures of the README into docs/images, and
fails when they are too large together. `--past N` takes them over a made-up past of N releases instead; a state that it
has no rows for is named and left out.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.browser.driving import THEMES, WIDTHS, chromium, sign_in
from tests.browser.pages import PAGES, Visit
from tests.servers import wait_until
from tests.up.past import Past, past
from tests.up.running import ROOT, Product, up

OUT = ROOT / "build" / "screenshots"
README = ROOT / "docs" / "images"
README_BYTES = 300_000
README_PAGES = {"overview": "overview", "release": "release-model"}
HISTORY_SECONDS = 240
STILL_READING = "lder releases may still be missing"


def main() -> int:
    """0 when all pictures were taken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readme", action="store_true", help="also the pictures of the README")
    parser.add_argument("--releases", type=int, default=600, help="in the demo's history")
    parser.add_argument("--past", type=int, help="so many made-up releases instead of the demo")
    parser.add_argument("--only", nargs="*", default=list(PAGES), choices=list(PAGES), help="these pages alone")
    said = parser.parse_args()
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    shown = past(said.past) if said.past else _demo(said.releases)
    with shown as run, sync_playwright() as playwright, chromium(playwright) as browser:
        states = {person: _signed_in(browser, run, person) for person in _people(said.only)}
        for name in said.only:
            try:
                _take_all(browser, run.url, name, state=states.get(PAGES[name].person or ""))
            except (PlaywrightError, AssertionError) as why:
                if not said.past:
                    raise
                reason = str(why).partition("\n")[0] or "nothing to press"
                print(f"{name} cannot be shown here: {reason}")
        return _take_readme(browser, run.url, states["admin"]) if said.readme else 0


@contextmanager
def _demo(releases: int) -> Iterator[Product]:
    with (
        tempfile.TemporaryDirectory() as folder,
        up(Path(folder) / "var", "--demo", f"--releases={releases}") as run,
    ):
        run.wait_ready()
        _wait_for_history(run)
        yield run


def _people(names: list[str]) -> set[str]:
    return {"admin"} | {person for name in names if (person := PAGES[name].person)}


def _wait_for_history(run: Product) -> None:
    """Return when the history was read in and a release is there that a model set off."""
    reader = run.browser("manager@harbour.example")

    def is_read() -> bool:
        listed = "data-row" in reader.get(f"{run.url}/releases/?trigger=model", timeout=20).text
        return listed and STILL_READING not in reader.get(run.url, timeout=20).text

    wait_until(is_read, seconds=HISTORY_SECONDS, what="the history is read in", every=2)


def _signed_in(browser: Browser, run: Product | Past, person: str) -> Any:
    with browser.new_context() as context:
        sign_in(context.new_page(), run.url, email=f"{person}@harbour.example", password=run.password)
        return context.storage_state()


def _take_all(browser: Browser, url: str, name: str, *, state: Any) -> None:
    for width, height in WIDTHS.items():
        viewport: Any = {"width": width, "height": height}
        with browser.new_context(base_url=url, viewport=viewport, storage_state=state) as context:
            context.set_default_timeout(10_000)
            page = context.new_page()
            _settle(page, PAGES[name])
            for theme in THEMES:
                page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                page.screenshot(path=OUT / f"{name}-{width}-{theme}.png", full_page=True)


def _take_readme(browser: Browser, url: str, state: Any) -> int:
    README.mkdir(parents=True, exist_ok=True)
    viewport: Any = {"width": 1280, "height": 800}
    for (picture, name), theme in zip(README_PAGES.items(), THEMES, strict=True):
        with browser.new_context(base_url=url, viewport=viewport, color_scheme=theme, storage_state=state) as context:
            page = context.new_page()
            _settle(page, PAGES[name])
            page.screenshot(path=README / f"{picture}.jpg", type="jpeg", quality=72)
    size = sum(path.stat().st_size for path in README.glob("*.jpg"))
    print(f"The pictures of the README have {size:,} bytes.")
    return 0 if size <= README_BYTES else 1


def _settle(page: Page, visit: Visit) -> None:
    visit.go(page)
    page.evaluate("() => document.fonts.ready.then(() => 0)")


if __name__ == "__main__":
    sys.exit(main())
