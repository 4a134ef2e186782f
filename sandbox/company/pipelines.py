"""Release definitions: stages with their conditions, approvals and tasks, artifacts, triggers, and every revision.

Written by the set-up of the company and by whoever edits a definition; a release keeps the revision it was made from.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sandbox.company.people import Person

TriggerKind = Literal["artifactSource", "sourceRepo", "schedule", "pullRequest"]
ArtifactKind = Literal["git", "model", "build"]

SUCCEEDED, PARTIALLY_SUCCEEDED = 4, 128


@dataclass(frozen=True)
class Task:
    """One step a stage runs. `seconds` is its usual duration, `trouble` what its log says when it fails."""

    name: str
    task: str
    version: str
    seconds: float
    inputs: dict[str, str] = field(default_factory=dict)
    trouble: tuple[str, ...] = ()
    chatter: tuple[str, ...] = ()
    continue_on_error: bool = False


@dataclass(frozen=True)
class Seat:
    """One approval that is asked for; seats of one rank are asked together, the next rank after them."""

    rank: int
    approver: Person


@dataclass(frozen=True)
class ApprovalRule:
    """Who must approve; no seats means that Azure approves by itself (an automated approval)."""

    seats: tuple[Seat, ...] = ()
    required: int | None = None
    creator_may_approve: bool = False
    skip_after_earlier_stage: bool = False
    timeout_minutes: int = 0


@dataclass(frozen=True)
class Condition:
    """What starts a stage: the release ("event") or the state of another stage (a status bit mask as text)."""

    name: str
    kind: Literal["event", "environmentState", "artifact"]
    value: str = ""


@dataclass(frozen=True)
class StageSpec:
    """A stage of a definition; `id` is what Azure calls definitionEnvironmentId and survives renames."""

    id: int
    name: str
    rank: int
    owner: Person
    tasks: tuple[Task, ...]
    conditions: tuple[Condition, ...]
    before: ApprovalRule = ApprovalRule()
    after: ApprovalRule = ApprovalRule()
    endpoint: str | None = None
    accepts_pull_requests: bool = False
    variables: dict[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class ArtifactSource:
    """Where one artifact comes from. `type` is Azure's word, `kind` ours.

    The extension is not of one mind: some connections give versions as "name:3" in the id or in the name
    (`prefixed`), some leave the definition's name null (`hides_name`). `asks_for_version`: whoever creates a release
    must say which version.
    """

    alias: str
    type: str
    kind: ArtifactKind
    definition: str
    source_id: str
    is_primary: bool = False
    definition_id: str = ""
    connection: str = ""
    prefixed: Literal["", "id", "name"] = ""
    hides_name: bool = False
    asks_for_version: bool = False


@dataclass(frozen=True)
class Trigger:
    """What creates releases by itself; `days` are Azure's flags (Monday 1 ... Sunday 64)."""

    kind: TriggerKind
    alias: str | None = None
    branches: tuple[str, ...] = ()
    days: int = 0
    hour: int = 0
    minute: int = 0
    zone: str = "UTC"
    only_with_changes: bool = False
    job_id: str = ""


@dataclass(frozen=True)
class Revision:
    """One saved state of a definition; `raw` is what somebody PUT, kept word for word."""

    number: int
    changed_on: datetime
    changed_by: Person
    comment: str
    name: str
    stages: tuple[StageSpec, ...]
    artifacts: tuple[ArtifactSource, ...]
    triggers: tuple[Trigger, ...]
    name_format: str
    variables: dict[str, str | None] = field(default_factory=dict)
    description: str | None = None
    flags_triggering_artifact: str | None = "True"
    describes_trigger: bool = True
    numeric_trigger_types: bool = False
    raw: dict[str, Any] | None = None

    def stage(self, stage_id: int) -> StageSpec:
        """The stage with this definitionEnvironmentId; KeyError if this revision has none."""
        for stage in self.stages:
            if stage.id == stage_id:
                return stage
        raise KeyError(stage_id)

    def artifact(self, alias: str) -> ArtifactSource | None:
        """The artifact source with this alias."""
        return next((source for source in self.artifacts if source.alias == alias), None)

    def starts_on(self, kind: TriggerKind, alias: str | None = None) -> bool:
        """Whether such a trigger is switched on in this revision."""
        return any(t.kind == kind and (alias is None or t.alias == alias) for t in self.triggers)

    def starts_on_artifact(self, alias: str) -> bool:
        """Whether a new version of this artifact creates a release."""
        return self.starts_on("artifactSource", alias) or self.starts_on("sourceRepo", alias)


@dataclass
class Pipeline:
    """A release definition with all its revisions, oldest first. `looks` counts who waited for its schedules."""

    id: int
    key: str
    created_on: datetime
    created_by: Person
    revisions: list[Revision]
    path: str = "\\"
    numbered: int = 0
    deleted_on: datetime | None = None
    last_release: int | None = None
    looks: int = 0

    @property
    def current(self) -> Revision:
        """The newest revision."""
        return self.revisions[-1]

    @property
    def name(self) -> str:
        """The name as it is now."""
        return self.current.name

    def revision(self, number: int) -> Revision:
        """The revision with this number; KeyError if there was none."""
        for revision in self.revisions:
            if revision.number == number:
                return revision
        raise KeyError(number)
