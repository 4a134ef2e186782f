"""Attempts to deploy: their phases, jobs, tasks and gates (`deploySteps`), and the deployments feed."""

from msgspec import field

from releases.azure.answers.approvals import ApprovalAnswer, ManualInterventionAnswer
from releases.azure.answers.base import Answer, Flag, Many, Moment, Number, Text
from releases.azure.answers.common import IdentityAnswer, IssueAnswer, Reference
from releases.azure.answers.words import (
    DeploymentReasonWord,
    DeploymentStatusWord,
    GateStatusWord,
    OperationStatusWord,
    PhaseStatusWord,
    PhaseTypeWord,
    TaskStatusWord,
)


class TaskAnswer(Answer):
    """One task (or job) that ran. `id` with the phase's id is what a log's address needs."""

    id: int
    name: Text = ""
    status: TaskStatusWord = ""
    rank: Number = 0
    start_time: Moment = None
    finish_time: Moment = None
    date_started: Moment = None
    date_ended: Moment = None
    agent_name: Text = ""
    line_count: Number = 0
    log_url: Text = ""
    result_code: Text = ""
    timeline_record_id: Text = ""
    issues: Many[IssueAnswer] = field(default_factory=list)

    @property
    def started_on(self) -> Moment:
        """When it started, whichever of Azure's two names it came under."""
        return self.start_time or self.date_started

    @property
    def finished_on(self) -> Moment:
        """When it ended, whichever of Azure's two names it came under."""
        return self.finish_time or self.date_ended


class JobAnswer(Answer):
    """One job of a phase: itself as a task, and its tasks."""

    job: TaskAnswer | None = None
    tasks: Many[TaskAnswer] = field(default_factory=list)


class PhaseAnswer(Answer):
    """One phase of an attempt. `id` is the releaseDeployPhase id that a log's address needs."""

    id: int
    phase_id: Text = ""
    name: Text = ""
    rank: Number = 0
    phase_type: PhaseTypeWord = ""
    status: PhaseStatusWord = ""
    started_on: Moment = None
    error_log: Text = ""
    deployment_jobs: Many[JobAnswer] = field(default_factory=list)
    manual_interventions: Many[ManualInterventionAnswer] = field(default_factory=list)


class IgnoredGateAnswer(Answer):
    """One gate that somebody told Azure to ignore."""

    name: Text = ""
    last_modified_on: Moment = None


class GatesAnswer(Answer):
    """The gates before or after one attempt; `id` is the gate step's id."""

    id: int
    status: GateStatusWord = ""
    started_on: Moment = None
    last_modified_on: Moment = None
    succeeding_since: Moment = None
    stabilization_completed_on: Moment = None
    deployment_jobs: Many[JobAnswer] = field(default_factory=list)
    ignored_gates: Many[IgnoredGateAnswer] = field(default_factory=list)


class AttemptAnswer(Answer):
    """One entry of `deploySteps`. A finished success says operation status "approved", which no person gave.

    `tasks` directly under an attempt is how releases of before 2017 told their steps.
    """

    id: Number = 0
    deployment_id: Number = 0
    attempt: Number = 1
    reason: DeploymentReasonWord = ""
    status: DeploymentStatusWord = ""
    operation_status: OperationStatusWord = ""
    has_started: Flag = False
    queued_on: Moment = None
    last_modified_on: Moment = None
    requested_by: IdentityAnswer | None = None
    requested_for: IdentityAnswer | None = None
    last_modified_by: IdentityAnswer | None = None
    release_deploy_phases: Many[PhaseAnswer] = field(default_factory=list)
    pre_deployment_gates: GatesAnswer | None = None
    post_deployment_gates: GatesAnswer | None = None
    tasks: Many[TaskAnswer] = field(default_factory=list)
    issues: Many[IssueAnswer] = field(default_factory=list)


class DeploymentAnswer(Answer):
    """One entry of the deployments feed: one attempt, with its stage and release as bare references."""

    id: int
    release: Reference
    release_environment: Reference
    release_definition: Reference | None = None
    definition_environment_id: Number = 0
    attempt: Number = 1
    reason: DeploymentReasonWord = ""
    deployment_status: DeploymentStatusWord = ""
    operation_status: OperationStatusWord = ""
    requested_by: IdentityAnswer | None = None
    requested_for: IdentityAnswer | None = None
    queued_on: Moment = None
    started_on: Moment = None
    completed_on: Moment = None
    scheduled_deployment_time: Moment = None
    last_modified_on: Moment = None
    last_modified_by: IdentityAnswer | None = None
    pre_deploy_approvals: Many[ApprovalAnswer] = field(default_factory=list)
    post_deploy_approvals: Many[ApprovalAnswer] = field(default_factory=list)
