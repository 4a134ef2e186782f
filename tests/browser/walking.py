"""The keyboard's way through a page: everything that can be pressed is reached, seen, in order, and left again."""

from typing import Any

from playwright.sync_api import Page

LEAST_TARGET = 24
STOPS_AT_MOST = 400
OPEN_OVER = ("menu", "keys", "releases-filter-", "search-typing", "person")
"""States in which something lies open over the page: a popover takes the focus into itself first."""

MARK = """() => {
  const shown = (one) => one.checkVisibility({visibilityProperty: true, contentVisibilityAuto: true})
    && !one.closest('[inert]') && one.getClientRects().length > 0;
  const all = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex], [contenteditable]';
  const radios = new Set();
  let number = 0;
  const over = document.querySelector('dialog:modal');
  for (const one of (over ?? document).querySelectorAll(all)) {
    if (one.disabled || one.tabIndex < 0 || !shown(one)) continue;
    const group = one.type === 'radio' && `${one.form?.action}:${one.name}`;
    if (group && radios.has(group)) continue;
    if (group) radios.add(group);
    one.dataset.walked = ++number;
  }
  return number;
}"""
"""Numbers everything that should be reached; returns how many there are. A group of radio buttons is one stop.
Behind a modal dialog nothing can be reached."""

RECORD = """() => {
  const drawn = (style) => (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1)
    || style.boxShadow !== 'none';
  const here = (one) => {
    if (!one || one === document.body || one === document.documentElement) return null;
    const box = one.getBoundingClientRect(), ring = one.closest('.gsearch, .inbox li, .seg label') ?? one;
    return {
      number: Number(one.dataset.walked ?? 0), name: one.outerHTML.slice(0, 140),
      isSeen: drawn(getComputedStyle(one)) || drawn(getComputedStyle(ring)),
      isHere: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    };
  };
  window.stops = [];
  window.noteStop = () => window.stops.push(here(document.activeElement));
  window.addEventListener('keydown', window.noteStop, {capture: true});
}"""
"""Before every further key: the focused element's number, whether its focus is drawn, whether it is scrolled into
view. Null where the focus has left the page."""

LEFT = "(stops) => Math.max(0, stops - Number(document.activeElement?.dataset.walked ?? stops))"
"""How many stops are left; none where the focus has left them."""

STOPS = "() => { window.noteStop(); return window.stops.filter((one) => one); }"

SMALL = """(least) => {
  const target = (one) => one.matches('input[type=checkbox], input[type=radio]') ? one.closest('label') ?? one : one;
  const all = [...document.querySelectorAll('[data-walked]')].filter((one) => !one.matches('.vh, .skip'));
  const boxes = all.map((one) => target(one).getBoundingClientRect());
  const isSmall = (box) => Math.round(box.width) < least || Math.round(box.height) < least;
  const middle = (box) => [box.left + box.width / 2, box.top + box.height / 2];
  const near = (box, other) => {
    const [x, y] = middle(box);
    if (isSmall(other)) return Math.hypot(x - middle(other)[0], y - middle(other)[1]) < least - 0.5;
    const dx = Math.max(other.left - x, 0, x - other.right), dy = Math.max(other.top - y, 0, y - other.bottom);
    return Math.hypot(dx, dy) < least / 2 - 0.5;
  };
  return all.filter((one, at) => {
    if (one.matches('a') && getComputedStyle(one).display === 'inline') return false;
    return isSmall(boxes[at]) && boxes.some((other, to) => to !== at && near(boxes[at], other));
  }).map((one) => `${one.outerHTML.slice(0, 120)} ${JSON.stringify(one.getBoundingClientRect())}`);
}"""
"""What a finger may miss, as WCAG 2.5.8 says it: smaller than 24 px, with another target inside a circle of that width.
A link inside a line of text is let off."""

KEEP_STILL = "() => { for (const one of document.querySelectorAll('[data-poll]')) one.removeAttribute('data-poll'); }"
POSITIVE = "() => [...document.querySelectorAll('[tabindex]')].filter((one) => one.tabIndex > 0).length"
TOLD = "one => one.outerHTML.slice(0, 160)"


def walk(page: Page, *, stops: int) -> list[dict[str, Any]]:
    """Hold Tab on the first stop until the last of so many is reached; what was focused, in order.

    A date field keeps the focus for several keys, one for each of its parts.
    """
    page.evaluate(RECORD)
    page.locator("[data-walked='1']").focus()
    pressed, step = 0, stops - 1
    while step and pressed < STOPS_AT_MOST:
        for _ in range(step):
            page.keyboard.down("Tab")
        pressed += step
        step = int(page.evaluate(LEFT, stops))
    page.keyboard.up("Tab")
    found: list[dict[str, Any]] = page.evaluate(STOPS)
    return found


def targets_marked(page: Page, name: str) -> int:
    """How many stops the page has, numbered in order. Raises AssertionError for one that a finger may miss."""
    page.evaluate(KEEP_STILL)
    assert page.evaluate(POSITIVE) == 0, "an order of its own"
    marked = int(page.evaluate(MARK))
    small = page.evaluate(SMALL, LEAST_TARGET)
    assert not small, f"{name}: smaller than {LEAST_TARGET} px: {small}"
    return marked


def assert_walked(page: Page, name: str, *, stops_wanted: int) -> None:
    """Every marked stop is reached by Tab, in order, with its focus drawn and in sight."""
    wanted = min(stops_wanted, STOPS_AT_MOST)
    stops = walk(page, stops=wanted)
    numbers = [stop["number"] for stop in stops]
    missed = sorted(set(range(1, wanted + 1)) - set(numbers))
    told = [page.locator(f"[data-walked='{number}']").evaluate(TOLD) for number in missed]
    assert not missed, f"{name}: not reached: {told}"
    assert numbers == sorted(numbers), f"{name}: out of order: {numbers}"
    unseen = [stop["name"] for stop in stops if not stop["isSeen"]]
    assert not unseen, f"{name}: the focus is not seen on {unseen}"
    away = [stop["name"] for stop in stops if not stop["isHere"]]
    assert not away, f"{name}: out of sight when focused: {away}"
