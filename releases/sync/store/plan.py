"""What has to be written for a page: mapped releases against what the database holds. Pure.

History is kept: stages, attempts and approvals that Azure gives no longer stay. Only artifacts of the release itself
and steps of an attempt that came with others are removed, for there Azure's answer is the whole of them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from releases.states import Depth
from releases.sync.drift import MOVES_TRAFFIC
from releases.sync.mapping import Mapped, MappedAttempt, MappedStage
from releases.sync.mapping.tables import APPROVAL, ARTIFACT, DEPLOYMENT, RELEASE, STAGE, STEP, Row, Table
from releases.sync.spans import TURNS, Window
from releases.sync.store import merge
from releases.sync.store.existing import Existing, Held
from releases.sync.store.texts import Text

TakeIds = Callable[[Mapping[Table, int]], dict[Table, list[int]]]

_CREATED = RELEASE.at["created_on"]
_STATUS, _FINISHED = DEPLOYMENT.at["status"], DEPLOYMENT.at["finished_on"]
_QUEUED, _STARTED = DEPLOYMENT.at["queued_on"], DEPLOYMENT.at["started_on"]
_WHAT_SPANS_SEE = tuple(DEPLOYMENT.at[name] for name in ("stage_id", "azure_id", "status", "finished_on"))
_WHAT_DRIFT_SEES = (DEPLOYMENT.at["stage_id"], _STATUS, _QUEUED, _STARTED, _FINISHED)


@dataclass(slots=True)
class Plan:
    """Rows to add (with ids where others name them), to replace by id, and ids to remove, by table; and texts."""

    new: dict[Table, list[Row]] = field(default_factory=dict)
    new_ids: dict[Table, list[int]] = field(default_factory=dict)
    changed: dict[Table, list[tuple[int, Row]]] = field(default_factory=dict)
    removed: dict[Table, list[int]] = field(default_factory=dict)
    texts: list[Text] = field(default_factory=list)
    turns: dict[int, set[datetime]] = field(default_factory=dict)
    """Per stage, the times at which something that its live spans depend on came, went or moved."""
    runs: list[Window] = field(default_factory=list)
    """While attempts ran that came, went or moved: drift within depends on them, for they may move traffic."""


class Planner:
    """Makes the plan of one page. Rows of the mapping get their ids here; planning again fills them anew."""

    def __init__(self, existing: Existing, *, depth: Depth) -> None:
        self.plan = Plan(new={one: [] for one in (RELEASE, STAGE, ARTIFACT, DEPLOYMENT, STEP, APPROVAL)})
        self.existing = existing
        self.is_detailed = depth is Depth.DETAILED
        self._ids: dict[Table, list[int]] = {}

    def planned(self, releases: Iterable[Mapped], *, take_ids: TakeIds) -> Plan:
        """The plan for these releases."""
        releases = sorted(releases, key=lambda one: one.azure_id)
        self._ids = {table: ids[::-1] for table, ids in take_ids(self._missing(releases)).items()}
        for release in releases:
            self._release(release)
        return self.plan

    def _missing(self, releases: Iterable[Mapped]) -> dict[Table, int]:
        """How many rows that others name have to be added."""
        counts = {RELEASE: 0, STAGE: 0, DEPLOYMENT: 0}
        for release in releases:
            held = self.existing.releases.get(release.azure_id)
            counts[RELEASE] += held is None
            for number, stage in (release.stages or {}).items():
                held_stage = self.existing.stages.get((held[0], number)) if held else None
                counts[STAGE] += held_stage is None
                old = self.existing.attempts if held_stage else {}
                owner = held_stage[0] if held_stage else 0
                counts[DEPLOYMENT] += sum((owner, attempt) not in old for attempt in stage.attempts)
        return counts

    def _write(self, table: Table, held: Held | None, row: Row) -> int:
        """Plan one row: new, changed or neither; its id (0 where nothing names rows of this table)."""
        if held is not None:
            if held[1] != row:
                self.plan.changed.setdefault(table, []).append((held[0], row))
            return held[0]
        self.plan.new[table].append(row)
        if table not in self._ids:
            return 0
        number = self._ids[table].pop()
        self.plan.new_ids.setdefault(table, []).append(number)
        return number

    def _release(self, release: Mapped) -> None:
        held = self.existing.releases.get(release.azure_id)
        row = merge.release(held[1], release, is_detailed=self.is_detailed) if held else release.row
        number = self._write(RELEASE, held, row)
        for stage_number, stage in (release.stages or {}).items():
            self._stage(number, stage_number, stage)
        self._artifacts(number, release.artifacts or {})
        if held is None or release.artifacts is not None:  # what a thin answer leaves out stays findable
            was = held[1][_CREATED] if held else None
            self.plan.texts.append(Text(number, row[_CREATED], release.words, was))
        at = RELEASE.at["versions_hash"]
        if held and held[1][at] != row[at]:
            self._turn_all_of(number)

    def _turn_all_of(self, release: int) -> None:
        """The set of versions a release is known by changed: its spans name the set."""
        stages = {number for (owner, _), (number, _) in self.existing.stages.items() if owner == release}
        for (owner, _), (_, row) in self.existing.attempts.items():
            if owner in stages:
                self._turn(row)

    def _artifacts(self, release: int, artifacts: dict[str, Row]) -> None:
        held_ones = self.existing.artifacts.get(release, {})
        for alias, row in artifacts.items():
            row[0] = release
            held = held_ones.get(alias)
            self._write(ARTIFACT, held, merge.artifact(held[1], row) if held else row)
        if artifacts:
            self._remove(ARTIFACT, [number for alias, (number, _) in held_ones.items() if alias not in artifacts])

    def _remove(self, table: Table, ids: list[int]) -> None:
        if ids:
            self.plan.removed.setdefault(table, []).extend(ids)

    def _stage(self, release: int, number: int, stage: MappedStage) -> None:
        stage.row[0] = release
        held = self.existing.stages.get((release, number))
        owner = self._write(STAGE, held, merge.newer(STAGE, held[1], stage.row) if held else stage.row)
        for attempt_number, attempt in stage.attempts.items():
            self._attempt(owner, attempt_number, attempt)
        for azure_id, row in stage.approvals.items():
            row[2] = owner
            held = self.existing.approvals.get(azure_id)
            self._write(APPROVAL, held, merge.approval(held[1], row) if held else row)

    def _attempt(self, owner: int, number: int, attempt: MappedAttempt) -> None:
        attempt.row[0] = owner
        held = self.existing.attempts.get((owner, number))
        row = merge.attempt(held[1], attempt.row) if held else attempt.row
        deployment = self._write(DEPLOYMENT, held, row)
        if held is None:
            self._turn(row)
            self._run(row)
        else:
            if any(held[1][at] != row[at] for at in _WHAT_SPANS_SEE):
                self._turn(held[1])
                self._turn(row)
            if any(held[1][at] != row[at] for at in _WHAT_DRIFT_SEES):
                self._run(held[1])
                self._run(row)
        if self.is_detailed:
            self._steps(deployment, attempt.steps)

    def _turn(self, row: Row) -> None:
        """Note when an attempt changed what its stage runs."""
        if row[_STATUS] in TURNS and row[_FINISHED] is not None:
            self.plan.turns.setdefault(row[1], set()).add(row[_FINISHED])

    def _run(self, row: Row) -> None:
        """Note while an attempt may have moved its stage's traffic."""
        began = row[_STARTED] or row[_QUEUED] or row[_FINISHED]
        if row[_STATUS] in MOVES_TRAFFIC and began:
            self.plan.runs.append(Window(row[1], began, row[_FINISHED]))

    def _steps(self, deployment: int, steps: dict[tuple[int, int], Row]) -> None:
        held_ones = self.existing.steps.get(deployment, {})
        for key, row in steps.items():
            row[0] = deployment
            self._write(STEP, held_ones.get(key), row)
        if steps:
            self._remove(STEP, [number for key, (number, _) in held_ones.items() if key not in steps])
