"""Runs the phase of an attempt: its steps one after the other, each taking its time. Called by `deploying`."""

from collections.abc import Callable

from sandbox.company.pipelines import Task
from sandbox.company.releases import Attempt, Environment, Phase, Step
from sandbox.company.world import World

Done = Callable[[str], None]
FIRST_TASK_ID = 3

_INITIALIZE = Task("Initialize job", "", "", 3, {}, ("##[error]No agent found in pool harbour-agents.",))
_DOWNLOAD = Task("Download Artifacts", "DownloadArtifacts", "1.234.0", 14, {}, ("##[error]404 Not Found",))
_FINALIZE = Task("Finalize Job", "", "", 1)


class Run:
    """One phase on its way. Ends by calling `done` with the status of the phase."""

    def __init__(self, world: World, environment: Environment, attempt: Attempt, done: Done) -> None:
        self.world, self.environment, self.attempt, self.done = world, environment, attempt, done
        self.phase = self._phase()
        self._dice = world.dice("run", attempt.deployment_id)
        self._trouble = ""

    def start(self) -> None:
        """The agent takes the job."""
        now = self.world.clock.now
        self.attempt.phases.append(self.phase)
        self.attempt.started_on = self.phase.started_on = now
        self.phase.status = "inProgress"
        for step in self.phase.steps:
            self._tell(step)
        self._begin(0)

    def _phase(self) -> Phase:
        spec = self.environment.spec
        tasks = (_INITIALIZE, _DOWNLOAD, *spec.tasks, _FINALIZE)
        steps = [Step(FIRST_TASK_ID + n, n + 1, task.name, task) for n, task in enumerate(tasks)]
        identity = self.world.ids.next("phase")
        agent = f"harbour-agent-{identity % 3 + 1}"
        return Phase(identity, 1, "Agent job", FIRST_TASK_ID + len(steps), steps, agent=agent)

    def _begin(self, index: int) -> None:
        step, plan = self.phase.steps[index], self.attempt.plan
        assert step.task is not None
        seconds = step.task.seconds * plan.pace * self._dice.uniform(0.7, 1.4)
        no_agent = plan.ending == "no_agent" and index == 0
        step.fails = no_agent or (plan.ending in ("failed", "partial") and plan.failing == step.name)
        step.status, step.started_on = "inProgress", self.world.clock.now
        step.expected_on = self.world.clock.later(seconds, lambda: self._end(index))
        self._tell(step)

    def _end(self, index: int) -> object:
        step = self.phase.steps[index]
        if step.status != "inProgress":
            return False
        step.finished_on = self.world.clock.now
        step.status = self._result(step)
        self._tell(step)
        if step.status == "failed":
            self._trouble = "failed"
            self._skip(index + 1)
        if index + 1 == len(self.phase.steps):
            self._conclude()
        else:
            self._begin(len(self.phase.steps) - 1 if self._trouble == "failed" else index + 1)
        return True

    def _result(self, step: Step) -> str:
        if not step.fails:
            return "succeeded"
        if self.attempt.plan.ending == "partial":
            self._trouble = "partiallySucceeded"
            return "partiallySucceeded"
        return "failed"

    def _skip(self, start: int) -> None:
        for step in self.phase.steps[start:-1]:
            step.status = "skipped"
            self._tell(step)

    def _conclude(self) -> None:
        self.phase.status = self._trouble or "succeeded"
        self.phase.finished_on = self.world.clock.now
        self.done(self.phase.status)

    def _tell(self, step: Step) -> None:
        self.world.tell("step", environment=self.environment, attempt=self.attempt, phase=self.phase, step=step)


def stop(world: World, environment: Environment, attempt: Attempt) -> None:
    """What is running ends as canceled, what has not begun is skipped."""
    for phase in attempt.phases:
        if phase.finished_on is not None:
            continue
        phase.status, phase.finished_on = "canceled", world.clock.now
        for step in phase.steps:
            if step.status == "inProgress":
                step.status, step.finished_on = "canceled", world.clock.now
            elif step.status == "pending":
                step.status = "skipped"
            else:
                continue
            world.tell("step", environment=environment, attempt=attempt, phase=phase, step=step)
