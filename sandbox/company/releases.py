"""Releases: environments, attempts, approvals, phases and steps as they are at this moment.

Changed by `deploying`, `approving` and `verbs` only; each change raises the release's `version`, which caches go by.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sandbox.company.artifacts import ArtifactVersion, Commit
from sandbox.company.people import Person
from sandbox.company.pipelines import Pipeline, Revision, StageSpec, Task

Reason = Literal["none", "manual", "continuousIntegration", "schedule", "pullRequest"]
DeploymentReason = Literal["none", "manual", "automated", "scheduled", "redeployTrigger"]
ApprovalType = Literal["preDeploy", "postDeploy"]
Ending = Literal["succeeded", "failed", "partial", "no_agent", "stuck"]


@dataclass(frozen=True)
class Decision:
    """What one of the company's people will say to an approval, and after how many company seconds."""

    after: float
    by: Person
    approves: bool = True
    comment: str = ""


@dataclass
class Plan:
    """How one attempt will go, settled when it begins. `decisions` None: nobody of the company decides."""

    ending: Ending = "succeeded"
    failing: str | None = None
    pace: float = 1.0
    decisions: list[Decision | None] = field(default_factory=list)
    cancels_after: float | None = None
    canceled_by: Person | None = None


@dataclass
class Approval:
    """One approval step. Automated ones have no approver."""

    id: int
    type: ApprovalType
    rank: int
    attempt: int
    created_on: datetime
    modified_on: datetime
    status: str = "pending"
    approver: Person | None = None
    approved_by: Person | None = None
    comments: str = ""
    revision: int = 1
    history: list[tuple[Person, Person, datetime, str]] = field(default_factory=list)

    @property
    def is_automated(self) -> bool:
        """Whether Azure gave it by itself."""
        return self.approver is None


@dataclass
class Step:
    """One task of an attempt; its log is made from what is known here."""

    id: int
    rank: int
    name: str
    task: Task | None
    status: str = "pending"
    started_on: datetime | None = None
    expected_on: datetime | None = None
    finished_on: datetime | None = None
    fails: bool = False


@dataclass
class Phase:
    """A phase of an attempt with its one job; `id` is what log addresses name."""

    id: int
    rank: int
    name: str
    job_id: int
    steps: list[Step]
    status: str = "notStarted"
    started_on: datetime | None = None
    finished_on: datetime | None = None
    agent: str = "harbour-agent-1"

    @property
    def succeeded(self) -> bool:
        """Whether no step failed for good."""
        return self.status in ("succeeded", "partiallySucceeded")


@dataclass
class Attempt:
    """One try to deploy a stage. `began_on` is when Azure took it up, `started_on` when its first step could start."""

    id: int
    deployment_id: int
    number: int
    reason: DeploymentReason
    requested_by: Person
    requested_for: Person
    queued_on: datetime
    began_on: datetime
    last_modified_on: datetime
    last_modified_by: Person
    plan: Plan
    status: str = "notDeployed"
    operation_status: str = "Undefined"
    started_on: datetime | None = None
    finished_on: datetime | None = None
    approvals: list[Approval] = field(default_factory=list)
    phases: list[Phase] = field(default_factory=list)
    was_queued: bool = False

    @property
    def is_over(self) -> bool:
        """Whether nothing will change any more."""
        return self.finished_on is not None


@dataclass
class Environment:
    """A stage of one release, under the name it had in the release's revision."""

    id: int
    spec: StageSpec
    release: "Release"
    created_on: datetime
    modified_on: datetime
    status: str = "notStarted"
    attempts: list[Attempt] = field(default_factory=list)
    trigger_reason: str = "Manual"
    starts_by_itself: bool = True
    scheduled_for: datetime | None = None
    asked: int = 0

    @property
    def latest(self) -> Attempt | None:
        """The newest attempt."""
        return self.attempts[-1] if self.attempts else None


@dataclass(frozen=True)
class Truth:
    """Why the release really exists, and what Azure's answer lets a reader know of it."""

    kind: str
    alias: str | None = None
    known_kind: str = ""
    known_alias: str | None = None


@dataclass(frozen=True)
class Done:
    """One thing done to a release: Azure's word for it, what it was done to, and what was written."""

    on: datetime
    by: Person
    kind: str
    details: str
    comment: str


@dataclass
class Release:
    """One release. `version` counts every change of anything in it."""

    id: int
    name: str
    pipeline: Pipeline
    revision: Revision
    reason: Reason
    created_on: datetime
    created_by: Person
    created_for: Person
    modified_on: datetime
    modified_by: Person
    description: str
    artifacts: list[ArtifactVersion]
    truth: Truth
    status: str = "active"
    environments: list[Environment] = field(default_factory=list)
    keep_forever: bool = False
    tags: list[str] = field(default_factory=list)
    changes: list[Commit] = field(default_factory=list)
    deleted_on: datetime | None = None
    comment: str = ""
    plans: dict[tuple[int, int], Plan] = field(default_factory=dict)
    history: list[Done] = field(default_factory=list)
    scripted: bool = False
    version: int = 0

    def environment(self, environment_id: int) -> Environment:
        """The environment with this id; KeyError if the release has none."""
        for environment in self.environments:
            if environment.id == environment_id:
                return environment
        raise KeyError(environment_id)

    def stage(self, stage_id: int) -> Environment | None:
        """The environment of a definition's stage."""
        return next((env for env in self.environments if env.spec.id == stage_id), None)

    @property
    def is_pull_request(self) -> bool:
        """Whether it was made for a pull request, which deploys only the stages that accept those."""
        return self.reason == "pullRequest"
