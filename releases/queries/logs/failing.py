"""Which line of a log says first that its step failed. Pure; told part by part, while a log is taken in."""

import re
from collections.abc import Iterable

_MARKED = re.compile(r"##\[error\]|##vso\[task\.logissue [^\]\n]{0,200}type=error", re.I)
_SAID = re.compile(
    r"^(?:\S+Z )?(?:\x1b\[[\d;]*m)*(?:"
    r"npm ERR!|(?:error|fatal|critical|panic)\b[:! \]]"  # said by the program itself
    r"|E   +\S"  # pytest
    r"|\[(?:error|fatal)\]"
    r"|Traceback \(most recent call last\)"
    r"|Unhandled exception"
    r"|[\w.]+(?:Error|Exception): )"
    r"|\bexit(?:ed)?(?: with)?(?: (?:status|code|exit code))?:? (?:[1-9]|-[1-9])"
    r"|\bexit code:? (?:[1-9]|-[1-9])"
    r"|\b(?:FAILED|FAILURE|failed)\b(?! ?[:=] ?0\b)|\bfailed:",
    re.I | re.M,
)
_NONE_FAILED = re.compile(
    r"\b(?:0|no|none)\b[^,.;]{0,20} (?:failed|failures?|errors?)\b|\b(?:errors?|failed)[:=] ?0\b", re.I
)
SHORTEST_ISSUE = 8
"""Letters of an issue's message below which finding it in a line says nothing."""

BY_ISSUE, BY_MARK, BY_WORDS = range(3)


class Finder:
    """Looks for the line: the one Azure names as an issue, else one marked as an error, else one that sounds so.

    Words count only for a step that `has_failed`: many steps that went well speak of failures.
    """

    def __init__(self, *, issues: Iterable[str] = (), has_failed: bool) -> None:
        lines = [line.strip() for message in issues for line in message.splitlines()[:1]]
        self._issues = [line for line in lines if len(line) >= SHORTEST_ISSUE]
        self._has_failed = has_failed
        self._found: dict[int, int] = {}

    def look(self, text: str, *, first_line: int) -> None:
        """Some following lines."""
        self._note(
            BY_ISSUE, min((at for one in self._issues if (at := text.find(one)) >= 0), default=-1), text, first_line
        )
        if BY_MARK not in self._found and (marked := _MARKED.search(text)):
            self._note(BY_MARK, marked.start(), text, first_line)
        if self._has_failed and not self._found:
            self._note(BY_WORDS, _said(text), text, first_line)

    @property
    def line(self) -> int | None:
        """The line, counted from 1; None where none says so."""
        return self._found[min(self._found)] if self._found else None

    def _note(self, rank: int, at: int, text: str, first_line: int) -> None:
        if at >= 0:
            self._found.setdefault(rank, first_line + text.count("\n", 0, at))


def _said(text: str) -> int:
    for found in _SAID.finditer(text):
        start = text.rfind("\n", 0, found.end()) + 1
        end = text.find("\n", found.end())
        if _NONE_FAILED.search(text, start, end if end >= 0 else len(text)) is None:
            return found.end() - 1
    return -1
