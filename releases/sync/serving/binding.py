"""Which endpoint serves which stage, by rule. Pure; `binds` reads the rows and writes the answers.

A person's decision is not touched. Then, in this order: the stage's own settings name a place; a tag of an endpoint or
of a deployment behind it names the stage; the names fit. What fits more than once is not bound, and says so.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from releases.states import BindingOrigin
from releases.sync.serving.settings_named import Named

NAMES_SHOWN = 4
DECIDE = "An administrator can say which."
_NOISE = frozenset({"pipeline", "release", "cd"})
"""Words in a pipeline's name that hardly any endpoint repeats."""


@dataclass(frozen=True)
class EndpointFact:
    """One endpoint: its tags and those of its deployments; `projects` are those that use its workspace."""

    id: int
    name: str
    workspace: str
    projects: frozenset[int]
    is_gone: bool = False
    claims: frozenset[int] = frozenset()
    """Stages that its tags name."""


@dataclass(frozen=True)
class ClusterFact:
    """One legacy cluster."""

    id: int
    name: str
    projects: frozenset[int]


@dataclass(frozen=True)
class StageFact:
    """One stage and what its settings name."""

    id: int
    project: int
    pipeline: str
    name: str
    named: Named = field(default_factory=Named)


class Rule(NamedTuple):
    """One `EndpointRule`; `project` None holds for all."""

    project: int | None
    pipeline_pattern: str
    stage_pattern: str
    endpoint_pattern: str


class Bound(NamedTuple):
    """The answer for one stage: at most one of endpoint and cluster; neither means that it is ambiguous."""

    origin: BindingOrigin
    sentence: str
    endpoint: int | None = None
    cluster: int | None = None


DEFAULT_RULES = (Rule(None, "", "", "^{pipeline}-{stage}$"), Rule(None, "", "", "^{stage}-{pipeline}$"))
"""Hold after all rules that were written down."""


def bound(
    stages: Sequence[StageFact],
    endpoints: Sequence[EndpointFact],
    clusters: Sequence[ClusterFact],
    rules: Sequence[Rule],
) -> dict[int, Bound]:
    """The stages that can be bound, or that are ambiguous, by id. `rules` in their order."""
    found: dict[int, Bound] = {}
    for stage in stages:
        if answer := by_settings(stage, endpoints, clusters):
            found[stage.id] = answer
    for stage in stages:
        if stage.id not in found and (answer := by_tag(stage, endpoints, taken=found.keys())):
            found[stage.id] = answer
    rest = [stage for stage in stages if stage.id not in found]
    return {**found, **by_names(rest, endpoints, [*rules, *DEFAULT_RULES])}


def by_settings(stage: StageFact, endpoints: Iterable[EndpointFact], clusters: Iterable[ClusterFact]) -> Bound | None:
    """What the settings name for sure goes before what they mention; a legacy cluster that is named is the place."""
    mine = [one for one in endpoints if stage.project in one.projects]
    legacy = [one for one in clusters if stage.project in one.projects]
    origin = BindingOrigin.SETTINGS
    for words in (stage.named.explicit, stage.named.mentioned):
        old = [one for one in legacy if one.name.lower() in words]
        if old and (words is stage.named.explicit or not _named(mine, words)):
            if len(old) == 1:
                return Bound(origin, f"Its settings name the legacy AKS cluster {old[0].name}.", cluster=old[0].id)
            return Bound(origin, f"Its settings name more than one legacy cluster: {_listed(old)}. {DECIDE}")
        if named := _named(mine, words):
            several = "Its settings name more than one endpoint"
            return _one(named, origin, f"Its settings name {named[0].name}.", several)
    return None


def by_tag(stage: StageFact, endpoints: Iterable[EndpointFact], *, taken: Iterable[int] = ()) -> Bound | None:
    """Endpoints whose tags name this stage and no other that is still to be bound."""
    others = frozenset(taken)
    fitting = [one for one in endpoints if not one.is_gone and one.claims - others == {stage.id}]
    if not fitting:
        return None
    says = f"A tag of {fitting[0].name} names this stage."
    return _one(fitting, BindingOrigin.TAG, says, "The tags of more than one endpoint name this stage")


def by_names(stages: Sequence[StageFact], endpoints: Sequence[EndpointFact], rules: Sequence[Rule]) -> dict[int, Bound]:
    """The first rule of the project, then of all, that finds an endpoint; one that fits two stages is neither's."""
    in_order = sorted(rules, key=lambda one: one.project is None)
    found = {stage.id: answer for stage in stages if (answer := _by_name(stage, endpoints, in_order))}
    claimed = Counter(answer.endpoint for answer in found.values() if answer.endpoint)
    names = {one.id: one.name for one in endpoints}
    for stage, answer in found.items():
        if answer.endpoint and claimed[answer.endpoint] > 1:
            sentence = f"The name {names[answer.endpoint]} fits more than one stage. {DECIDE}"
            found[stage] = Bound(BindingOrigin.NAME, sentence)
    return found


def _by_name(stage: StageFact, endpoints: Iterable[EndpointFact], rules: Iterable[Rule]) -> Bound | None:
    mine = [one for one in endpoints if stage.project in one.projects and not one.is_gone]
    for rule in rules:
        if rule.project not in (None, stage.project):
            continue
        if not (_matches(rule.pipeline_pattern, stage.pipeline) and _matches(rule.stage_pattern, stage.name)):
            continue
        pattern = _filled(rule.endpoint_pattern, stage)
        if fitting := [one for one in mine if _matches(pattern, one.name)]:
            says = f"The name {fitting[0].name} fits the rule {rule.endpoint_pattern}."
            return _one(fitting, BindingOrigin.NAME, says, f"More than one name fits the rule {rule.endpoint_pattern}")
    return None


def _named(endpoints: Iterable[EndpointFact], words: frozenset[str]) -> list[EndpointFact]:
    """The endpoints among these words; one that is gone only where none is there."""
    named = [one for one in endpoints if one.name.lower() in words]
    return [one for one in named if not one.is_gone] or named


def _one(fitting: Sequence[EndpointFact], origin: BindingOrigin, says: str, several: str) -> Bound:
    if len(fitting) == 1:
        return Bound(origin, says, endpoint=fitting[0].id)
    return Bound(origin, f"{several}: {_listed(fitting)}. {DECIDE}")


def _listed(places: Sequence[EndpointFact] | Sequence[ClusterFact]) -> str:
    """Names in order; with their workspaces where a name comes twice."""
    names = [one.name for one in places]
    doubled = len(set(names)) < len(names)
    shown = [
        f"{one.name} in {one.workspace}" if doubled and isinstance(one, EndpointFact) else one.name for one in places
    ]
    rest = len(shown) - NAMES_SHOWN
    return ", ".join(sorted(shown)[:NAMES_SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def _filled(pattern: str, stage: StageFact) -> str:
    """`{pipeline}` and `{stage}` stand for the names as endpoints are spelled: words joined by hyphens or nothing."""
    return pattern.replace("{pipeline}", _spelled(stage.pipeline)).replace("{stage}", _spelled(stage.name))


def _spelled(name: str) -> str:
    words = re.findall(r"[a-z0-9]+", name.lower())
    kept = [word for word in words if word not in _NOISE] or words
    joined = ["-?".join(map(re.escape, some)) for some in (words, kept) if some]
    return f"(?:{'|'.join(dict.fromkeys(joined))})" if joined else r"(?!)"


def _matches(pattern: str, text: str) -> bool:
    """Anywhere and without regard to case; a pattern that is no regular expression fits nothing."""
    try:
        return re.search(pattern, text, re.IGNORECASE) is not None
    except re.error:
        return False


Tags = Mapping[str, str]


class Tagged(NamedTuple):
    """What a set of tags says: a pipeline and a stage by name, a release by id or name."""

    pipeline: str = ""
    stage: str = ""
    release_id: int | None = None
    release: str = ""


def tagged(tags: Mapping[str, object]) -> Tagged:
    """The tags that name something of ours, whatever their case and signs."""
    told = {re.sub(r"[^a-z]", "", name.lower()): str(value).strip() for name, value in tags.items()}
    number = told.get("releaseid", "")
    release_id = int(number) if number.isdigit() and len(number) < 10 else None
    return Tagged(told.get("pipeline", ""), told.get("stage", ""), release_id, told.get("release", ""))
