"""The variables of two releases, those of their stages too. Of secrets nothing is shown, not even their length. Pure.

Slipway keeps no secret, so of a variable that is secret on both sides nobody can say whether it changed.
"""

from collections.abc import Iterable, Mapping, Sequence

from releases.models import Release, ReleaseStage
from releases.queries.compare.lines import ADDED, CHANGED, REMOVED, Group, Line, Verdict, counted
from releases.queries.variables import Variable, variables_of

HIDDEN = "masked"
LONGEST = 2_000
StagePair = tuple[ReleaseStage | None, ReleaseStage | None]
Named = Mapping[tuple[str, str], Variable]
"""Variables by the stage they belong to (empty for the release's own) and their name."""


def variable_group(a: Release, b: Release, *, stages: Sequence[StagePair]) -> Group:
    """The variables of both releases, then those of each stage."""
    called = {before.name: after.name for before, after in stages if before and after}
    first = _named(a, [one for one, _ in stages if one], called)
    second = _named(b, [one for _, one in stages if one], {})
    order = {"": -1} | {one.name: at for at, (before, after) in enumerate(stages) if (one := after or before)}
    keys = sorted({*first, *second}, key=lambda key: (order.get(key[0], len(order)), key[1].casefold(), key[1]))
    lines = [_line(f"{key[0]}: {key[1]}" if key[0] else key[1], first.get(key), second.get(key)) for key in keys]
    unknown = sum(line.verdict is Verdict.UNKNOWN for line in lines)
    verb = "is" if unknown == 1 else "are"
    note = f"{counted(unknown, 'variable')} {verb} secret in both. Slipway keeps no secrets, so it cannot compare them."
    return Group("variables", "Variables", lines, [note] if unknown else [])


def _named(release: Release, rows: Iterable[ReleaseStage], called: Mapping[str, str]) -> Named:
    """`called`: what the other release calls a stage of another name."""
    found = variables_of(release, list(rows))
    return {(called.get(one.stage, one.stage), one.name): one for one in found}


def _line(name: str, a: Variable | None, b: Variable | None) -> Line:
    before, after = (_shown(one) for one in (a, b))
    if a is None or b is None:
        return Line(name, before, after, Verdict.CHANGED, ADDED if a is None else REMOVED, is_code=True)
    if a.is_secret and b.is_secret:
        return Line(name, HIDDEN, HIDDEN, Verdict.UNKNOWN, "cannot be compared", is_code=True)
    if a.is_secret or b.is_secret:
        return Line(name, HIDDEN, HIDDEN, Verdict.CHANGED, "secret in one only", is_code=True)
    verdict = Verdict.SAME if a.value == b.value else Verdict.CHANGED
    return Line(name, before, after, verdict, "" if verdict is Verdict.SAME else CHANGED, is_code=True)


def _shown(one: Variable | None) -> str:
    if one is None:
        return ""
    return HIDDEN if one.is_secret else one.value[:LONGEST] or "empty"
