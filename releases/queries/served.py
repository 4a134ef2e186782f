"""What an endpoint serves against what a release deployed, compared by model name and version. Pure.

Used by `releases.queries.serving` for pages and API and by `releases.sync.drift` for the intervals of drift, so
that both judge alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from releases.models import Artifact
from releases.states import ArtifactRole

COMPARED = frozenset({ArtifactRole.MODEL, ArtifactRole.SCALER})
"""Artifacts that live in a registry of models. A scaler may be served by an endpoint of its own."""


class ModelName(NamedTuple):
    """One version of one model, as it is compared."""

    model: str
    version: str


class Fit(StrEnum):
    """What the comparison came to. `UNKNOWN`: one of the two sides names no model."""

    SAME = "same"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Served:
    """One deployment of an endpoint that has traffic. Without a `model` Azure does not say what it serves."""

    deployment: str
    model: str
    version: str
    percent: int

    @property
    def name(self) -> ModelName:
        """What it serves."""
        return ModelName(self.model, self.version)

    @property
    def words(self) -> str:
        """The version as people say it."""
        return version_of(self.version) if self.model else f"what {self.deployment} runs"


def served_of(told: Iterable[Mapping[str, Any]]) -> tuple[Served, ...]:
    """The deployments in `EndpointCheck.served`."""
    return tuple(Served(one["deployment"], one["model"], one["version"], one["percent"]) for one in told)


def deployed_of(artifacts: Iterable[Artifact]) -> tuple[ModelName, ...]:
    """What a release puts behind endpoints: its models, and its scalers after them."""
    compared = [one for one in artifacts if one.role in COMPARED and one.name]
    compared.sort(key=lambda one: (one.role != ArtifactRole.MODEL, one.alias))
    return tuple(dict.fromkeys(ModelName(one.name, one.version) for one in compared))


def fit_of(served: Sequence[Served], deployed: Sequence[ModelName]) -> Fit:
    """Any share of the traffic that goes to a version that was not deployed makes it another."""
    if not served or not deployed:
        return Fit.UNKNOWN
    wanted = {_compared(one) for one in deployed}
    if any(one.model and _compared(one.name) not in wanted for one in served):
        return Fit.OTHER
    return Fit.SAME if all(one.model for one in served) else Fit.UNKNOWN


def others(served: Sequence[Served], deployed: Sequence[ModelName]) -> tuple[Served, ...]:
    """The part of what is served that was not deployed."""
    wanted = {_compared(one) for one in deployed}
    return tuple(one for one in served if one.model and _compared(one.name) not in wanted)


def served_words(served: Sequence[Served], deployed: Sequence[ModelName] = ()) -> str:
    """ "v11", "v5 (90 %) and v4 (10 %)", "eta-ridge v2" where the model is another one than was deployed."""
    known = {one.model.casefold() for one in deployed}
    words = [_with_share(one, served, known) for one in served]
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def deployed_words(served: Sequence[Served], deployed: Sequence[ModelName]) -> str:
    """The versions to hold against what is served: of the same models, or of all where none is the same."""
    models = {one.model.casefold() for one in served}
    same = [version_of(one.version) for one in deployed if one.model.casefold() in models]
    return ", ".join(same or [f"{one.model} {version_of(one.version)}" for one in deployed])


def version_of(version: str) -> str:
    """A version as people say it: 8 is v8."""
    return f"v{version}" if version[:1].isdigit() else version


def _compared(name: ModelName) -> tuple[str, str]:
    """ARM's names have no case."""
    return name.model.strip().casefold(), name.version.strip().casefold()


def _with_share(one: Served, all_of_it: Sequence[Served], known: set[str]) -> str:
    name = one.words if not one.model or one.model.casefold() in known or not known else f"{one.model} {one.words}"
    return name if len(all_of_it) == 1 else f"{name} ({one.percent} %)"
