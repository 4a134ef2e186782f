"""How far two releases got: status, attempts and duration of each stage, and why each release was made. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from releases.models import Deployment, Release
from releases.queries.compare.lines import Group, Line, Verdict, text_line
from releases.queries.releases import Row, StageCell
from releases.states import DeploymentStatus

Attempts = Mapping[int, Sequence[Deployment]]
"""Attempts by release stage id, the first first."""
CellPair = tuple[StageCell | None, StageCell | None]

ALIKE = 0.1
"""Two durations less than this share apart count as the same: no two deployments take equally long."""


def stage_pairs(a: Row, b: Row) -> list[CellPair]:
    """Each stage beside the other release's: the very same stage, else the one of the same name."""
    is_same_pipeline = a.release.pipeline_id == b.release.pipeline_id
    left = {_key(cell, is_same_pipeline): cell for cell in b.stages}
    found: list[CellPair] = [(cell, left.pop(_key(cell, is_same_pipeline), None)) for cell in a.stages]
    return [*found, *((None, cell) for cell in left.values())]


def stage_group(pairs: Iterable[CellPair], attempts: Attempts) -> Group:
    """Three lines a stage that both have, one for a stage that only one has."""
    lines: list[Line] = []
    for a, b in pairs:
        if a and b:
            lines += _stage(a, b, attempts)
        elif one := b or a:
            lines.append(text_line(f"{one.row.name} status", _word(a) if a else "", _word(b) if b else ""))
    return Group("stages", "Stages", lines)


def delivery_group(a: Row, b: Row) -> Group:
    """Pipeline, revision, trigger, people and tags."""
    one, other = a.release, b.release
    lines = [
        text_line("Pipeline", one.pipeline.name, other.pipeline.name),
        text_line("Pipeline revision", _revision(one), _revision(other)),
        text_line("Trigger", a.trigger, b.trigger),
        text_line("Created by", _creator(one), _creator(other)),
        text_line("Tags", _tags(one), _tags(other)),
    ]
    return Group("delivery", "Delivery", [line for line in lines if line.a or line.b])


def _key(cell: StageCell, is_same_pipeline: bool) -> str:
    return f"#{cell.row.stage_id}" if is_same_pipeline else cell.row.name.casefold()


def _word(cell: StageCell) -> str:
    return f"{cell.word.replace('_', ' ').capitalize()}{', live' if cell.is_live else ''}"


def _stage(a: StageCell, b: StageCell, attempts: Attempts) -> list[Line]:
    name = b.row.name
    before, after = attempts.get(a.row.pk, ()), attempts.get(b.row.pk, ())
    return [
        text_line(f"{name} status", _word(a), _word(b)),
        *([_attempts(name, before, after)] if before or after else []),
        *([_duration(name, before, after)] if _length(before) or _length(after) else []),
    ]


def _attempts(name: str, a: Sequence[Deployment], b: Sequence[Deployment]) -> Line:
    """Fewer failed attempts are better; more attempts alone are neither."""
    failed, later = (sum(one.status == DeploymentStatus.FAILED for one in attempts) for attempts in (a, b))
    line = text_line(f"{name} attempts", _tries(len(a), failed), _tries(len(b), later))
    if failed == later:
        return line
    change = f"{abs(later - failed)} {'more' if later > failed else 'fewer'} failed"
    return replace(line, verdict=Verdict.WORSE if later > failed else Verdict.BETTER, change=change)


def _tries(number: int, failed: int) -> str:
    return f"{number}, {failed} failed" if failed else str(number)


def _duration(name: str, a: Sequence[Deployment], b: Sequence[Deployment]) -> Line:
    before, after = _length(a), _length(b)
    first, second = (lasted(length) if length else "" for length in (before, after))
    line = text_line(f"{name} duration", first, second)
    if not (before and after):
        return line
    apart = after - before
    if abs(apart) <= ALIKE * max(before, after):
        return replace(line, verdict=Verdict.SAME, change="about the same" if apart else "")
    is_slower = apart > timedelta()
    change = f"{lasted(abs(apart))} {'slower' if is_slower else 'faster'}"
    return replace(line, verdict=Verdict.WORSE if is_slower else Verdict.BETTER, change=change)


def _length(attempts: Sequence[Deployment]) -> timedelta | None:
    """How long the newest attempt took that succeeded; how fast something failed says nothing."""
    done = {DeploymentStatus.SUCCEEDED, DeploymentStatus.PARTIALLY_SUCCEEDED}
    for one in reversed(attempts):
        if one.status in done and one.started_on and one.finished_on and one.finished_on > one.started_on:
            return one.finished_on - one.started_on
    return None


def lasted(length: timedelta) -> str:
    """`6 min 08 s`, `4 h 48 min`, `3 d 2 h`, as the pages say durations."""
    seconds = round(length.total_seconds())
    for size, unit, smaller, small in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if seconds >= size:
            rest = seconds % size // smaller
            second = f" {rest:02} s" if small == "s" else f" {rest} {small}"
            return f"{seconds // size} {unit}{second if rest else ''}"
    return f"{seconds} s"


def _revision(release: Release) -> str:
    return str(release.definition_revision or "")


def _creator(release: Release) -> str:
    return str(release.created_for or release.created_by or "")


def _tags(release: Release) -> str:
    return ", ".join(sorted(map(str, release.tags))) if isinstance(release.tags, list) else ""
