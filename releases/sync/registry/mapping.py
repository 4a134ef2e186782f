"""Answers of Azure ML as values of rows. Pure; used by `writing`."""

import json
from dataclasses import dataclass
from typing import Any

import msgspec

from releases.azure.answers import ModelVersionAnswer
from releases.azure.training import TrainingJob, is_person
from releases.states import IdentityKind
from releases.sync.masking import without_secrets
from releases.sync.registry.figures import metrics_of

Values = dict[str, Any]

LONGEST_TEXT = 20_000


@dataclass(frozen=True)
class Owner:
    """Who made a version or started a job, as Azure ML calls them; an empty key is nobody."""

    key: str
    name: str
    kind: IdentityKind


def version_values(answer: ModelVersionAnswer) -> Values:
    """What a `ModelVersion` row holds of a version, apart from its run and the metrics of that."""
    told, system = answer.properties, answer.system_data
    return {
        "description": _text(told.description, LONGEST_TEXT),
        "stage": _text(told.stage, 60),
        "type": _text(told.model_type, 60),
        "created_on": system.created_at if system else None,
        "tags": _clean(told.tags),
        "properties": _clean(told.properties),
        "job_name": _text(told.job_name.rstrip("/").rpartition("/")[2], 260),
        "is_archived": told.is_archived,
        "gone_at": None,
    }


def version_owner(answer: ModelVersionAnswer) -> Owner:
    """Who registered the version."""
    system = answer.system_data
    name = system.created_by if system else ""
    return _owner(name, name, is_person(system.created_by_type) if system else None)


def own_metrics(answer: ModelVersionAnswer) -> dict[str, float]:
    """Figures that the version itself carries."""
    return metrics_of(answer.properties.tags, answer.properties.properties)


def run_values(job: TrainingJob) -> Values:
    """What a `TrainingRun` row holds of a job."""
    return {
        "display_name": _text(job.display_name, 400),
        "experiment": _text(job.experiment, 260),
        "status": _text(job.status, 32),
        "job_type": _text(job.job_type, 32),
        "created_on": job.created_on,
        "started_on": job.started_on,
        "finished_on": job.finished_on,
        "commit": _text(job.commit, 64),
        "branch": _text(job.branch, 400),
        "repository": _text(job.repository, 1000),
        "is_dirty": job.is_dirty,
        "inputs": _clean(job.inputs),
        "metrics": metrics_of(job.tags, job.properties),
        "properties": _clean({"tags": job.tags, "properties": job.properties}),
        "web_url": _text(job.web_url, 1000),
        "missing_sentence": "",
        "gone_at": None,
    }


def run_owner(job: TrainingJob) -> Owner:
    """Who started the job."""
    return _owner(job.owner_key, job.owner_name, job.owner_is_person)


def fingerprint(values: Values) -> bytes:
    """The values in one spelling, for the manifest."""
    return json.dumps(values, sort_keys=True, default=str).encode()


def _owner(key: str, name: str, person: bool | None) -> Owner:
    kinds = {True: IdentityKind.PERSON, False: IdentityKind.SERVICE, None: IdentityKind.UNKNOWN}
    return Owner(_text(key, 320), _text(name, 400), kinds[person])


def _clean(value: Any) -> Any:
    """JSON without secrets and NUL."""
    return msgspec.json.decode(without_secrets(msgspec.json.encode(value)))


def _text(value: str, longest: int) -> str:
    return value.replace("\x00", "\u2400")[:longest]
