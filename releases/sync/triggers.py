"""Why a release was created, from what Azure tells of it. Called by `sync.mapping`; pure.

Azure says "continuousIntegration" for push, build, container, package and model alike and leaves
`triggeringArtifactAlias` empty, so the artifact that started the release is looked for in four places.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from releases.states import ArtifactRole, TriggerKind

CONTINUOUS_INTEGRATION = "continuousIntegration"
_DIRECT = {
    "manual": TriggerKind.MANUAL,
    "schedule": TriggerKind.SCHEDULE,
    "pullRequest": TriggerKind.PULL_REQUEST,
}
_KINDS = (
    (re.compile(r"azureml|mlmodel", re.I), TriggerKind.MODEL),
    (re.compile(r"container|docker|\bacr\b|registry", re.I), TriggerKind.CONTAINER),
    (re.compile(r"nuget|package|npm|maven|pypi", re.I), TriggerKind.PACKAGE),
    (re.compile(r"build|jenkins|teamcity|circleci|bamboo", re.I), TriggerKind.BUILD),
    (re.compile(r"git|tfvc|bitbucket|svn", re.I), TriggerKind.PUSH),
)
_TRIGGERED_BY = re.compile(r"Triggered by (.+?)[ _]\S+?\.?\s*$")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One artifact of the release, as far as it may be what started it."""

    alias: str
    type: str
    role: str
    name: str
    is_triggering: bool


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a release was created; `alias` names the artifact that started it, where that is known."""

    kind: TriggerKind
    alias: str = ""


def cause_of(
    reason: str,
    candidates: Collection[Candidate],
    *,
    stated_alias: str = "",
    description: str = "",
    cd_aliases: Collection[str] = (),
) -> Cause:
    """The cause of a release. `cd_aliases`: artifacts with a CD trigger in the definition of the release's revision."""
    if direct := _DIRECT.get(reason):
        found = _marked(candidates) if direct is TriggerKind.PULL_REQUEST else None
        return Cause(direct, found.alias if found else "")
    if reason != CONTINUOUS_INTEGRATION:
        return Cause(TriggerKind.UNKNOWN)
    found = (
        _marked(candidates)
        or _called(candidates, stated_alias)
        or _sole(candidates, cd_aliases)
        or _described(candidates, description)
    )
    return Cause(kind_of(found), found.alias) if found else Cause(TriggerKind.UNKNOWN)


def kind_of(artifact: Candidate) -> TriggerKind:
    """What it means that this artifact started a release."""
    if artifact.role == ArtifactRole.MODEL:
        return TriggerKind.MODEL
    return next((kind for pattern, kind in _KINDS if pattern.search(artifact.type)), TriggerKind.UNKNOWN)


def _marked(candidates: Collection[Candidate]) -> Candidate | None:
    return next((one for one in candidates if one.is_triggering), None)


def _called(candidates: Collection[Candidate], alias: str) -> Candidate | None:
    return next((one for one in candidates if one.alias == alias), None) if alias else None


def _sole(candidates: Collection[Candidate], cd_aliases: Collection[str]) -> Candidate | None:
    with_trigger = [one for one in candidates if one.alias in cd_aliases]
    return with_trigger[0] if len(with_trigger) == 1 else None


def _described(candidates: Collection[Candidate], description: str) -> Candidate | None:
    """Azure's own text "Triggered by NAME VERSION." names the definition of the artifact, sometimes its alias."""
    found = _TRIGGERED_BY.search(description)
    if not found:
        return None
    return next((one for one in candidates if found[1] in (one.name, one.alias)), None)
