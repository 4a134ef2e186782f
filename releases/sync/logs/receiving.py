"""Takes in a log piece by piece as it arrives and keeps at most 20 MB of it: its head and its tail (fault 12).

Pure, and flat in memory however long the log is. Used by `releases.sync.logs.fetching` in the thread that asks.
"""

import codecs
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from releases.models.logs import packed
from releases.queries.logs.failing import Finder
from releases.queries.logs.lines import marker
from releases.queries.logs.text import plain
from releases.sync.logs.masking import Masker

MOST_BYTES = 20 * 1024 * 1024
"""Kept of one log."""

PART_LINES = 2000
PART_LETTERS = 256 * 1024
LONGEST_LINE = 1024 * 1024
"""Letters kept of one line: a bound for memory, far beyond what a line should be."""


@dataclass(frozen=True)
class Part:
    """Some following lines, packed; `size` is that of their text. `plain_body`: as shown, where that differs."""

    first_line: int
    line_count: int
    size: int
    body: bytes
    plain_body: bytes | None = None

    @classmethod
    def of(cls, text: str, *, first_line: int, line_count: int) -> "Part":
        """The part of these lines, without secrets."""
        body, shown = text.encode(errors="replace"), plain(text)
        searched = None if shown is text else packed(shown.encode(errors="replace"))
        return cls(first_line, line_count, len(body), packed(body), searched)


@dataclass
class Received:
    """What came of a log and what is kept of it; see `releases.models.StepLog` for the fields."""

    parts: list[Part] = field(default_factory=list)
    line_count: int = 0
    head_lines: int = 0
    left_out_lines: int = 0
    left_out_bytes: int = 0
    received_bytes: int = 0
    received_sha256: str = ""
    kept_sha256: str = ""
    first_failing_line: int | None = None
    ends_in_key: bool = False

    @property
    def kept_bytes(self) -> int:
        """Of the text, not as packed."""
        return sum(part.size for part in self.parts)


@dataclass(frozen=True)
class _Raw:
    first_line: int
    line_count: int
    text: str


class Receiver:
    """Give it the bytes in their order, then `finish`. `first_line` is the number of the first line that comes.

    `in_key`: the line before it was within a private key.
    """

    def __init__(
        self,
        *,
        issues: Iterable[str] = (),
        has_failed: bool = False,
        first_line: int = 1,
        in_key: bool = False,
        most: int | None = None,
    ) -> None:
        self._half = (most or MOST_BYTES) // 2
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
        self._masker, self._finder = Masker(in_key=in_key), Finder(issues=issues, has_failed=has_failed)
        self._came, self._kept = sha256(), sha256()
        self._lines: list[str] = []
        self._letters = 0
        self._rest, self._too_long = "", 0
        self._next_line = first_line
        self._head_bytes, self._head_is_full = 0, False
        self._tail: deque[_Raw] = deque()
        self._tail_letters = 0
        self._received = Received()

    def __call__(self, piece: bytes) -> None:
        """The next bytes."""
        self._received.received_bytes += len(piece)
        self._came.update(piece)
        self._take(self._decoder.decode(piece))

    def finish(self) -> Received:
        """Nothing more comes."""
        self._take(self._decoder.decode(b"", final=True))
        if self._rest or self._too_long:
            self._line("")
        self._seal()
        received = self._received
        received.line_count = self._next_line - 1
        if received.left_out_lines:
            received.head_lines = received.parts[-1].first_line + received.parts[-1].line_count - 1
            self._kept.update(marker(lines=received.left_out_lines, size=received.left_out_bytes).encode() + b"\n")
        while self._tail:
            self._keep(self._tail.popleft())
        received.received_sha256, received.kept_sha256 = self._came.hexdigest(), self._kept.hexdigest()
        received.first_failing_line, received.ends_in_key = self._finder.line, self._masker.in_key
        return received

    def _take(self, text: str) -> None:
        first, *others = text.split("\n")
        if not others:
            self._lengthen(first)
            return
        self._line(first)
        for line in others[:-1]:
            self._line(line)
        self._lengthen(others[-1])

    def _lengthen(self, text: str) -> None:
        """More of a line that is not over."""
        room = LONGEST_LINE - len(self._rest)
        self._rest += text[:room]
        self._too_long += max(0, len(text) - room)

    def _line(self, end: str) -> None:
        self._lengthen(end)
        line, self._rest = self._rest, ""
        if self._too_long:
            line, self._too_long = f"{line} [Slipway left out {self._too_long:,} letters]", 0
        self._lines.append(line)
        self._letters += len(line) + 1
        if len(self._lines) >= PART_LINES or self._letters >= PART_LETTERS:
            self._seal()

    def _seal(self) -> None:
        """The lines so far become a part of the head, or of a tail that drops what is before it."""
        if not self._lines:
            return
        text = "\n".join(self._lines).replace("\r\n", "\n").removesuffix("\r") + "\n"
        raw = _Raw(self._next_line, len(self._lines), text.replace("\0", "\u2400"))
        self._next_line += raw.line_count
        self._lines, self._letters = [], 0
        if not self._head_is_full:
            self._keep(raw)
            self._head_is_full = self._head_bytes >= self._half
            return
        self._tail.append(raw)
        self._tail_letters += len(raw.text)
        while self._tail_letters > self._half:
            dropped = self._tail.popleft()
            self._tail_letters -= len(dropped.text)
            self._received.left_out_lines += dropped.line_count
            self._received.left_out_bytes += len(dropped.text.encode(errors="replace"))

    def _keep(self, raw: _Raw) -> None:
        text = self._masker.masked(raw.text)
        body = text.encode(errors="replace")
        self._kept.update(body)
        self._finder.look(text, first_line=raw.first_line)
        self._head_bytes += len(body)
        self._received.parts.append(Part.of(text, first_line=raw.first_line, line_count=raw.line_count))
