"""The scenario "bench": any number of like releases, made when they are asked for and never all held.

Each has 4 artifacts, 3 stages, 2 attempts a stage (the first failed, the second succeeded) and 12 approvals; only ids,
times and versions differ. What is changed through the API is kept, and from then on is a release like any other.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sandbox.company.archive import Shelf
from sandbox.company.artifacts import ArtifactVersion
from sandbox.company.clock import Clock, whole_milliseconds
from sandbox.company.fleet import BERTH_ETA
from sandbox.company.harbour import after, code, model, seats, stage, stage_tasks
from sandbox.company.people import BUILD_SERVICE, JONAS, RELEASE_MANAGEMENT, SLIPWAY
from sandbox.company.pipelines import Pipeline, Revision
from sandbox.company.registry import Model, ModelVersion
from sandbox.company.releases import Approval, Attempt, Environment, Phase, Plan, Release, Step, Truth
from sandbox.company.running import FIRST_TASK_ID
from sandbox.company.stage import Stage
from sandbox.company.world import Ids, World

STAGES, ATTEMPTS, VERSIONS = ("DEV TEST", "STAGING", "PROD"), 2, 200
PER_RELEASE = len(STAGES) * ATTEMPTS
NEW_IDS = 1_000_000_000
MINUTE = timedelta(minutes=1)
LASTS = 60 * MINUTE
_RULE = seats((1, JONAS))


@dataclass(frozen=True)
class Numbers:
    """All that differs between two releases: the first id of each kind, the time, and what is written into versions."""

    release: int
    environment: int
    deployment: int
    step: int
    commit: str
    model: str
    created_on: datetime

    @classmethod
    def of(cls, release: int, created_on: datetime) -> "Numbers":
        """Ids follow from the release's own."""
        before = release - 1
        return cls(
            release,
            before * len(STAGES) + 1,
            before * PER_RELEASE + 1,
            before * PER_RELEASE * 3 + 1,
            f"{release * 2654435761 % 2**160:040x}",
            str(before // 10 % VERSIONS + 1),
            created_on,
        )


class UniformArchive:
    """An archive whose releases follow from their numbers."""

    def __init__(self, pipeline: Pipeline, count: int, anchor: datetime, shelf: Shelf) -> None:
        self.release_ids = range(1, count + 1)
        self._pipeline, self._shelf = pipeline, shelf
        self._start = whole_milliseconds(anchor) - timedelta(days=425)
        self._step = (timedelta(days=424) - LASTS) / max(1, count)
        self._planned = count
        self._later: list[datetime] = []
        self._held: dict[int, Release] = {}
        self._made = lru_cache(maxsize=512)(self._make)

    @property
    def deployment_ids(self) -> Sequence[int]:
        """See `Archive`; a list only after somebody deployed something through the API."""
        every = range(1, len(self.release_ids) * PER_RELEASE + 1)
        return [*every, *self._shelf.deployment_ids] if self._shelf.deployment_ids else every

    def grow(self, moments: list[datetime]) -> None:
        """More releases, at these moments."""
        self._later += moments
        self.release_ids = range(1, len(self.release_ids) + len(moments) + 1)

    def created_on(self, release_id: int) -> datetime:
        """When a release was created, without making it."""
        if release_id > self._planned:
            return self._later[release_id - self._planned - 1]
        moment = self._start + release_id * self._step
        return moment.replace(microsecond=release_id * 7919 % 1000 * 1000)

    def is_held(self, release_id: int) -> bool:
        """Whether it was changed, and so no longer follows from its number."""
        return release_id in self._held

    def numbers(self, release_id: int) -> Numbers:
        """The numbers of a release; KeyError if there is none."""
        if release_id not in self.release_ids:
            raise KeyError(release_id)
        return Numbers.of(release_id, self.created_on(release_id))

    def release(self, release_id: int) -> Release:
        """See `Archive`."""
        return self._held.get(release_id) or self._made(release_id)

    def for_change(self, release_id: int) -> Release:
        """See `Archive`."""
        if release_id not in self._held:
            self._held[release_id] = self._make(release_id)
        return self._held[release_id]

    def deployment(self, deployment_id: int) -> tuple[Environment, Attempt]:
        """See `Archive`."""
        if deployment_id > NEW_IDS:
            return self._shelf.deployment(deployment_id)
        release = self.release((deployment_id - 1) // PER_RELEASE + 1)
        place = (deployment_id - 1) % PER_RELEASE
        env = release.environments[place // ATTEMPTS]
        return env, env.attempts[place % ATTEMPTS]

    def approval(self, approval_id: int) -> tuple[Environment, Attempt, Approval]:
        """See `Archive`."""
        if approval_id > NEW_IDS:
            return self._shelf.approval(approval_id)
        release = self.release((approval_id - 1) // (PER_RELEASE * 3) + 1)
        for env in release.environments:
            for attempt in env.attempts:
                for approval in attempt.approvals:
                    if approval.id == approval_id:
                        return env, attempt, approval
        raise KeyError(approval_id)

    def created_from(self, moment: datetime) -> int:
        """See `Archive`."""
        return bisect_left(self.release_ids, moment, key=self.created_on)

    def modified_since(self, moment: datetime, *, from_id: int = 0) -> Iterator[int]:
        """See `Archive`; made by reckoning, without making releases."""
        first = max(self.created_from(moment - LASTS), (from_id - 1) // PER_RELEASE)
        for release_id in self.release_ids[first:]:
            created, before = self.created_on(release_id), (release_id - 1) * PER_RELEASE
            for place in range(PER_RELEASE):
                if before + place + 1 >= from_id and created + ends_after(place) >= moment:
                    yield before + place + 1
        yield from self._shelf.modified_since(moment, from_id=from_id)

    def approvals(self) -> Iterator[tuple[Environment, Attempt, Approval]]:
        """Those asked for since the start; none of the others waits for anybody, so they are not listed here."""
        return self._shelf.approvals()

    def _make(self, release_id: int) -> Release:
        return make(self._pipeline, self.numbers(release_id))


def ends_after(place: int) -> timedelta:
    """How long after the release the n-th attempt ended."""
    return (place + 1) * 9 * MINUTE


def make(pipeline: Pipeline, numbers: Numbers) -> Release:
    """The release of these numbers."""
    release = Release(
        id=numbers.release,
        name=f"Release-{numbers.release}",
        pipeline=pipeline,
        revision=pipeline.current,
        reason="continuousIntegration",
        created_on=numbers.created_on,
        created_by=BUILD_SERVICE,
        created_for=BUILD_SERVICE,
        modified_on=numbers.created_on,
        modified_by=BUILD_SERVICE,
        description="",
        artifacts=_artifacts(pipeline.current, numbers),
        truth=Truth("push", "_bench", "push", "_bench"),
    )
    release.environments = [_environment(release, numbers, place) for place in range(len(STAGES))]
    return release


def _artifacts(revision: Revision, numbers: Numbers) -> list[ArtifactVersion]:
    first, *models = revision.artifacts
    commit = numbers.commit
    versions = [ArtifactVersion(first, commit, commit[:8], "main", commit, flag="True")]
    return versions + [ArtifactVersion(source, numbers.model, numbers.model) for source in models]


def _environment(release: Release, numbers: Numbers, place: int) -> Environment:
    env = Environment(
        numbers.environment + place,
        release.revision.stages[place],
        release,
        numbers.created_on,
        numbers.created_on + ends_after(place * ATTEMPTS + 1),
        status="succeeded",
        trigger_reason="ReleaseStarted" if place == 0 else f"After successful deployment of {STAGES[place - 1]}",
    )
    env.attempts = [_attempt(env, numbers, place * ATTEMPTS + number) for number in range(ATTEMPTS)]
    return env


def _attempt(env: Environment, numbers: Numbers, place: int) -> Attempt:
    number, end = place % ATTEMPTS + 1, numbers.created_on + ends_after(place)
    good, start, first = number == ATTEMPTS, end - 8 * MINUTE, numbers.step + place * 3
    before = Approval(first, "preDeploy", 1, number, start, start + MINUTE, "approved", JONAS, JONAS)
    after = Approval(first + 2, "postDeploy", 3, number, end - MINUTE, end, "approved", None, None)
    if not good:
        after = replace(after, status="rejected", approver=JONAS, approved_by=JONAS, comments="No")
    phase = _phase(env, numbers.deployment + place, start + 2 * MINUTE)
    return Attempt(
        first + 1,
        numbers.deployment + place,
        number,
        "automated" if number == 1 else "manual",
        RELEASE_MANAGEMENT,
        BUILD_SERVICE,
        start,
        start,
        end,
        RELEASE_MANAGEMENT,
        Plan(),
        "succeeded" if good else "failed",
        "Approved" if good else "Rejected",
        phase.started_on,
        end,
        [before, after],
        [phase],
    )


def _phase(env: Environment, identity: int, start: datetime) -> Phase:
    steps = [
        Step(FIRST_TASK_ID + n, n + 1, task.name, task, "succeeded", start + n * MINUTE, None, start + (n + 1) * MINUTE)
        for n, task in enumerate(env.spec.tasks)
    ]
    for step in steps:
        step.expected_on = step.finished_on
    end = start + len(steps) * MINUTE
    return Phase(identity, 1, "Agent job", FIRST_TASK_ID + len(steps), steps, "succeeded", start, end)


def uniform_stage(*, seed: int, releases: int, anchor: datetime) -> Stage:
    """A world with one pipeline and its archive."""
    start = anchor - timedelta(days=425)
    world = World(seed, Clock(start), Ids(NEW_IDS))
    pipeline = _pipeline(start)
    world.pipelines[pipeline.id], world.plans[pipeline.id] = pipeline, replace(BERTH_ETA, id=1, key="bench")
    for source in pipeline.current.artifacts[1:]:
        versions = [
            ModelVersion(
                source.definition, str(n + 1), start + n * MINUTE, SLIPWAY, None, {"metric.accuracy": f"0.9{n:03d}"}
            )
            for n in range(VERSIONS)
        ]
        world.registry.models[source.definition] = Model(source.definition, "", versions=versions)
    archive = UniformArchive(pipeline, releases, anchor, world.shelf)
    world.clock.run_until(anchor)

    def advance(events: int, since: datetime, until: datetime) -> int:
        step = (until - since) / max(1, events)
        archive.grow([whole_milliseconds(since + step * (n + 1)) for n in range(events)])
        return events

    def books() -> dict[str, Any]:
        count = len(archive.release_ids)
        counters = {"releases": count, "stages": count * 3, "attempts": count * 6, "approvals": count * 12}
        return {"uniform": True, "counters": counters}

    return Stage(world, archive, anchor, books, advance, is_uniform=True)


def _pipeline(start: datetime) -> Pipeline:
    rules = {"before": _RULE, "after": _RULE}
    stages = tuple(
        stage(
            number + 1,
            name,
            number + 1,
            tasks=stage_tasks("AKS", f"bench-{number + 1}", aci=True)[:3],
            **({} if number == 0 else {"conditions": after(STAGES[number - 1])}),
            **rules,
        )
        for number, name in enumerate(STAGES)
    )
    artifacts = (code("bench"), model("bench-model"), model("bench-scaler"), model("bench-embedding"))
    first = Revision(1, start, BUILD_SERVICE, "", "Bench", stages, artifacts, (), "Release-$(rev:r)", {"size": "24 KB"})
    return Pipeline(1, "bench", start, BUILD_SERVICE, [first])
