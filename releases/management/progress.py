"""One line on the terminal that tells how far a sync is. Used by the sync command; knows no Azure and no database."""

import sys
from dataclasses import dataclass, field
from time import monotonic
from typing import Protocol, TextIO

BAR = 24
EVERY_SECONDS = 0.2
EVERY_SECONDS_IN_FILES = 10.0


class Figures(Protocol):
    """What is shown of a run."""

    kind: str
    read: int
    expected: int | None
    sentence: str


@dataclass
class Progress:
    """Shows figures as they come. On a terminal one line is drawn over, elsewhere a line is written now and then."""

    name: str
    out: TextIO = field(default_factory=lambda: sys.stderr)
    pages: int = 0
    kind: str = ""
    began: float = field(default_factory=monotonic)
    shown: float = 0.0

    def show(self, figures: Figures, *, pages: int = 1) -> None:
        """Take in that so many more pages were stored."""
        now = monotonic()
        if figures.kind != self.kind:
            self.kind, self.pages, self.began = figures.kind, 0, now
        self.pages += pages
        wait = EVERY_SECONDS if self.out.isatty() else EVERY_SECONDS_IN_FILES
        if now - self.shown >= wait:
            self.shown = now
            self._write(line(self.name, figures, pages=self.pages, seconds=now - self.began))

    def end(self) -> None:
        """Leave the line."""
        if self.out.isatty():
            self.out.write("\r\033[K")
            self.out.flush()

    def _write(self, text: str) -> None:
        self.out.write(f"\r\033[K{text}" if self.out.isatty() else f"{text}\n")
        self.out.flush()


def line(name: str, figures: Figures, *, pages: int, seconds: float) -> str:
    """`name backfill [####....] 320 / about 600 releases, 12.1 pages/s, about 20 s left`."""
    speed = f"{pages / seconds:.1f} pages/s" if seconds > 0 else ""
    if not figures.expected:
        return f"{name} {figures.kind}: {figures.read} read, {speed}"
    share = min(1.0, figures.read / figures.expected)
    bar = "#" * round(BAR * share) + "." * (BAR - round(BAR * share))
    left = f", about {round(seconds * (1 - share) / share)} s left" if share > 0 else ""
    return f"{name} {figures.kind} [{bar}] {figures.read} / about {figures.expected} releases, {speed}{left}"
