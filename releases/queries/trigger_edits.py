"""Changes the triggers in a definition's own JSON: everything that is not meant stays to the letter. Pure.

Called by the action with what is stored, and by delivery with what Azure has right before it is saved.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tzlocal.windows_tz import tz_win

from releases.errors import Invalid
from releases.queries import schedules
from releases.queries.definition import ArtifactTold, mapping, mappings, text, texts
from releases.queries.schedules import Schedule
from releases.queries.sentences import branch_name
from releases.queries.trigger_entries import ARTIFACT_SOURCE, SCHEDULE, SOURCE_REPO, Entry, type_of

MOST_BRANCHES = 50
LONGEST_BRANCH = 250
HEADS = "refs/heads/"
_BRANCH = re.compile(r"[^\s~^:?\[\]\\+\-][^\s~^:?\[\]\\]*")


@dataclass(frozen=True)
class Timing:
    """When a schedule makes a release: days (Monday is 0), time, zone. `only_changes`: not when nothing is new."""

    days: tuple[int, ...]
    hour: int
    minute: int
    zone: str
    only_changes: bool = False

    @property
    def schedule(self) -> Schedule:
        """As the pages tell it."""
        return Schedule(self.days, self.hour, self.minute, self.zone)


@dataclass(frozen=True)
class Branches:
    """Which branches count, and which do not; without any all do. `*` stands for anything."""

    taken: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


@dataclass(frozen=True)
class Steps:
    """What becomes of a list of triggers: those at `off` go, those in `put` are replaced, `add` comes at the end."""

    off: tuple[int, ...] = ()
    put: dict[int, Entry] = field(default_factory=dict)
    add: tuple[Entry, ...] = ()

    @property
    def kept(self) -> dict[str, Any]:
        """As a command carries it."""
        return {"off": list(self.off), "put": [[at, one] for at, one in self.put.items()], "add": list(self.add)}

    @classmethod
    def read(cls, kept: dict[str, Any]) -> "Steps":
        """Of a command."""
        return cls(tuple(kept["off"]), dict(kept["put"]), tuple(kept["add"]))


def applied(triggers: Sequence[Entry], steps: Steps) -> list[Entry]:
    """The list after the steps."""
    kept = [steps.put.get(at, one) for at, one in enumerate(triggers) if at not in steps.off]
    return [*kept, *steps.add]


def document_with(document: dict[str, Any], *, steps: Steps, comment: str, revision: int) -> dict[str, Any]:
    """The definition to be saved: its triggers and the comment are other ones, `revision` is the lock."""
    triggers = applied(document.get("triggers") or [], steps)
    return {**document, "triggers": triggers, "comment": comment, "revision": revision}


def timing_of(entry: Entry) -> Timing | None:
    """When a schedule acts; None for what is none or cannot be read."""
    found = schedules.read(entry) if type_of(entry) == SCHEDULE else None
    if found is None:
        return None
    only = mapping(entry.get("schedule")).get("scheduleOnlyWithChanges") is True
    return Timing(found.days, found.hour, found.minute, found.zone, only)


def with_timing(entry: Entry, timing: Timing) -> Entry:
    """The same schedule at another time. What is as it was keeps Azure's own spelling. Raises Invalid."""
    _check(timing)
    was, plan = timing_of(entry), dict(mapping(entry.get("schedule")))
    if was is None or was.days != timing.days:
        plan["daysToRelease"] = sum(1 << day for day in timing.days)
    if was is None or (was.hour, was.minute) != (timing.hour, timing.minute):
        plan |= {"startHours": timing.hour, "startMinutes": timing.minute}
    if was is None or was.zone != timing.zone:
        plan["timeZoneId"] = azure_zone(timing.zone)
    if was is None or was.only_changes != timing.only_changes:
        plan["scheduleOnlyWithChanges"] = timing.only_changes
    return {**entry, "schedule": plan}


def new_schedule(timing: Timing) -> Entry:
    """A schedule that was not there. Raises Invalid."""
    return with_timing({"schedule": {}, "triggerType": SCHEDULE}, timing)


def first_trigger(artifact: ArtifactTold) -> Entry | None:
    """The trigger of a model, a build or a repository that had none; None for what Slipway does not watch."""
    type_ = artifact.type.lower()
    if "ml" in type_ or type_ == "build":
        return {"artifactAlias": artifact.alias, "triggerConditions": [], "triggerType": ARTIFACT_SOURCE}
    if type_ in ("git", "github"):
        branch = branch_name(artifact.branch)
        filters = [f"+{HEADS}{branch}"] if _BRANCH.fullmatch(branch) else []
        return {"alias": artifact.alias, "branchFilters": filters, "triggerType": SOURCE_REPO}
    return None


def azure_zone(zone: str) -> str:
    """The zone as Azure DevOps writes it: Windows' name, where there is one."""
    return tz_win.get(zone, zone)


def branches_of(entry: Entry) -> Branches | None:
    """Which branches it watches; None for a trigger that knows none."""
    if type_of(entry) == SOURCE_REPO:
        told = texts(entry.get("branchFilters"))
    elif type_of(entry) == ARTIFACT_SOURCE:
        told = [text(one.get("sourceBranch")) for one in mappings(entry.get("triggerConditions"))]
    else:
        return None
    taken = (_short(one) for one in told if one and not one.startswith("-"))
    left = (_short(one) for one in told if one.startswith("-"))
    return Branches(tuple(dict.fromkeys(taken)), tuple(dict.fromkeys(left)))


def with_branches(entry: Entry, branches: Branches) -> Entry:
    """The same trigger for other branches. A filter that stays keeps its tags and its spelling. Raises Invalid."""
    if branches_of(entry) is None:
        raise Invalid("This trigger does not ask for branches.", code="no_branches")
    wanted = _checked(branches)
    if type_of(entry) == SOURCE_REPO:
        filters = list(entry.get("branchFilters") or [])
        return {**entry, "branchFilters": _renewed(filters, wanted, of=text, make=lambda branch: branch, plus="+")}
    conditions = list(entry.get("triggerConditions") or [])
    made = _renewed(conditions, wanted, of=_source_branch, make=_condition, plus="")
    return {**entry, "triggerConditions": made}


def _source_branch(condition: object) -> str:
    return text(mapping(condition).get("sourceBranch"))


def _condition(branch: str) -> Entry:
    return {"sourceBranch": branch, "tags": [], "useBuildDefinitionBranch": False, "createReleaseOnBuildTagging": False}


def _renewed(
    held: list[Any], wanted: list[str], *, of: Callable[[Any], str], make: Callable[[str], Any], plus: str
) -> list[Any]:
    """Those held that are wanted or ask for no branch, then the new ones, spelled as the others are."""
    told = [of(one) for one in held]
    named = [one for one in told if one]
    heads = HEADS if (any(HEADS in one for one in named) or (not named and plus)) else ""
    sign = plus if (not named or any(one.startswith("+") for one in named)) else ""
    kept = [one for one, name in zip(held, told, strict=True) if not name or _signed(name) in wanted]
    there = {_signed(name) for name in named}
    new = [one for one in wanted if one not in there]
    spelled = [f"-{heads}{one[1:]}" if one.startswith("-") else f"{sign}{heads}{one}" for one in new]
    return kept + [make(one) for one in spelled]


def _signed(name: str) -> str:
    """`main` or `-main`."""
    return ("-" if name.startswith("-") else "") + _short(name)


def _short(name: str) -> str:
    return branch_name(name.lstrip("+-"))


def _checked(branches: Branches) -> list[str]:
    taken, left = (list(dict.fromkeys(map(_branch, some))) for some in (branches.taken, branches.left))
    if len(taken) + len(left) > MOST_BRANCHES:
        raise Invalid(f"Give at most {MOST_BRANCHES} branches.", code="too_many_branches")
    if both := sorted(set(taken) & set(left)):
        raise Invalid(f"{both[0]} cannot count and be left out.", code="bad_branch")
    return [*taken, *(f"-{one}" for one in left)]


def _branch(name: str) -> str:
    found = branch_name(name.strip())
    if len(found) > LONGEST_BRANCH or not _BRANCH.fullmatch(found):
        raise Invalid(
            f"“{name[:60]}” is no name of a branch. Write one a line, like main or users/*.", code="bad_branch"
        )
    return found


def _check(timing: Timing) -> None:
    if not timing.days or not set(timing.days) <= set(schedules.EVERY_DAY):
        raise Invalid("Choose at least one day.", code="no_days")
    if not (0 <= timing.hour < 24 and 0 <= timing.minute < 60):
        raise Invalid("Give a time from 00:00 to 23:59.", code="bad_time")
    try:
        ZoneInfo(timing.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(
            f"“{timing.zone[:60]}” is no time zone. Write one like Europe/Helsinki.", code="bad_zone"
        ) from None
