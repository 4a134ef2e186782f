"""One made-up release as the rows of the store's tables. Pure: ids are handed in. Called by `filling`."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from releases.models.history import HAS_INDEXES
from releases.queries.words import kept
from releases.states import DeploymentStatus, StageStatus, TriggerKind
from releases.sync.mapping.releases import FLAGGED
from releases.sync.mapping.tables import ARTIFACT, RELEASE, Row
from releases.sync.mapping.texts import texts_of_artifact
from releases.sync.spans import Attempt
from releases.sync.versions import versions_hash
from tests.benchmarks.past.places import STAGES, Line, Places

MINUTE = timedelta(minutes=1)
TRIGGERS = {
    TriggerKind.PUSH: 42,
    TriggerKind.MODEL: 28,
    TriggerKind.SCHEDULE: 20,
    TriggerKind.MANUAL: 8,
    TriggerKind.PULL_REQUEST: 2,
}
ENDS = {
    StageStatus.SUCCEEDED: 94,
    StageStatus.REJECTED: 4,
    StageStatus.CANCELED: 1,
    StageStatus.PARTIALLY_SUCCEEDED: 1,
}
GOES_ON = frozenset({StageStatus.SUCCEEDED, StageStatus.PARTIALLY_SUCCEEDED})
LAST_ATTEMPT = {
    StageStatus.SUCCEEDED: (DeploymentStatus.SUCCEEDED, "Approved"),
    StageStatus.PARTIALLY_SUCCEEDED: (DeploymentStatus.PARTIALLY_SUCCEEDED, "Approved"),
    StageStatus.REJECTED: (DeploymentStatus.FAILED, "PhaseFailed"),
    StageStatus.CANCELED: (DeploymentStatus.NOT_DEPLOYED, "Canceled"),
    StageStatus.IN_PROGRESS: (DeploymentStatus.NOT_DEPLOYED, "Pending"),
}
WORDS = ("rain", "harbour", "retrained", "threshold", "hotfix", "regatta", "feature", "drift", "sensor", "käyttöönotto")


@dataclass
class Rows:
    """The rows of one release, by table, and what its spans and words are made of."""

    release: Row
    stages: list[Row] = field(default_factory=list)
    artifacts: list[Row] = field(default_factory=list)
    attempts: list[Row] = field(default_factory=list)
    approvals: list[Row] = field(default_factory=list)
    words: str = ""
    turns: list[tuple[int, Attempt]] = field(default_factory=list)


@dataclass
class Maker:
    """Makes releases one after the other. `share` of a pipeline's past tells which model version is its newest."""

    places: Places
    random: Random
    newest_from: int
    approval: int = 0
    deployment: int = 0
    last_hash: dict[str, str] = field(default_factory=dict)

    def release(self, number: int, line: Line, made_on: datetime, *, share: float, ids: "Ids") -> Rows:
        """The release of this number."""
        kind = self.random.choices(list(TRIGGERS), weights=list(TRIGGERS.values()))[0]
        artifacts = self._artifacts(ids.release, line, made_on, kind, share)
        statuses = self._statuses(number)
        person = self.random.choice(self.places.people)
        has_service = kind in {TriggerKind.MODEL, TriggerKind.SCHEDULE} or self.random.random() < 0.45
        who = self.places.service if has_service and kind is not TriggerKind.MANUAL else person
        name = f"Release-{number}"
        description = f"{self.random.choice(WORDS)} {self.random.choice(WORDS)}" if kind is TriggerKind.MANUAL else ""
        row: dict[str, Any] = dict.fromkeys(RELEASE.at, "") | {
            "project_id": self.places.project.pk,
            "azure_id": number,
            "pipeline_id": line.pipeline.pk,
            "definition_revision": 1,
            "definition_snapshot_revision": 1,
            "name": name,
            "status": "active",
            "reason": "manual" if kind is TriggerKind.MANUAL else "continuousIntegration",
            "description": description,
            "created_on": made_on,
            "modified_on": made_on,
            "created_by_id": who.pk if kind is TriggerKind.MANUAL else self.places.service.pk,
            "created_for_id": who.pk,
            "modified_by_id": self.places.service.pk,
            "trigger_kind": kind.value,
            "trigger_alias": "model" if kind is TriggerKind.MODEL else "",
            "versions_hash": versions_hash((a[1], a[3], a[4], a[7], a[9]) for a in artifacts),
            "variables": {"service_name": {"value": line.model}},
            "tags": [],
            "keep_forever": False,
            "is_unfinished": StageStatus.IN_PROGRESS in statuses,
            **{name: status in statuses for name, status in zip(HAS_INDEXES, FLAGGED, strict=True)},
            "depth": "detailed",
            "listed_sha256": f"{number:064x}",
            "detailed_sha256": f"{number:064x}",
            "detailed_at": made_on,
            "changed_at": made_on,
            "logs_due_on": None,
            "gone_at": None,
        }
        rows = Rows([row[column] for column in RELEASE.at], artifacts=artifacts)
        texts = [text for artifact in artifacts for text in texts_of_artifact(artifact)]
        rows.words = kept(dict.fromkeys([name, who.name, who.email, *texts, description]))
        for rank, status in enumerate(statuses):
            self._stage(rows, line, rank, status, made_on, ids)
        return rows

    def _statuses(self, number: int) -> list[StageStatus]:
        """How its stages stand: what failed goes no further; of the newest a few wait for PROD."""
        found: list[StageStatus] = []
        for rank in range(len(STAGES)):
            if found and found[-1] not in GOES_ON:
                found.append(StageStatus.NOT_STARTED)
            elif rank == len(STAGES) - 1 and number > self.newest_from and number % 7 == 0:
                found.append(StageStatus.IN_PROGRESS)
            else:
                found.append(self.random.choices(list(ENDS), weights=list(ENDS.values()))[0])
        return found

    def _artifacts(self, release: int, line: Line, made_on: datetime, kind: TriggerKind, share: float) -> list[Row]:
        version = str(max(1, round(share * line.versions)))
        commit = self.last_hash.get(line.model, "")
        if kind in {TriggerKind.PUSH, TriggerKind.PULL_REQUEST} or not commit:
            commit = self.last_hash[line.model] = f"{self.random.getrandbits(160):040x}"
        scaler = str(max(1, int(version) // 8))
        build = f"{made_on:%Y%m%d}.{self.random.randint(1, 9)}"
        link = line.model_versions.get(version)
        return [
            _artifact(release, "_Learn_MLOps", "code", "Git", "Learn_MLOps", commit, commit, made_on),
            _artifact(release, "model", "model", "AzureML", line.model, version, version, made_on, link=link),
            _artifact(release, "scaler", "scaler", "AzureML", line.scaler, scaler, scaler, made_on),
            _artifact(release, "drop", "build", "Build", "Learn_MLOps CI", build, build, made_on, source=commit),
        ]

    def _stage(self, rows: Rows, line: Line, rank: int, status: StageStatus, made_on: datetime, ids: "Ids") -> None:
        begins = made_on + (5 + 40 * rank) * MINUTE
        number = ids.stages[rank]
        times = [begins if status is not StageStatus.NOT_STARTED else None] * 2
        stage = line.stages[rank].pk
        rows.stages.append([ids.release, number, stage, STAGES[rank], rank + 1, status.value, "", [], {}, *times, None])
        if status is StageStatus.NOT_STARTED:
            return
        count = 3 if self.random.random() < 0.1 else 2
        for attempt in range(1, count + 1):
            ends = begins + 12 * attempt * MINUTE
            self._attempt(rows, number, stage, attempt, attempt == count, status, ends, ids)
        if rank == len(STAGES) - 1:
            self._asked(rows, number, count, status, begins)

    def _attempt(
        self,
        rows: Rows,
        owner: int,
        stage: int,
        attempt: int,
        is_last: bool,
        status: StageStatus,
        ends: datetime,
        ids: "Ids",
    ) -> None:
        self.deployment += 1
        how, operation = LAST_ATTEMPT[status] if is_last else (DeploymentStatus.FAILED, "PhaseFailed")
        finished = None if status is StageStatus.IN_PROGRESS and is_last else ends
        number = ids.deployments.pop()
        who = self.places.service.pk
        times = [ends - 10 * MINUTE, ends - 9 * MINUTE, finished, ends]
        rows.attempts.append(
            [number, owner, stage, attempt, self.deployment, how.value, operation, "automated", who, who, *times]
        )
        for side in ("preDeploy", "postDeploy"):
            self._approval(rows, owner, attempt, side, "approved", None, ends)
        if finished:
            versions = rows.release[RELEASE.at["versions_hash"]]
            told = Attempt(number, self.deployment, ids.release, how.value, finished, versions)
            rows.turns.append((stage, told))

    def _asked(self, rows: Rows, owner: int, attempt: int, status: StageStatus, at: datetime) -> None:
        """PROD asks a person; of those that wait nobody has answered yet."""
        person = self.random.choice(self.places.people).pk
        self._approval(
            rows,
            owner,
            attempt,
            "preDeploy",
            "pending" if status is StageStatus.IN_PROGRESS else "approved",
            person,
            at,
        )

    def _approval(
        self, rows: Rows, owner: int, attempt: int, side: str, status: str, person: int | None, at: datetime
    ) -> None:
        self.approval += 1
        answered = person if status == "approved" else None
        head: list[Any] = [self.places.project.pk, self.approval, owner, attempt, side, 1, status, person is None]
        rows.approvals.append([*head, person, answered, "", [], at, at])


@dataclass
class Ids:
    """Our ids for the rows of one release that others name."""

    release: int
    stages: list[int]
    deployments: list[int]


def _artifact(
    release: int,
    alias: str,
    role: str,
    type_: str,
    name: str,
    version: str,
    version_id: str,
    made_on: datetime,
    *,
    source: str = "",
    link: int | None = None,
) -> Row:
    row: dict[str, Any] = dict.fromkeys(ARTIFACT.at, "") | {
        "release_id": release,
        "alias": alias,
        "role": role,
        "type": type_,
        "source_id": name,
        "name": name,
        "version": version[:7] if role == "code" else version,
        "version_id": version_id,
        "version_name": version,
        "source_version": source,
        "branch": "refs/heads/main" if role in ("code", "build") else "",
        "repository": "Learn_MLOps" if role == "code" else "",
        "is_triggering": False,
        "is_primary": role == "code",
        "model_version_id": link,
        "release_created_on": made_on,
    }
    return [row[column] for column in ARTIFACT.at]
