"""Why a release exists, in one sentence and in two words. Pages show the parts, the API the plain text.

Pure functions of rows that the caller has read: nothing here asks the database.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from releases.models import Artifact, ModelVersion, Release
from releases.queries.schedules import Schedule, that_made
from releases.states import ArtifactRole, TriggerKind

DOES_NOT_SAY = "Azure DevOps does not say"
NAMES = {
    TriggerKind.PUSH: "Push",
    TriggerKind.MODEL: "New model version",
    TriggerKind.BUILD: "Build",
    TriggerKind.SCHEDULE: "Schedule",
    TriggerKind.MANUAL: "Manual",
    TriggerKind.PULL_REQUEST: "Pull request",
    TriggerKind.CONTAINER: "Container image",
    TriggerKind.PACKAGE: "Package",
    TriggerKind.UNKNOWN: DOES_NOT_SAY,
}


@dataclass(frozen=True)
class Part:
    """A piece of a sentence: plain, strong, or leading to `url` (an address as Azure gave it, not yet judged safe)."""

    text: str
    is_strong: bool = False
    url: str = ""


def plain(parts: Sequence[Part]) -> str:
    """The sentence without its marks."""
    return "".join(part.text for part in parts)


def kind_of(release: Release) -> TriggerKind:
    """The trigger's kind; a word we do not know counts as unknown."""
    return TriggerKind(release.trigger_kind) if release.trigger_kind in NAMES else TriggerKind.UNKNOWN


def triggering(release: Release, artifacts: Sequence[Artifact]) -> Artifact | None:
    """The artifact that set the release off: the one marked, else the one of the trigger's alias."""
    marked = [artifact for artifact in artifacts if artifact.is_triggering]
    named = [artifact for artifact in artifacts if release.trigger_alias and artifact.alias == release.trigger_alias]
    return next(iter(marked or named), None)


def version_words(artifact: Artifact) -> str:
    """The version as people say it: `v8` for a model or scaler, seven digits for a commit, else as it came."""
    version = artifact.version or artifact.version_name or artifact.version_id
    if artifact.role in {ArtifactRole.MODEL, ArtifactRole.SCALER} and version[:1].isdigit():
        return f"v{version}"
    commit = artifact.source_version or version
    if artifact.role == ArtifactRole.CODE and is_commit(commit):
        return commit[:7]
    return version or "no version"


def is_commit(word: str) -> bool:
    """Whether this looks like a git commit's name."""
    return len(word) >= 7 and all(letter in "0123456789abcdef" for letter in word.lower())


def trigger_sentence(
    release: Release, *, artifacts: Sequence[Artifact], schedules: Sequence[Schedule] = (), asked_by: str = ""
) -> list[Part]:
    """Why the release was created. `artifacts` come with their model version and training run.

    `asked_by`: who asked for it in Slipway; Azure names the account that passed it on.
    """
    if asked_by:
        return [Part("Created by "), Part(asked_by, True), Part(" in Slipway")]
    kind, artifact = kind_of(release), triggering(release, artifacts)
    if kind is TriggerKind.SCHEDULE:
        made_by = that_made(release.created_on, schedules=schedules)
        return [Part("Created on schedule"), *([Part(": "), Part(made_by.sentence, True)] if made_by else [])]
    if kind is TriggerKind.MANUAL:
        return [Part("Started by "), Part(_starter(release), True)]
    if artifact is None:
        return [Part(DOES_NOT_SAY if kind is TriggerKind.UNKNOWN else f"{NAMES[kind]}. {DOES_NOT_SAY} which one")]
    return BY_ARTIFACT[kind](artifact) if kind in BY_ARTIFACT else _other(kind, artifact)


def trigger_words(release: Release, *, artifacts: Sequence[Artifact], schedules: Sequence[Schedule] = ()) -> str:
    """The same in a few words, for tables: `Model v8`, `Push to main`, `Mondays 11:00`."""
    kind, artifact = kind_of(release), triggering(release, artifacts)
    if kind is TriggerKind.SCHEDULE and (made_by := that_made(release.created_on, schedules=schedules)):
        return made_by.short
    if artifact and kind is TriggerKind.MODEL:
        return f"{artifact.role.capitalize()} {version_words(artifact)}"
    if artifact and kind in {TriggerKind.PUSH, TriggerKind.PULL_REQUEST}:
        return _branch_words(artifact.branch, kind)
    if artifact and kind in {TriggerKind.BUILD, TriggerKind.CONTAINER, TriggerKind.PACKAGE}:
        return f"{NAMES[kind]} {version_words(artifact)}"
    return NAMES[kind]


def branch_name(branch: str) -> str:
    """`main` for `refs/heads/main`."""
    return branch.removeprefix("refs/heads/")


def _branch_words(branch: str, kind: TriggerKind) -> str:
    pieces = branch.split("/")
    if branch.startswith("refs/pull/") and len(pieces) > 2:
        return f"PR {pieces[2]}"
    return f"{NAMES[kind]} to {branch_name(branch)}" if branch and kind is TriggerKind.PUSH else NAMES[kind]


def _starter(release: Release) -> str:
    who = release.created_for or release.created_by
    return str(who) if who else "somebody Azure DevOps does not name"


def _of_model(artifact: Artifact) -> list[Part]:
    noun = "scaler" if artifact.role == ArtifactRole.SCALER else "model"
    name = f"{artifact.name or artifact.alias} {version_words(artifact)}"
    parts = [Part(f"Created because {noun} "), Part(name, True), Part(" was registered")]
    return [*parts, *_by_run(artifact.model_version)] if artifact.model_version else parts


def _by_run(version: ModelVersion) -> list[Part]:
    run = version.training_run
    if run is not None:
        return [Part(" by training run "), Part(run.display_name or run.name, True, run.web_url)]
    return [Part(" by training run "), Part(version.job_name, True)] if version.job_name else []


def _of_push(artifact: Artifact) -> list[Part]:
    where = [Part(" to "), Part(branch_name(artifact.branch), True)] if artifact.branch else []
    return [Part("Push"), *where, Part(", commit "), Part(version_words(artifact), True, artifact.web_url)]


def _of_pull_request(artifact: Artifact) -> list[Part]:
    words = _branch_words(artifact.branch, TriggerKind.PULL_REQUEST)
    into = [Part(f" of {artifact.repository}")] if artifact.repository else []
    return [Part(words.replace("PR ", "Pull request "), True, artifact.web_url), *into]


def _other(kind: TriggerKind, artifact: Artifact) -> list[Part]:
    if kind is TriggerKind.UNKNOWN:
        return [Part(DOES_NOT_SAY)]
    version = Part(version_words(artifact), True, artifact.web_url)
    return [Part(f"{NAMES[kind]} "), Part(artifact.name or artifact.alias, True), Part(" "), version]


BY_ARTIFACT = {
    TriggerKind.MODEL: _of_model,
    TriggerKind.PUSH: _of_push,
    TriggerKind.PULL_REQUEST: _of_pull_request,
}
