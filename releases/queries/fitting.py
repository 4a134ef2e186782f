"""Whether a scaler and a model belong together, as far as the registry says. Pure; asked by the page of a new release.

A version says so by a tag or property that names the other ("scaler": "scaler:4"), by an input of its training run, or
by having come out of the same run as another version of the other. Nothing said is no misfit.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from releases.models import ModelVersion
from releases.queries.served import version_of
from releases.states import ArtifactRole

_NAMED = re.compile(r"^(?:azureml:)?(?:(?P<name>[^:/]+)[:/])?v?(?P<version>\d[\w.-]*)$")


@dataclass(frozen=True)
class Misfit:
    """A scaler that was not made for the model it would stand beside."""

    title: str
    detail: str


def misfits(chosen: Iterable[tuple[ArtifactRole, ModelVersion]], *, known: Sequence[ModelVersion]) -> list[Misfit]:
    """One a pair that does not fit. `known`: the versions that the registry has of what is on offer."""
    rows = list(chosen)
    models = [row for role, row in rows if role == ArtifactRole.MODEL]
    scalers = [row for role, row in rows if role == ArtifactRole.SCALER]
    found = [_misfit(model, scaler, known) for model in models for scaler in scalers]
    return [one for one in found if one]


def _misfit(model: ModelVersion, scaler: ModelVersion, known: Sequence[ModelVersion]) -> Misfit | None:
    wanted = _named(model, scaler.name, word="scaler") or _sibling(model, scaler.name, known)
    fitted_for = _named(scaler, model.name, word="model") or _sibling(scaler, model.name, known)
    is_alone = fitted_for in ("", model.version)
    if wanted == scaler.version or (not wanted and is_alone):
        return None
    words = f"Scaler {version_of(scaler.version)}"
    if is_alone:
        title = f"{words} was not fitted for model {version_of(model.version)}."
    else:
        title = f"{words} was fitted for model {version_of(fitted_for)}."
    return Misfit(title, _detail(model, scaler, wanted, known))


def _detail(model: ModelVersion, scaler: ModelVersion, wanted: str, known: Sequence[ModelVersion]) -> str:
    if not wanted:
        return f"Model {version_of(model.version)} does not say which scaler it wants."
    run = model.training_run
    who = f"Training run {run} used" if run else f"Model {version_of(model.version)} names"
    is_there = any(row.name == scaler.name and row.version == wanted for row in known)
    return f"{who} scaler {version_of(wanted)}{'' if is_there else ', which is not on offer'}."


def _named(row: ModelVersion, other: str, *, word: str) -> str:
    """The version of `other` that a tag, a property or an input of its run names; "" where none does."""
    for key, value in [*row.tags.items(), *row.properties.items()]:
        found = _NAMED.match(str(value).strip())
        if found and (found["name"] == other or (not found["name"] and _speaks_of(str(key), word, other))):
            return found["version"]
    for given in row.training_run.inputs if row.training_run else ():
        text = str(given.get("uri") or "") if isinstance(given, dict) else str(given)
        found = _NAMED.match(text.strip())
        if found and found["name"] == other:
            return found["version"]
    return ""


def _speaks_of(key: str, word: str, other: str) -> bool:
    """Whether a number under this key is a version of the other: "scaler", "scaler_version", or its very name."""
    plain = re.sub(r"[^a-z0-9]", "", key.casefold())
    return plain in {word, f"{word}version"} or key.casefold() == other.casefold()


def _sibling(row: ModelVersion, other: str, known: Sequence[ModelVersion]) -> str:
    """The version of `other` that came out of the same run."""
    same = [one.version for one in known if one.name == other and row.job_name and one.job_name == row.job_name]
    return same[0] if same else ""
