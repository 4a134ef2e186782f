"""What a pipeline still needs so that everything about it can be told, one line each. Pure; for the pipeline page.

Only what can be checked today: whom Azure asks, endpoints, roles, schedules, stages that are gone.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from releases.queries.asked import NO, UNKNOWN, YES
from releases.queries.past_stages import COUNTED_TO, PastStage
from releases.queries.pipeline import PipelineSeen
from releases.queries.starting import listed

NAMED, LONGEST_NAME = 3, 40
PASSED, LOOK, INFO, PAST = "passed", "look", "info", "past"


@dataclass(frozen=True)
class Check:
    """One thing checked: how it came out and what that means."""

    state: str
    title: str
    sentence: str


def checks(seen: PipelineSeen) -> list[Check]:
    """Every check, in the order of what comes first: who is asked, where it runs, what it carries."""
    found = [*_approvers(seen), *_endpoints(seen), *_roles(seen), *_schedules(seen)]
    return [*found, *(_past(one) for one in seen.past)]


def _approvers(seen: PipelineSeen) -> Iterator[Check]:
    if not seen.stages:
        return
    untold = [one.stage.name for one in seen.stages if not one.is_told]
    if untold:
        yield Check(LOOK, "Approvers", f"Revision {seen.pipeline.revision} was not read: {_named(untold)} not known.")
        return
    asking = [one for one in seen.stages if one.asks]
    if not asking:
        yield Check(INFO, "Approvers", "Azure DevOps asks nobody on any stage.")
        return
    names = _named([one.stage.name for one in asking])
    yield Check(PASSED, "Approvers known", f"Azure DevOps asks somebody on {names}.")
    states = {asked.passes for one in asking for asked in one.asks}
    if states == {YES}:
        yield Check(PASSED, "Decisions can be passed on", f"Slipway's own identity is asked on {names}.")
    else:
        state = LOOK if NO in states else INFO
        barred = [one.stage.name for one in asking if any(asked.passes in (NO, UNKNOWN) for asked in one.asks)]
        yield Check(state, "Decisions", f"{_where(barred)}, Azure asks somebody else, or a group. See the stages.")


def _named(names: list[str]) -> str:
    """Some stages by name, long ones cut, the rest counted."""
    shown = [name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME].rstrip()}…" for name in names[:NAMED]]
    return listed(shown if len(names) <= NAMED else [*shown, f"{len(names) - NAMED} more"])


def _where(names: list[str]) -> str:
    return f"On {_named(names)}"


def _endpoints(seen: PipelineSeen) -> Iterator[Check]:
    if not seen.stages:
        return
    unbound = [one.stage.name for one in seen.stages if not one.is_bound]
    if not unbound:
        yield Check(PASSED, "Endpoints bound", "Every stage has one.")
    elif len(unbound) == len(seen.stages):
        yield Check(INFO, "Endpoints", "No stage is bound to an endpoint, so what is really served is not known.")
    else:
        yield Check(LOOK, "Endpoints", f"{_named(unbound)} {_has(unbound)} none, so what is served there is not known.")


def _has(names: list[str]) -> str:
    return "has" if len(names) == 1 else "have"


def _roles(seen: PipelineSeen) -> Iterator[Check]:
    open_ = [one.told.alias for one in seen.artifacts if not one.decided.is_by_rule]
    for alias in open_[:5]:
        yield Check(LOOK, f"Role of {alias}", "No rule matched, so it counts as Other.")
    if len(open_) > len(open_[:5]):
        yield Check(LOOK, "Roles", f"{len(open_) - 5} more artifacts count as Other.")
    if seen.artifacts and not open_:
        yield Check(PASSED, "Roles decided", "A rule matched every artifact.")


def _schedules(seen: PipelineSeen) -> Iterator[Check]:
    odd = [one for one in seen.triggers if not one.told.is_readable]
    if odd:
        yield Check(LOOK, "Triggers", f"{len(odd)} cannot be read, so when they act is not known.")
    elif seen.triggers:
        yield Check(PASSED, "Triggers readable", "What starts releases, and when, is known.")


def _past(one: PastStage) -> Check:
    when = "in earlier revisions"
    if one.first:
        when = f"in revision {one.first}" if one.first == one.last else f"in revisions {one.first} to {one.last}"
    count = f"{COUNTED_TO:,}+" if one.is_more_than_counted else f"{one.releases:,}"
    stay = "Its release stays" if one.releases == 1 else f"Its {count} releases stay"
    return Check(PAST, f"{one.stage.name} stage", f"Existed {when}. {stay} in the history.")
