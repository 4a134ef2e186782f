"""Finds, and where needed makes, what releases refer to: identities, pipelines, stages. Called before a page's own
transaction, so that no lock on these shared rows is held while a page is written.

A fixed number of queries per page. Nothing is remembered between pages: asking again costs less than a stale id.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import F

from releases.azure.answers import ReleaseAnswer, StageAnswer
from releases.models import ModelVersion, Pipeline, PipelineRevision, Project, Stage
from releases.states import ArtifactRole
from releases.sync import catalog, triggers
from releases.sync.mapping import Known, Mapped
from releases.sync.mapping.identities import identities_of
from releases.sync.mapping.known import StageKey, stage_number
from releases.sync.mapping.tables import ARTIFACT
from releases.sync.people import identity_ids
from releases.sync.roles import roles_for

_LINKED_ROLES = frozenset({ArtifactRole.MODEL.value, ArtifactRole.SCALER.value})


def known_of(project: Project, answers: Sequence[ReleaseAnswer], *, now: datetime) -> tuple[Known, int]:
    """Everything the mapping of these releases has to know, and how many rows had to be written for it."""
    identities, people_written = identity_ids(identities_of(answers))
    pipelines, stages, places_written = _places(project, answers, now=now)
    known = Known(
        project=project.pk,
        role_of=roles_for(project),
        pipelines=pipelines,
        stages=stages,
        identities=identities,
        cd_aliases=_cd_aliases(answers, pipelines),
    )
    return known, people_written + places_written


def _places(
    project: Project, answers: Sequence[ReleaseAnswer], *, now: datetime
) -> tuple[dict[int, int], dict[StageKey, int], int]:
    """Our ids of pipelines and stages. Unknown ones are made from what the releases say: the definition may be gone."""
    names = {one.release_definition.id: one.release_definition for one in answers}
    pipelines = _pipelines(project, names)
    missing = [
        Pipeline(project=project, azure_id=number, name=one.name[:400] or f"Pipeline {number}", path=one.path[:400])
        for number, one in sorted(names.items())
        if number not in pipelines
    ]
    if missing:
        Pipeline.objects.bulk_create(missing, ignore_conflicts=True)
        pipelines |= _pipelines(project, [one.azure_id for one in missing])
    stages, stages_written = _stages(pipelines, answers, now=now)
    return {number: pipeline.pk for number, pipeline in pipelines.items()}, stages, len(missing) + stages_written


def _pipelines(project: Project, numbers: Iterable[int]) -> dict[int, Pipeline]:
    return {one.azure_id: one for one in Pipeline.objects.filter(project=project, azure_id__in=list(numbers))}


def _stages(
    pipelines: dict[int, Pipeline], answers: Sequence[ReleaseAnswer], *, now: datetime
) -> tuple[dict[StageKey, int], int]:
    wanted: dict[StageKey, StageAnswer] = {}
    for release in sorted(answers, key=lambda one: one.id):
        for stage in release.environments or ():
            wanted[release.release_definition.id, stage_number(stage)] = stage
    held = _held_stages(pipelines)
    missing = {key: stage for key, stage in sorted(wanted.items()) if key not in held}
    if missing:
        made = [catalog.stage_of_release(pipelines[key[0]], key[1], one, now=now) for key, one in missing.items()]
        catalog.add_stages(made)
        held = _held_stages(pipelines)
    return held, len(missing)


def _held_stages(pipelines: dict[int, Pipeline]) -> dict[StageKey, int]:
    rows = Stage.objects.filter(pipeline__in=[one.pk for one in pipelines.values()])
    found = rows.values_list("pipeline__azure_id", "definition_environment_id", "id")
    return {(pipeline, number): stage for pipeline, number, stage in found}


def link_models(project: Project, releases: Sequence[Mapped]) -> None:
    """Point artifacts at the registry's versions they are, where those are known. One query, or none."""
    role, name, version, link = (ARTIFACT.at[one] for one in ("role", "name", "version", "model_version_id"))
    rows = [row for one in releases for row in (one.artifacts or {}).values() if row[role] in _LINKED_ROLES]
    if not rows:
        return
    held = ModelVersion.objects.filter(
        workspace__projects=project, name__in={row[name] for row in rows}, version__in={row[version] for row in rows}
    )
    ids = {(one, which): number for one, which, number in held.values_list("name", "version", "id")}
    for row in rows:
        row[link] = ids.get((row[name], row[version]))


def _cd_aliases(answers: Sequence[ReleaseAnswer], pipelines: dict[int, int]) -> dict[tuple[int, int], frozenset[str]]:
    """Aliases with a CD trigger in the definition's revision, for releases that nothing else explains."""
    wanted = {
        (one.release_definition.id, one.release_definition_revision)
        for one in answers
        if one.reason == triggers.CONTINUOUS_INTEGRATION and not one.triggering_artifact_alias
        if not any(artifact.reference("IsTriggeringArtifact").id.lower() == "true" for artifact in one.artifacts or ())
    }
    if not wanted:
        return {}
    rows = PipelineRevision.objects.filter(
        pipeline__in=[pipelines[number] for number, _ in wanted], revision__in={revision for _, revision in wanted}
    ).values_list("pipeline__azure_id", "revision", F("document__triggers"))
    return {(number, revision): catalog.cd_aliases(told or []) for number, revision, told in rows}
