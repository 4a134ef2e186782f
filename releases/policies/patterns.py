"""Which regular expressions people may give: short, valid, and never slow, whatever name they are held against.

Names come from Azure, so a slow pattern would let whoever names an artifact stop the sync. Pure.
"""

import re
from dataclasses import dataclass
from itertools import cycle, islice
from time import perf_counter

LONGEST = 200
LONGEST_NAME = 400
MOST_REPEATS = 3
"""So many parts of one pattern may repeat without a limit."""
MOST_TIMES = 100
MOST_NAMES = 2
"""So often each of the stage's own names may stand in one pattern."""
NAMES = ("{pipeline}", "{stage}")
"""What stands for the stage's own names in the pattern of an endpoint."""
_A_NAME = "(?:a-?b|a)"
"""Has the form of what stands there when such a pattern is used: `sync.serving.binding`."""
NO_NAME_THERE = f"{' and '.join(NAMES)} can neither repeat nor stand within [ ]."
SLOW_SECONDS = 0.02


@dataclass
class _Group:
    """An open group, or the whole pattern: whether something in it repeats or branches."""

    repeats: bool = False
    branches: bool = False


def problem(pattern: str) -> str:
    """Why this pattern cannot be used, as a sentence; empty when it can."""
    if len(pattern) > LONGEST:
        return f"A pattern has at most {LONGEST} characters."
    if "\x00" in pattern:
        return "A pattern has no NUL."
    try:
        compiled = re.compile(pattern, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError, Warning) as error:
        return f"This is not a regular expression: {error}."
    return _shape(pattern) or _speed(compiled, pattern)


def problem_with_names(pattern: str) -> str:
    """The same for the pattern of an endpoint, in which `{pipeline}` and `{stage}` stand for names."""
    filled = pattern
    for name in NAMES:
        if pattern.count(name) > MOST_NAMES:
            return f"{name} may stand in a pattern {MOST_NAMES} times at most."
        filled = filled.replace(name, _A_NAME)
    if unknown := re.search(r"\{[A-Za-z_]+\}", filled):
        return f"{unknown[0]} is not known. {' and '.join(NAMES)} stand for the stage's own names."
    if refused := problem(pattern):
        return refused
    try:
        compiled = re.compile(filled, re.IGNORECASE)
    except (re.error, Warning):
        return NO_NAME_THERE
    return NO_NAME_THERE if _shape(filled) else _speed(compiled, filled)


def _shape(pattern: str) -> str:
    """What makes a pattern slow can be seen: what repeats within what repeats, and references back."""
    groups, unlimited, at = [_Group()], 0, 0
    last: _Group | None = None
    while at < len(pattern):
        letter, size = pattern[at], 1
        quantifier = _quantifier(pattern, at)
        if letter == "\\":
            if pattern[at + 1 : at + 2].isdigit() and pattern[at + 1] != "0":
                return "A pattern cannot refer back to what it found."
            size, last = 2, None
        elif letter == "[":
            size, last = _set_ends(pattern, at) - at, None
        elif letter == "(":
            if pattern[at + 1 : at + 2] == "?" and pattern[at + 2 : at + 3] != ":":
                return "A pattern may group with ( and (?: only."
            size = 3 if pattern[at + 1 : at + 2] == "?" else 1
            groups.append(_Group())
        elif letter == ")":
            last = groups.pop()
            groups[-1].repeats |= last.repeats
            groups[-1].branches |= last.branches
        elif letter == "|":
            groups[-1].branches, last = True, None
        elif quantifier:
            size, most = quantifier
            if most > MOST_TIMES and most != _ENDLESS:
                return f"A pattern may count to {MOST_TIMES} at most."
            if most > 1 and last and (last.repeats or last.branches):
                return "A group that repeats cannot hold what repeats or branches: that can take for ever."
            unlimited += most == _ENDLESS
            groups[-1].repeats, last = True, None
        else:
            last = None
        at += size
    return f"At most {MOST_REPEATS} parts of a pattern may repeat without a limit." if unlimited > MOST_REPEATS else ""


_ENDLESS = 10**9
_COUNT = re.compile(r"\{(\d{0,9})(,?)(\d{0,9})\}")


def _quantifier(pattern: str, at: int) -> tuple[int, int] | None:
    """How long the quantifier here is and how often it repeats at most; a lazy or possessive mark belongs to it."""
    if pattern[at] in "*+?":
        size, most = 1, 1 if pattern[at] == "?" else _ENDLESS
    elif (found := _COUNT.match(pattern, at)) and (found[1] or found[3]):
        size, most = len(found[0]), int(found[3] or 0) or (_ENDLESS if found[2] else int(found[1]))
    else:
        return None
    is_marked = pattern[at + size : at + size + 1] in {"?", "+"}
    return size + is_marked, most


def _set_ends(pattern: str, at: int) -> int:
    """Where the set of characters that begins here is over."""
    at += 2 if pattern[at + 1 : at + 2] == "^" else 1
    at += pattern[at : at + 1] == "]"
    while at < len(pattern) and pattern[at] != "]":
        at += 2 if pattern[at] == "\\" else 1
    return at + 1


def _speed(compiled: re.Pattern[str], pattern: str) -> str:
    """Held against ever longer names until the longest there can be; the first slow one ends it."""
    letters = re.sub(r"[^0-9A-Za-z_./-]", "", pattern) or "a"
    for length in (25, 50, 100, 200, LONGEST_NAME):
        for name in ("a" * length, "".join(islice(cycle(letters), length)), letters[-1] * length):
            begun = perf_counter()
            compiled.search(name + "!")
            if perf_counter() - begun > SLOW_SECONDS:
                return "This pattern is too slow on long names. Say it with fewer parts that repeat."
    return ""
