"""What people do after something ended: try again, give up, roll back; and what machines do on a new version.

Listens to the world; acts through `verbs` and `creating` like everybody else. Scripted releases are left alone.
"""

from sandbox.company import creating, serving, verbs
from sandbox.company.artifacts import Build
from sandbox.company.clock import HOUR, MINUTE
from sandbox.company.people import AZURE_ML, BUILD_SERVICE, DEVELOPERS, MARCO, SOFIA, TOMAS, Person
from sandbox.company.pipelines import Pipeline
from sandbox.company.registry import ModelVersion
from sandbox.company.releases import Approval, Attempt, Environment, Release, Truth
from sandbox.company.world import World

MANY_WAITING = 3


class Reactions:
    """Remembers what was live in production, to be able to go back to it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._good: dict[int, list[Environment]] = {}
        world.listen("finished", self._finished)
        world.listen("registered", self._registered)
        world.listen("built", self._built)
        world.listen("approval", self._asked)

    def _finished(self, environment: Environment, attempt: Attempt) -> None:
        good = attempt.status in ("succeeded", "partiallySucceeded")
        if good:
            self._good.setdefault(environment.spec.id, []).append(environment)
        if environment.release.scripted:
            return
        if good and environment.spec.name == "PROD":
            self._after_production(environment)
        elif attempt.operation_status == "PhaseFailed":
            self._after_failure(environment, attempt)
        elif attempt.operation_status == "Rejected":
            self._perhaps_abandon(environment.release, 0.5)

    def _after_failure(self, env: Environment, attempt: Attempt) -> None:
        dice = self.world.dice("retry", attempt.deployment_id)
        if attempt.number < 3 and dice.random() < 0.66:
            by, wait = dice.choice(DEVELOPERS), dice.uniform(4, 50) * MINUTE
            self.world.clock.later(wait, lambda: self._try_again(env, attempt.number, by))
        else:
            self._perhaps_abandon(env.release, 0.3)

    def _try_again(self, env: Environment, number: int, by: Person) -> object:
        if len(env.attempts) != number or env.status != "rejected" or env.release.status != "active":
            return False
        verbs.deploy(self.world, env, by=by, comment="Try again")
        return True

    def _perhaps_abandon(self, release: Release, chance: float) -> None:
        dice = self.world.dice("abandon", release.id)
        if dice.random() < chance:
            by = dice.choice(DEVELOPERS)
            self.world.clock.later(dice.uniform(1, 20) * HOUR, lambda: self._abandon(release, by))

    def _abandon(self, release: Release, by: Person) -> object:
        try:
            verbs.abandon(self.world, release, by=by, comment="Will not be used")
        except verbs.Refusal:
            return False
        return True

    def _after_production(self, env: Environment) -> None:
        dice = self.world.dice("after", env.release.id, env.asked)
        drawn, wait = dice.random(), dice.uniform(1, 11) * HOUR
        if drawn < 0.06:
            by = dice.choice((SOFIA, MARCO))
            self.world.clock.later(wait, lambda: self._roll_back(env, by))
        elif drawn < 0.10 and env.spec.endpoint and not self.world.is_living:
            name = env.spec.endpoint
            self.world.clock.later(wait, lambda: serving.drift(self.world, name))
            self.world.clock.later(wait * 3, lambda: serving.repair(self.world, name))

    def _roll_back(self, env: Environment, by: Person) -> object:
        lived = self._good.get(env.spec.id, [])
        older = [e for e in lived if e.release is not env.release and e.release.status == "active"]
        if not lived or lived[-1] is not env or not older or older[-1].release.deleted_on:
            return False
        try:
            verbs.deploy(self.world, older[-1], by=by, comment=f"Roll back {env.release.name}")
        except verbs.Refusal:
            return False
        return True

    def _registered(self, version: ModelVersion) -> None:
        for pipeline, plan in [(p, self.world.plans[p.id]) for p in self.world.pipelines.values()]:
            alias = f"_{version.model}"
            if version.model in (plan.model, plan.scaler) and pipeline.current.starts_on_artifact(alias):
                why = Truth("model", alias)
                self._create_soon(pipeline, why, version.model, AZURE_ML)

    def _built(self, build: Build) -> None:
        for pipeline in self.world.pipelines.values():
            alias = f"_{build.definition}"
            if pipeline.current.starts_on_artifact(alias):
                self._create_soon(pipeline, Truth("build", alias), build.definition, BUILD_SERVICE)

    def _create_soon(self, pipeline: Pipeline, why: Truth, name: str, by: Person) -> None:
        plans = self.world.scripts.pop(name, None)

        def make() -> None:
            creating.create(self.world, pipeline, reason="continuousIntegration", by=by, why=why, plans=plans)

        self.world.clock.later(5, make)

    def _asked(self, environment: Environment, attempt: Attempt, approval: Approval) -> None:
        """In the present, releases that wait too long behind newer ones are given up, or they would pile up."""
        if not self.world.is_living or approval.status != "pending":
            return
        pipeline, stage = environment.release.pipeline.id, environment.spec.id
        waiting = [
            env.release
            for env, tried, asked in self.world.shelf.approvals()
            if asked.status == "pending" and env.spec.id == stage and not env.release.scripted
        ]
        dice = self.world.dice("tidy", pipeline, attempt.deployment_id)
        for release in sorted(waiting, key=lambda r: r.id)[:-MANY_WAITING]:
            self.world.clock.later(dice.uniform(5, 30) * MINUTE, lambda r=release: self._abandon(r, TOMAS))  # type: ignore[misc]
