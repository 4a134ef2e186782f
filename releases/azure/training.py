"""A training job as plain facts, whichever of Azure ML's two stores told of it. Used by `ml`."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from releases.azure.answers import RunAnswer, TrainingJobAnswer
from releases.azure.answers.base import moment

FINISHED = frozenset({"Completed", "Failed", "Canceled", "NotResponding"})
"""States after which a job does not change any more."""


@dataclass(frozen=True)
class TrainingJob:
    """One job. Times are UTC; None in `is_dirty` and `owner_is_person` means nobody noted it.

    Each input is {"name", "uri", "kind"}: the data as the job was given it, often a path without a data asset's name.
    """

    name: str
    display_name: str = ""
    experiment: str = ""
    status: str = ""
    job_type: str = ""
    owner_key: str = ""
    owner_name: str = ""
    owner_is_person: bool | None = None
    created_on: datetime | None = None
    started_on: datetime | None = None
    finished_on: datetime | None = None
    commit: str = ""
    branch: str = ""
    repository: str = ""
    is_dirty: bool | None = None
    inputs: list[dict[str, str]] = field(default_factory=list)
    tags: dict[str, Any] = field(default_factory=dict)
    properties: dict[str, Any] = field(default_factory=dict)
    web_url: str = ""


def of_job(answer: TrainingJobAnswer) -> TrainingJob:
    """The job as ARM tells it."""
    told, system = answer.properties, answer.system_data
    if told is None:
        return TrainingJob(answer.name)
    studio = told.services.get("Studio")
    web_url = studio.get("endpoint") if isinstance(studio, dict) else ""
    return TrainingJob(
        name=answer.name,
        display_name=told.display_name,
        experiment=told.experiment_name,
        status=told.status,
        job_type=told.job_type,
        owner_key=system.created_by if system else "",
        owner_name=system.created_by if system else "",
        owner_is_person=is_person(system.created_by_type) if system else None,
        created_on=system.created_at if system else None,
        started_on=_time(told.properties.get("StartTimeUtc")),
        finished_on=_time(told.properties.get("EndTimeUtc")),
        inputs=[_input(name, value) for name, value in told.inputs.items() if isinstance(value, dict)],
        tags=told.tags,
        properties=told.properties,
        web_url=web_url if isinstance(web_url, str) else "",
        **_git(told.properties),
    )


def of_run(answer: RunAnswer) -> TrainingJob:
    """The job as the run history tells it, which knows times and owner but no inputs."""
    owner = answer.created_by
    return TrainingJob(
        name=answer.run_id,
        display_name=answer.display_name,
        experiment=answer.experiment_name,
        status=answer.status,
        owner_key=(owner.user_object_id or owner.user_name) if owner else "",
        owner_name=owner.user_name if owner else "",
        created_on=answer.created_utc,
        started_on=answer.start_time_utc,
        finished_on=answer.end_time_utc,
        tags=answer.tags,
        properties=answer.properties,
        **_git(answer.properties),
    )


def is_person(kind: str) -> bool | None:
    """By ARM's word for who made a thing: User, Application, ManagedIdentity, Key; None when it does not say."""
    return None if not kind else kind.lower() == "user"


def _git(properties: dict[str, Any]) -> dict[str, Any]:
    """Azure ML notes git as text; "dirty" is the text "True"."""
    dirty = properties.get("azureml.git.dirty")
    return {
        "commit": _text(properties.get("mlflow.source.git.commit")),
        "branch": _text(properties.get("mlflow.source.git.branch")),
        "repository": _text(properties.get("mlflow.source.git.repoURL")),
        "is_dirty": None if dirty is None else str(dirty).lower() == "true",
    }


def _input(name: str, value: dict[str, Any]) -> dict[str, str]:
    shown = value.get("uri") or value.get("value") or ""
    return {"name": name, "uri": _text(shown), "kind": _text(value.get("jobInputType"))}


def _text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _time(value: object) -> datetime | None:
    """`2026-03-02 12:00:00`, in UTC and without saying so, is how jobs note when they ran."""
    if not isinstance(value, str):
        return None
    try:
        return moment(datetime.fromisoformat(value).astimezone(UTC) if "+" in value else datetime.fromisoformat(value))
    except ValueError:
        return None
