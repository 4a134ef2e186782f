"""The variables a release was made with, its own and those of its stages. Secrets have no value here. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from releases.models import Release, ReleaseStage

MASK = "[masked]"
"""What `releases.sync.masking` leaves in place of a secret that it found."""


@dataclass(frozen=True)
class Variable:
    """One variable of a release (`stage` is empty) or of one of its stages. A secret has no value."""

    name: str
    value: str
    is_secret: bool
    stage: str = ""


def variables_of(release: Release, stages: Sequence[ReleaseStage]) -> list[Variable]:
    """Those of the release by name, then those of each stage in order."""
    scopes = [("", release.variables), *((row.name, row.variables) for row in stages)]
    return [
        _variable(name, found[name], stage)
        for stage, found in scopes
        if isinstance(found, Mapping)
        for name in sorted(found, key=lambda one: (one.casefold(), one))
    ]


def _variable(name: str, given: Any, stage: str) -> Variable:
    """Azure says `{"value": ..., "isSecret": ...}`; older releases hold the bare value."""
    is_object = isinstance(given, Mapping)
    value = given.get("value") if is_object else given
    is_secret = bool(is_object and given.get("isSecret") is True) or MASK in str(value)
    text = value if isinstance(value, str) else "" if value is None else json.dumps(value)
    return Variable(name, "" if is_secret else text, is_secret, stage)
