"""Where a version comes from: model version, training run, commit, data. Every missing link is said, never left out.

Pure functions of an artifact with its model version and training run already read.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from releases.models import Artifact, ModelVersion, TrainingRun
from releases.queries.sentences import branch_name
from releases.states import ArtifactRole

FROM_REGISTRY = frozenset({ArtifactRole.MODEL, ArtifactRole.SCALER})


@dataclass(frozen=True)
class Link:
    """One link of the chain. A missing one has a `missing` sentence in place of its text; `run` has a page."""

    kind: str
    text: str = ""
    detail: str = ""
    url: str = ""
    at: datetime | None = None
    missing: str = ""
    run: TrainingRun | None = None


def chain(artifact: Artifact, *, has_workspace: bool) -> list[Link]:
    """From the version back to its data. Versions that no registry made (code, builds) have one link: themselves."""
    if artifact.role not in FROM_REGISTRY:
        return [_source(artifact)]
    version = artifact.model_version
    if version is None:
        why = "Not found in the registry." if has_workspace else "No Azure ML workspace is connected."
        return [Link("model version", missing=why)]
    return of_version(version)


def of_version(version: ModelVersion) -> list[Link]:
    """From a registered version back to its data. The row comes with its run, workspace and who registered it."""
    return [_registered(version), *_run(version)]


def _source(artifact: Artifact) -> Link:
    detail = ", ".join(word for word in (artifact.repository, branch_name(artifact.branch)) if word)
    if not artifact.source_version and artifact.role == ArtifactRole.CODE and not artifact.version:
        return Link("commit", missing="Azure DevOps names no commit.")
    return Link("source", text=artifact.type, detail=detail, url=artifact.web_url)


def _registered(version: ModelVersion) -> Link:
    who = str(version.created_by) if version.created_by_id else ""
    gone = "no longer in the registry" if version.gone_at else "archived" if version.is_archived else ""
    detail = ", ".join(word for word in (f"by {who}" if who else "", gone) if word)
    return Link("model version", text=f"Registered in {version.workspace}", detail=detail, at=version.created_on)


def _run(version: ModelVersion) -> list[Link]:
    run = version.training_run
    if run is None and version.job_name:
        return [
            Link("training run", text=version.job_name, missing=f"Training run {version.job_name} was not read yet.")
        ]
    if run is None:
        return [Link("training run", missing="Registered without a training run.")]
    if run.missing_sentence:
        return [Link("training run", text=str(run), url=run.web_url, missing=run.missing_sentence, run=run)]
    named = Link("training run", str(run), run.status.lower(), run.web_url, run.created_on, run=run)
    return [named, _commit(run), _data(run)]


def _commit(run: TrainingRun) -> Link:
    if not run.commit:
        return Link("commit", missing="The run recorded no git commit.")
    dirty = "with changes that were not committed" if run.is_dirty else ""
    detail = ", ".join(word for word in (branch_name(run.branch), dirty) if word)
    return Link("commit", text=run.commit[:7], detail=detail, url=run.repository)


def _data(run: TrainingRun) -> Link:
    names = [name for name in (_input_name(given) for given in run.inputs) if name]
    return Link("data", text=", ".join(names)) if names else Link("data", missing="The run recorded no input data.")


def _input_name(given: Any) -> str:
    """What an input is called, as far as the run says; the registry stores them as objects or as plain words."""
    if not isinstance(given, dict):
        return str(given)
    registered = re.fullmatch(r"azureml:([^:/]+):([^:/]+)", str(given.get("uri") or ""))
    if registered:
        return f"{registered[1]} v{registered[2]}"
    name = given.get("asset") or given.get("name") or given.get("path") or given.get("uri") or ""
    version = given.get("version")
    return f"{name} v{version}" if name and version else str(name)
