"""Tries a change of the endpoint rules: which stages would be bound otherwise. Asked by the rules' pages.

Answers at once, from what is stored, with the same steps that bind (`binds.changes`): so what is shown is what saving
does. Asks no Azure and writes nothing.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from releases.models import Cluster, Endpoint, EndpointRule, Stage
from releases.sync.serving.binding import Bound
from releases.sync.serving.binds import Change, changes
from releases.sync.serving.facts import Facts, reached
from releases.sync.wished import rules_after

FIELDS = ("priority", "pipeline_pattern", "stage_pattern", "endpoint_pattern")
NOWHERE = "No endpoint"


@dataclass(frozen=True)
class Place:
    """Where a stage is served, and how that is known."""

    name: str
    why: str


@dataclass(frozen=True)
class Told:
    """One stage that would be bound otherwise. `moves`: elsewhere; else only the reason would be another one."""

    stage: Stage
    now: Place
    then: Place
    moves: bool


@dataclass(frozen=True)
class Tried:
    """What saving would do: the changes, those that move first; `looked_at`: the stages of the rule's own projects.

    `digest` is a name for all of it, by which a form says what its reader has seen.
    """

    changes: list[Told]
    looked_at: int
    digest: str

    @property
    def moving(self) -> int:
        """How many stages would be served elsewhere."""
        return sum(one.moves for one in self.changes)


def tried(payload: Mapping[str, Any]) -> Tried:
    """What would be bound otherwise if this wish (`actions.endpoint_rules.Wish`) were granted."""
    rules, found, looked_at = rules_after(EndpointRule, payload, FIELDS), list[Change](), 0
    for workspace in reached(payload["project"]):
        facts = Facts(workspace, rules)
        found += changes(facts)
        looked_at += sum(payload["project"] in (None, one.pipeline.project_id) for one in facts.stages)
    told = _told(found)
    ordered = sorted(told, key=lambda one: (not one.moves, one.stage.pipeline.name, one.stage.rank, one.stage.pk))
    return Tried(ordered, looked_at, _digest(found))


def _told(found: Sequence[Change]) -> list[Told]:
    sides = [side for one in found for side in (one.before, one.answer) if side]
    endpoints = Endpoint.objects.in_bulk({side.endpoint for side in sides if side.endpoint})
    clusters = Cluster.objects.in_bulk({side.cluster for side in sides if side.cluster})

    def place(side: Bound | None) -> Place:
        if side is None:
            return Place(NOWHERE, "Nothing names one.")
        row = endpoints.get(side.endpoint or 0) or clusters.get(side.cluster or 0)
        return Place(row.name if row else NOWHERE, side.sentence)

    return [Told(one.stage, place(one.before), place(one.answer), one.moves) for one in found]


def _digest(found: Sequence[Change]) -> str:
    told = {one.stage.pk: [one.before, one.answer] for one in found}
    return sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()[:20]
