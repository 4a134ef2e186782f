"""What a search comes to: groups of hits, one kind each, the best first. Made by the modules beside, shown by doors."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from releases.models import Release

SHOWN = 6
"""Hits in a group; more are said and led to."""


class Kind(StrEnum):
    """What a hit is, in the order in which groups that are as good as each other stand."""

    RELEASE = "release"
    MODEL_VERSION = "model_version"
    PIPELINE = "pipeline"
    COMMIT = "commit"
    PERSON = "person"
    TRAINING_RUN = "training_run"
    WORK_ITEM = "work_item"


@dataclass(frozen=True)
class Hit:
    """One thing that was found: its name, the line that tells it from others of that name, and a time.

    `release` is the newest release it is about, for what has no page of its own.
    """

    kind: Kind
    row: Any
    title: str
    detail: str
    at: datetime | None = None
    is_exact: bool = False
    release: Release | None = None


@dataclass(frozen=True)
class Group:
    """The hits of one kind, exact ones first; `has_more` says that not all are here."""

    kind: Kind
    hits: Sequence[Hit] = ()
    has_more: bool = False

    @property
    def is_exact(self) -> bool:
        """Whether something here is just what was typed."""
        return any(hit.is_exact for hit in self.hits)


@dataclass(frozen=True)
class Found:
    """Everything that was found for a text, the best group first."""

    text: str
    groups: list[Group] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many hits are shown."""
        return sum(len(group.hits) for group in self.groups)

    @property
    def has_more(self) -> bool:
        """Whether more was found than is shown."""
        return any(group.has_more for group in self.groups)

    @property
    def best(self) -> Hit | None:
        """The first hit of all."""
        return self.groups[0].hits[0] if self.groups else None


def group_of(kind: Kind, hits: Sequence[Hit]) -> Group:
    """The group: exact hits first, otherwise in the order given, no more than are shown."""
    ordered = sorted(hits, key=lambda hit: not hit.is_exact)
    return Group(kind=kind, hits=ordered[:SHOWN], has_more=len(hits) > SHOWN)


def joined(*words: str) -> str:
    """The words that are not empty, as one line."""
    return ", ".join(word for word in words if word)
