"""Draws the lines of a log: thousands at once, so they are made here and not in a template. All text is escaped.

Colours are classes, never styles; what a line says of itself (an error, a heading) stays as a word in it.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from releases.queries.logs.lines import LONGEST_SHOWN, Hits, Line, marker
from releases.queries.logs.seen import LogsSeen
from releases.queries.logs.text import Run, level, plain, runs, stamped

register = template.Library()


@register.simple_tag
def log_lines(seen: LogsSeen) -> SafeString:
    """The lines of the window, each with its number, its time and its text; the one pointed at is outlined."""
    wanted = re.compile(re.escape(seen.asked.words), re.I) if seen.asked.words else None
    return format_html_join("", "{}", ((row,) for row in _rows(seen, wanted)))


@register.simple_tag
def log_text(text: str) -> str:
    """One line in a list, without its time."""
    return plain(stamped(text)[1])[:200]


@register.filter
def hit_line(hit: int, hits: Hits) -> int:
    """The line of a hit."""
    return hits.numbers[hit - 1]


def _rows(seen: LogsSeen, wanted: re.Pattern[str] | None) -> Iterator[SafeString]:
    log, before, clock = seen.log, None, _Clock()
    for line in seen.window.lines:
        if log and before is not None and line.number > before + 1:
            told = marker(lines=log.left_out_lines, size=log.left_out_bytes)
            yield format_html('<li class="out">{}</li>', told)
        yield _row(line, clock, at=seen.at, wanted=wanted)
        before = line.number


def _row(line: Line, clock: "_Clock", *, at: int | None, wanted: re.Pattern[str] | None) -> SafeString:
    moment, text = stamped(line.text)
    names = f"{level(text)}{' hit' if line.number == at else ''}".strip()
    return format_html(
        '<li id="L{0}" class="{1}"><a href="#L{0}" tabindex="-1">{0}</a><time>{2}</time><code>{3}</code></li>',
        line.number,
        names,
        clock.shown(moment) if moment else "",
        _text(text, wanted),
    )


def _text(text: str, wanted: re.Pattern[str] | None) -> str:
    """The text in its colours; most lines have none, and are escaped as they stand."""
    found, more = runs(text[:LONGEST_SHOWN]), len(text) - LONGEST_SHOWN
    if (
        more <= 0
        and wanted is None
        and len(found) == 1
        and not (found[0].colour or found[0].is_bold or found[0].is_named)
    ):
        return found[0].text
    shown = [_run(run, wanted) for run in found]
    if more > 0:
        shown.append(format_html('<span class="more"> {} more letters are in the download</span>', f"{more:,}"))
    return format_html_join("", "{}", ((one,) for one in shown))


def _run(run: Run, wanted: re.Pattern[str] | None) -> str:
    text = _marked(run.text, wanted) if wanted else run.text
    names = [f"c-{run.colour}"] if run.colour else []
    names += ["c-bold"] * run.is_bold + ["c-odd"] * run.is_named
    return format_html('<span class="{}">{}</span>', " ".join(names), text) if names else text


def _marked(text: str, wanted: re.Pattern[str]) -> SafeString:
    found: list[str] = []
    at = 0
    for hit in wanted.finditer(text):
        found += [text[at : hit.start()], format_html("<mark>{}</mark>", hit[0])]
        at = hit.end()
    return format_html_join("", "{}", ((one,) for one in [*found, text[at:]]))


class _Clock:
    """Times of lines in the reader's zone; most lines share their second with others."""

    def __init__(self) -> None:
        self._moment: datetime | None = None
        self._words = ""

    def shown(self, moment: datetime) -> str:
        """`09:14:11`."""
        if moment != self._moment:
            self._moment, self._words = moment, f"{timezone.localtime(moment):%H:%M:%S}"
        return self._words
