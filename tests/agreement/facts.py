"""What is compared: everything there is, each with its facts, under a name that both sides give it. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

Facts = dict[str, Any]
Ledger = dict[str, Facts]


def differences(theirs: Ledger, ours: Ledger) -> list[str]:
    """One line for each thing that only one side has and for each fact on which they differ."""
    lines = [f"{name}: in the books, not here" for name in theirs.keys() - ours.keys()]
    lines += [f"{name}: here, not in the books" for name in ours.keys() - theirs.keys()]
    for name in theirs.keys() & ours.keys():
        lines += _of_one(name, theirs[name], ours[name])
    return sorted(lines)


def _of_one(name: str, theirs: Facts, ours: Facts) -> Iterator[str]:
    for fact in theirs.keys() | ours.keys():
        if theirs.get(fact) != ours.get(fact):
            yield f"{name}: {fact} is {theirs.get(fact)!r} in the books and {ours.get(fact)!r} here"


def counted(ledger: Mapping[str, Facts]) -> dict[str, int]:
    """How many things of each kind there are (the first word of their names)."""
    counts: dict[str, int] = {}
    for name in ledger:
        kind = name.split(" ", 1)[0]
        counts[kind] = counts.get(kind, 0) + 1
    return counts
