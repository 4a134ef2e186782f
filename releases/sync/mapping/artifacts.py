"""The artifacts of a release as rows. Pure."""

from datetime import datetime

from releases.azure.answers import ArtifactAnswer, ReferenceValue
from releases.sync.mapping.known import Known
from releases.sync.mapping.tables import Row
from releases.sync.triggers import Candidate
from releases.sync.versions import Version

_NOTHING = ReferenceValue()


def artifact_rows(
    artifacts: list[ArtifactAnswer], known: Known, made_on: datetime | None
) -> dict[str, tuple[Row, Candidate, Version]]:
    """By alias: the row (release and registry version missing yet), what it may have triggered, its exact version."""
    return {artifact.alias: _artifact(artifact, known, made_on) for artifact in artifacts}


def _artifact(artifact: ArtifactAnswer, known: Known, made_on: datetime | None) -> tuple[Row, Candidate, Version]:
    # Keys differ in case between real answers and documentation.
    values = {key.lower(): value for key, value in artifact.definition_reference.items() if value is not None}
    definition = values.get("definition", _NOTHING)
    version = values.get("version", _NOTHING)
    source_version = values.get("sourceversion", _NOTHING).id
    name = definition.name or definition.id
    role = known.role_of(artifact.type, artifact.alias, name)
    shown = shown_version(version.name or version.id, name=name)
    is_triggering = values.get("istriggeringartifact", _NOTHING).id.lower() == "true"
    branch = values.get("branch", _NOTHING)
    repository = values.get("repository", _NOTHING)
    row: Row = [
        None,
        artifact.alias,
        role.value,
        artifact.type,
        artifact.source_id,
        name,
        shown,
        version.id,
        version.name,
        source_version,
        branch.name or branch.id,
        repository.name or repository.id,
        is_triggering,
        artifact.is_primary,
        values.get("artifactsourceversionurl", _NOTHING).id,
        None,
        made_on,
    ]
    candidate = Candidate(artifact.alias, artifact.type, role.value, name, is_triggering)
    return row, candidate, (artifact.alias, artifact.type, artifact.source_id, version.id, source_version)


def shown_version(version: str, *, name: str) -> str:
    """The version people read: registries of models write "NAME:3" where others write "3"."""
    return version.removeprefix(f"{name}:") if name else version
