"""What is compared: everything there is, each with its facts, under a name that both sides give it. Pure."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

Facts = dict[str, Any]
Ledger = dict[str, Facts]
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def differences(theirs: Ledger, ours: Ledger) -> list[str]:
    """One line for each thing that only one side has and for each fact on which they differ."""
    lines = [f"{name}: in the books, not here" for name in theirs.keys() - ours.keys()]
    lines += [f"{name}: here, not in the books" for name in ours.keys() - theirs.keys()]
    for name in theirs.keys() & ours.keys():
        lines += _of_one(name, theirs[name], ours[name])
    return sorted(lines)


def _of_one(name: str, theirs: Facts, ours: Facts) -> Iterator[str]:
    for fact in theirs.keys() | ours.keys():
        if not _same(theirs.get(fact), ours.get(fact)):
            yield f"{name}: {fact} is {theirs.get(fact)!r} in the books and {ours.get(fact)!r} here"


def _same(theirs: Any, ours: Any) -> bool:
    """Equal; times to a millisecond, since the books cut what Azure's seven digits and our six round."""
    if theirs == ours:
        return True
    if not (isinstance(theirs, str) and isinstance(ours, str) and TIME.fullmatch(theirs) and TIME.fullmatch(ours)):
        return False
    return abs(datetime.fromisoformat(theirs) - datetime.fromisoformat(ours)) <= timedelta(milliseconds=1)


def counted(ledger: Mapping[str, Facts]) -> dict[str, int]:
    """How many things of each kind there are (the first word of their names)."""
    counts: dict[str, int] = {}
    for name in ledger:
        kind = name.split(" ", 1)[0]
        counts[kind] = counts.get(kind, 0) + 1
    return counts
