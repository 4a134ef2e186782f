"""What a comparison consists of: groups of lines, each line one thing with its value on both sides. Pure.

A line is better or worse only where the direction is known; a value that cannot be seen is never called the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

ADDED, REMOVED, CHANGED = "added", "removed", "changed"


class Verdict(StrEnum):
    """What became of one thing from the first release to the second."""

    SAME = "same"
    CHANGED = "changed"
    BETTER = "better"
    WORSE = "worse"
    UNKNOWN = "unknown"


DIFFERING = frozenset({Verdict.CHANGED, Verdict.BETTER, Verdict.WORSE})


@dataclass(frozen=True)
class Line:
    """One thing in the release `a` and in the release `b`; an empty value where a release has none.

    `change` says in words what became of it. `is_code`: the values are hashes or settings, to be read letter by letter.
    """

    name: str
    a: str
    b: str
    verdict: Verdict
    change: str = ""
    is_code: bool = False

    @property
    def differs(self) -> bool:
        """Whether the two releases surely differ here."""
        return self.verdict in DIFFERING


@dataclass(frozen=True)
class Group:
    """Lines of one kind. `notes` say what is not known."""

    key: str
    title: str
    lines: Sequence[Line]
    notes: Sequence[str] = ()

    @property
    def differing(self) -> list[Line]:
        """What surely differs."""
        return [line for line in self.lines if line.differs]

    @property
    def others(self) -> list[Line]:
        """What is the same, then what cannot be compared."""
        return sorted((line for line in self.lines if not line.differs), key=lambda line: line.verdict)

    @property
    def same_count(self) -> int:
        """How many lines are the same in both."""
        return self._count(Verdict.SAME)

    @property
    def unknown_count(self) -> int:
        """How many lines cannot be compared."""
        return self._count(Verdict.UNKNOWN)

    def _count(self, verdict: Verdict) -> int:
        return sum(line.verdict is verdict for line in self.lines)


def text_line(name: str, a: str, b: str, *, change: str = CHANGED, is_code: bool = False) -> Line:
    """A line of two texts; `change` is said when both have one and they differ."""
    if a == b:
        return Line(name, a, b, Verdict.SAME, is_code=is_code)
    words = ADDED if not a else REMOVED if not b else change
    return Line(name, a, b, Verdict.CHANGED, words, is_code)


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 artifact`, `3 artifacts`."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def listed(words: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *first, last = list(words) or [""]
    return f"{', '.join(first)} and {last}" if first else last
