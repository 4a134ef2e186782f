"""The sandbox's own ledger, by which a sync can be checked line by line (`/_sandbox/books`).

Written from what the simulator tells as it happens, never from what was rendered. Plain dictionaries with ISO times.
"""

import re
from datetime import datetime
from typing import Any

from sandbox.company.people import Person
from sandbox.company.registry import Endpoint, ModelVersion, TrainingJob
from sandbox.company.releases import Approval, Attempt, Environment, Phase, Release, Step
from sandbox.company.world import World

Row = dict[str, Any]
_SCALER = re.compile("scaler|scaling|normali[sz]er|preprocess", re.IGNORECASE)


def iso(moment: datetime | None) -> str | None:
    """A time as the books write it: UTC, milliseconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z" if moment else None


class Books:
    """One row a release, in it its stages, in them their attempts; and what the registry went through."""

    def __init__(self, world: World) -> None:
        self._releases: dict[int, Row] = {}
        self._stages: dict[int, Row] = {}
        self._attempts: dict[int, Row] = {}
        self._approvals: dict[int, Row] = {}
        self._steps: dict[tuple[int, int], Row] = {}
        self._versions: list[Row] = []
        self._jobs: dict[str, Row] = {}
        self._serving: dict[str, list[Row]] = {}
        self._world = world
        for fact in ("created", "stage", "attempt", "approval", "step", "registered", "job", "drift"):
            world.listen(fact, getattr(self, f"_note_{fact}"))
        world.listen("release changed", self._note_release)
        world.listen("destroyed", self._note_destroyed)

    def to_dict(self) -> Row:
        """The whole ledger."""
        return {
            "now": iso(self._world.clock.now),
            "events": self._world.clock.happened,
            "counters": self.counters(),
            "releases": list(self._releases.values()),
            "spans": self.spans(),
            "uncertain": self.uncertain(),
            "modelVersions": self._versions,
            "trainingRuns": list(self._jobs.values()),
            "serving": self._serving,
        }

    def counters(self) -> Row:
        """How many of everything there are."""
        automated = sum(row["automated"] for row in self._approvals.values())
        return {
            "releases": len(self._releases),
            "deleted": sum(row["deleted"] is not None for row in self._releases.values()),
            "stages": len(self._stages),
            "attempts": len(self._attempts),
            "approvals": len(self._approvals),
            "automatedApprovals": automated,
            "pendingApprovals": sum(row["status"] == "pending" for row in self._approvals.values()),
            "steps": len(self._steps),
            "modelVersions": len(self._versions),
            "trainingRuns": len(self._jobs),
        }

    def spans(self) -> list[Row]:
        """What was live where and when: the newest finished good attempt; the same release goes on its span."""
        good = [row for row in self._attempts.values() if row["finished"] and row["status"].endswith("ucceeded")]
        spans: list[Row] = []
        newest: dict[int, Row] = {}
        for row in sorted(good, key=lambda r: (r["finished"], r["deploymentId"])):
            current = newest.get(row["stageId"])
            if current is not None and current["release"] == row["release"]:
                current["partially"] = row["status"] == "partiallySucceeded"
                continue
            if current is not None:
                current["until"] = row["finished"]
            newest[row["stageId"]] = span = self._span(row)
            spans.append(span)
        return spans

    def uncertain(self) -> list[Row]:
        """Stages whose newest finished deployment failed on the way, so that nobody can say what they run."""
        newest: dict[int, Row] = {}
        for row in self._attempts.values():
            if row["finished"] and row["status"] != "notDeployed":
                best = newest.get(row["stageId"], row)
                newest[row["stageId"]] = max(best, row, key=lambda r: (r["finished"], r["deploymentId"]))
        return [
            {"stageId": stage, "since": row["finished"], "deploymentId": row["deploymentId"]}
            for stage, row in newest.items()
            if row["status"] == "failed"
        ]

    def _span(self, row: Row) -> Row:
        release = self._releases[row["release"]]
        return {
            "pipeline": release["definitionId"],
            "stageId": row["stageId"],
            "release": row["release"],
            "from": row["finished"],
            "until": None,
            "attempt": row["attempt"],
            "deploymentId": row["deploymentId"],
            "partially": row["status"] == "partiallySucceeded",
        }

    def _note_created(self, release: Release) -> None:
        row: Row = {
            "id": release.id,
            "definitionId": release.pipeline.id,
            "pipeline": release.pipeline.key,
            "revision": release.revision.number,
            "created": iso(release.created_on),
            "createdBy": release.created_by.id,
            "trigger": {"kind": release.truth.known_kind, "alias": release.truth.known_alias},
            "truth": {"kind": release.truth.kind, "alias": release.truth.alias},
            "artifacts": [_artifact(release, version.alias) for version in release.artifacts],
            "commits": [commit.id for commit in release.changes],
            "stages": [],
        }
        self._releases[release.id] = row
        self._note_release(release)
        for environment in release.environments:
            self._stages[environment.id] = stage = {
                "id": environment.id,
                "stageId": environment.spec.id,
                "attempts": [],
            }
            row["stages"].append(stage)
            self._note_stage(environment)

    def _note_release(self, release: Release) -> None:
        self._releases[release.id].update(
            name=release.name,
            status=release.status,
            reason=release.reason,
            description=release.description,
            modified=iso(release.modified_on),
            keepForever=release.keep_forever,
            deleted=iso(release.deleted_on),
        )

    def _note_destroyed(self, release: Release) -> None:
        self._releases[release.id]["deleted"] = iso(self._world.clock.now)

    def _note_stage(self, environment: Environment) -> None:
        spec = environment.spec
        self._stages[environment.id].update(name=spec.name, rank=spec.rank, status=environment.status)

    def _note_attempt(self, environment: Environment, attempt: Attempt) -> None:
        row = self._attempts.get(attempt.deployment_id)
        if row is None:
            row = self._attempts[attempt.deployment_id] = {
                "release": environment.release.id,
                "environment": environment.id,
                "stageId": environment.spec.id,
                "deploymentId": attempt.deployment_id,
                "attempt": attempt.number,
                "approvals": [],
                "steps": [],
            }
            self._stages[environment.id]["attempts"].append(row)
        row.update(
            status=attempt.status,
            operationStatus=attempt.operation_status,
            reason=attempt.reason,
            requestedBy=attempt.requested_by.id,
            requestedFor=attempt.requested_for.id,
            queued=iso(attempt.queued_on),
            began=iso(attempt.began_on),
            started=iso(attempt.started_on),
            finished=iso(attempt.finished_on),
            lastModified=iso(attempt.last_modified_on),
        )

    def _note_approval(self, environment: Environment, attempt: Attempt, approval: Approval) -> None:  # noqa: ARG002
        row = self._approvals.get(approval.id)
        if row is None:
            row = self._approvals[approval.id] = {"id": approval.id, "type": approval.type, "rank": approval.rank}
            self._attempts[attempt.deployment_id]["approvals"].append(row)
        row.update(
            status=approval.status,
            automated=approval.is_automated,
            attempt=approval.attempt,
            approver=_id(approval.approver),
            approvedBy=_id(approval.approved_by),
            comments=approval.comments,
            created=iso(approval.created_on),
            modified=iso(approval.modified_on),
        )

    def _note_step(self, environment: Environment, attempt: Attempt, phase: Phase, step: Step) -> None:  # noqa: ARG002
        key = (phase.id, step.id)
        row = self._steps.get(key)
        if row is None:
            row = self._steps[key] = {"phase": phase.id, "task": step.id, "rank": step.rank, "name": step.name}
            self._attempts[attempt.deployment_id]["steps"].append(row)
        row.update(status=step.status, started=iso(step.started_on), finished=iso(step.finished_on))

    def _note_registered(self, version: ModelVersion) -> None:
        self._versions.append(
            {
                "model": version.model,
                "version": version.version,
                "registered": iso(version.created_on),
                "job": version.job_name,
                "tags": dict(version.tags),
            }
        )

    def _note_job(self, job: TrainingJob) -> None:
        self._jobs[job.name] = {
            "name": job.name,
            "status": job.status,
            "commit": job.commit,
            "owner": job.created_by.id,
            "created": iso(job.created_on),
            "started": iso(job.started_on),
            "finished": iso(job.finished_on),
        }

    def _note_drift(self, endpoint: Endpoint) -> None:
        rows = self._serving.setdefault(endpoint.name, [])
        rows.append({"since": iso(endpoint.modified_on), "serves": endpoint.serves()})


def _id(person: Person | None) -> str | None:
    return person.id if person else None


def _artifact(release: Release, alias: str) -> Row:
    version = next(v for v in release.artifacts if v.alias == alias)
    source = version.source
    return {
        "alias": alias,
        "type": source.type,
        "role": _role(source.kind, alias),
        "name": source.definition,
        "version": version.name.removeprefix(f"{source.definition}:"),
        "sourceId": source.source_id,
        "versionId": version.id,
        "versionName": version.name,
        "sourceVersion": version.commit if source.kind == "build" else None,
        "commit": version.commit,
        "branch": version.branch,
        "isTriggering": release.truth.known_alias == alias,
    }


def _role(kind: str, alias: str) -> str:
    if kind == "model":
        return "scaler" if _SCALER.search(alias) else "model"
    return "code" if kind == "git" else "build"
