"""Lines of a kept log: a window of them, all of them for a download, and where a text occurs."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models.functions import Coalesce

from releases.models import StepLog, StepLogPart
from releases.models.logs import unpacked

MOST_LINES = 2000
"""In a page at once."""

MOST_LETTERS = 600_000
"""In a page at once, however long the lines are."""

LONGEST_SHOWN = 4000
"""Letters of one line that a page shows; the rest is in the download."""

LISTED = 50
"""Hits that are listed with their text, those around the one looked at."""

MOST_HITS = 10_000
"""Lines counted that hold a text; a log with more has "10,000+"."""


@dataclass(frozen=True)
class Line:
    """One line as it was kept; `number` counts those Azure sent, from 1."""

    number: int
    text: str


@dataclass(frozen=True)
class Window:
    """Some following lines of a log, and whether there are others before and after."""

    lines: list[Line]
    has_earlier: bool
    has_later: bool

    @property
    def first(self) -> int:
        """The number of its first line; 0 where there is none."""
        return self.lines[0].number if self.lines else 0

    @property
    def last(self) -> int:
        """The number of its last line."""
        return self.lines[-1].number if self.lines else 0


@dataclass(frozen=True)
class Hits:
    """The numbers of the lines that hold a text, in order, at most MOST_HITS of them; `listed` are some of the lines.

    `chosen` counts from 1: the hit that is looked at; 0 where there is none.
    """

    numbers: list[int]
    chosen: int = 0
    listed: list[Line] = field(default_factory=list)

    @property
    def is_more(self) -> bool:
        """Whether there are more than were counted."""
        return len(self.numbers) >= MOST_HITS

    @property
    def line(self) -> int | None:
        """The line of the hit that is looked at."""
        return self.numbers[self.chosen - 1] if self.chosen else None

    @property
    def next(self) -> int:
        """The hit after it, or the first again."""
        return self.chosen % len(self.numbers) + 1 if self.numbers else 0

    @property
    def previous(self) -> int:
        """The hit before it, or the last."""
        return (self.chosen - 2) % len(self.numbers) + 1 if self.numbers else 0


def window(log: StepLog, *, first: int, most: int = MOST_LINES) -> Window:
    """The lines from `first` on, fewer where they are long. A few queries of one or two parts each."""
    first = max(1, first)
    lines: list[Line] = []
    letters = 0
    for part in _parts_from(log, first):
        for line in _lines(part):
            if line.number < first:
                continue
            if len(lines) >= most or letters > MOST_LETTERS:
                break
            lines.append(line)
            letters += min(len(line.text), LONGEST_SHOWN)
        if len(lines) >= most or letters > MOST_LETTERS:
            break
    last = lines[-1].number if lines else first - 1
    return Window(lines, has_earlier=first > 1 and log.line_count > 0, has_later=last < log.line_count)


def _parts_from(log: StepLog, first: int) -> Iterator[StepLogPart]:
    """The part that holds a line, and those behind it, one at a time: a window rarely needs more than two."""
    holding = log.parts.filter(first_line__lte=first).order_by("-first_line").first()
    at = holding.first_line if holding else 0
    while part := log.parts.filter(first_line__gte=at).order_by("first_line").first():
        yield part
        at = part.first_line + 1


def _lines(part: StepLogPart) -> Iterator[Line]:
    for number, text in enumerate(part.text.split("\n")[:-1], part.first_line):
        yield Line(number, text)


def whole(log: StepLog) -> Iterator[bytes]:
    """The text as it can be downloaded, piece by piece; its SHA-256 is the log's `kept_sha256`."""
    for part in log.parts.order_by("first_line").iterator(20):
        if log.was_cut and part.first_line == log.head_lines + log.left_out_lines + 1:
            yield marker(lines=log.left_out_lines, size=log.left_out_bytes).encode() + b"\n"
        yield part.text.encode()


def marker(*, lines: int, size: int) -> str:
    """What stands in place of the middle of a log that is too large."""
    return f"[Slipway left out {lines:,} lines ({size / 1024**2:,.1f} MB) here: the log is larger than what is kept.]"


def search(log: StepLog, words: str, *, around: int | None = None, after: int | None = None) -> Hits:
    """Where a text occurs, in whatever case. Reads the whole log: some tens of milliseconds for 15 MB.

    Looked at is hit number `around`, or the first one from line `after` on.
    """
    wanted = words.casefold()
    numbers: list[int] = []
    if not wanted:
        return Hits([])
    parts = log.parts.order_by("first_line").values_list("first_line", Coalesce("plain_body", "body"))
    for first_line, body in parts:
        text = unpacked(body).casefold()
        numbers += _found(text, wanted, first_line, most=MOST_HITS - len(numbers))
        if len(numbers) >= MOST_HITS:
            break
    chosen = around or (bisect_left(numbers, after) + 1 if after else 1)
    chosen = min(max(1, chosen), len(numbers))
    begin = max(0, min(chosen - 1 - LISTED // 2, len(numbers) - LISTED))
    return Hits(numbers, chosen, _named(log, numbers[begin : begin + LISTED]))


def _named(log: StepLog, numbers: list[int]) -> list[Line]:
    """These lines, for a list of hits; a part is unpacked once."""
    found: list[Line] = []
    while len(found) < len(numbers):
        part = next(_parts_from(log, numbers[len(found)]))
        lines = part.text.split("\n")
        here = [one for one in numbers[len(found) :] if one < part.first_line + part.line_count]
        found += [Line(one, lines[one - part.first_line]) for one in here]
    return found


def _found(text: str, wanted: str, number: int, *, most: int) -> list[int]:
    """The numbers of the lines that hold it; `number` is the first line's."""
    found: list[int] = []
    counted, at = 0, text.find(wanted)
    while at >= 0 and len(found) < most:
        number += text.count("\n", counted, at)
        found.append(number)
        counted = text.find("\n", at)
        at = text.find(wanted, counted) if counted >= 0 else -1
    return found
