"""Twenty-one facts of the recorded release 178: what the recording says, and where the API must say the same.

`docs/recorded-release.md` is this table with its values; `test_recorded.py` holds all three together. The recording is
read here with plain dictionaries on purpose: it must not go through the code that is being checked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Fact:
    """One fact: its name, its value in the recording, and its value in `GET /api/v1/releases/{id}/`."""

    name: str
    recorded: Callable[[Json], object]
    shown: Callable[[Json], object]


def moment(text: str | None) -> str:
    """A time to the millisecond in one spelling, so that 0 to 7 fraction digits compare equal."""
    if not text:
        return "-"
    return datetime.fromisoformat(text.replace("Z", "+00:00")).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def stages(release: Json) -> list[Json]:
    """The recording's stages in their order."""
    return sorted(release["environments"], key=lambda stage: stage["rank"])


def attempts(release: Json) -> list[tuple[Json, Json]]:
    """Each (stage, attempt) of the recording."""
    return [(stage, step) for stage in stages(release) for step in stage["deploySteps"]]


def tasks(step: Json) -> list[Json]:
    """The tasks of one recorded attempt, in the order they ran."""
    jobs = [job for phase in step["releaseDeployPhases"] for job in phase["deploymentJobs"]]
    return [task for job in jobs for task in sorted(job["tasks"], key=lambda task: task["rank"])]


def people_asked(release: Json) -> int:
    """Approvals that were asked of somebody, automated ones left out."""
    asked = [a for stage in stages(release) for a in stage["preDeployApprovals"] + stage["postDeployApprovals"]]
    return sum(not approval["isAutomated"] for approval in asked)


def reference(release: Json, key: str, part: str) -> object:
    """One value of the first artifact's definitionReference."""
    return release["artifacts"][0]["definitionReference"][key][part]


def first_attempts(shown: Json) -> list[Json]:
    """The first attempt of each shown stage."""
    return [stage["attempts"][0] for stage in shown["stages"]]


def all_steps(shown: Json) -> list[Json]:
    """Every shown step of every attempt."""
    return [step for stage in shown["stages"] for attempt in stage["attempts"] for step in attempt["steps"]]


def total_seconds(steps: list[Json], start: str, finish: str) -> float:
    """How long these steps took together, in seconds."""
    spans = (datetime.fromisoformat(moment(s[finish])) - datetime.fromisoformat(moment(s[start])) for s in steps)
    return round(sum(span.total_seconds() for span in spans), 1)


def recorded_tasks(release: Json) -> list[Json]:
    """Every task of every recorded attempt, in order."""
    return [task for _, step in attempts(release) for task in tasks(step)]


FACTS = [
    Fact("Azure's id", lambda r: r["id"], lambda s: s["azure_id"]),
    Fact("Name", lambda r: r["name"], lambda s: s["name"]),
    Fact("Status", lambda r: r["status"], lambda s: s["status"]),
    Fact("Created on", lambda r: moment(r["createdOn"]), lambda s: moment(s["created_on"])),
    Fact("Created by", lambda r: r["createdBy"]["displayName"], lambda s: s["created_by"]["name"]),
    Fact("Trigger", lambda _: "build", lambda s: s["trigger"]["kind"]),
    Fact(
        "Artifact that triggered it",
        lambda r: next(
            a["alias"] for a in r["artifacts"] if a["definitionReference"]["IsTriggeringArtifact"]["id"] == "True"
        ),
        lambda s: s["trigger"]["artifact_alias"],
    ),
    Fact("Artifacts", lambda r: len(r["artifacts"]), lambda s: len(s["artifacts"])),
    Fact("Artifact type", lambda r: r["artifacts"][0]["type"], lambda s: s["artifacts"][0]["type"]),
    Fact("Artifact name", lambda r: reference(r, "definition", "name"), lambda s: s["artifacts"][0]["name"]),
    Fact("Artifact version", lambda r: reference(r, "version", "name"), lambda s: s["artifacts"][0]["version"]),
    Fact(
        "Stages, in order",
        lambda r: " · ".join(stage["name"] for stage in stages(r)),
        lambda s: " · ".join(stage["name"] for stage in s["stages"]),
    ),
    Fact(
        "Status of each stage",
        lambda r: " · ".join(stage["status"] for stage in stages(r)),
        lambda s: " · ".join(stage["status"] for stage in s["stages"]),
    ),
    Fact(
        "Attempts per stage",
        lambda r: [len(stage["deploySteps"]) for stage in stages(r)],
        lambda s: [len(stage["attempts"]) for stage in s["stages"]],
    ),
    Fact(
        "How each attempt ended",
        lambda r: [(step["status"], step["operationStatus"].lower()) for _, step in attempts(r)],
        lambda s: [(a["status"], a["operation_status"].lower()) for a in first_attempts(s)],
    ),
    Fact(
        "When each attempt was queued",
        lambda r: [moment(step["queuedOn"]) for _, step in attempts(r)],
        lambda s: [moment(a["queued_on"]) for a in first_attempts(s)],
    ),
    Fact(
        "When each attempt finished",
        lambda r: [moment(step["lastModifiedOn"]) for _, step in attempts(r)],
        lambda s: [moment(a["finished_on"]) for a in first_attempts(s)],
    ),
    Fact(
        "Approvals asked of a person",
        people_asked,
        lambda s: sum(len(attempt["approvals"]) for attempt in first_attempts(s)),
    ),
    Fact(
        "Steps per stage",
        lambda r: [len(tasks(step)) for _, step in attempts(r)],
        lambda s: [len(attempt["steps"]) for attempt in first_attempts(s)],
    ),
    Fact(
        "Step names, in order",
        lambda r: " · ".join(task["name"] for task in recorded_tasks(r)),
        lambda s: " · ".join(step["name"] for step in all_steps(s)),
    ),
    Fact(
        "Seconds all steps took",
        lambda r: total_seconds(recorded_tasks(r), "startTime", "finishTime"),
        lambda s: total_seconds(all_steps(s), "started_on", "finished_on"),
    ),
]
