"""Definitions as pipelines, revisions, stages and triggers. Called by the catalog pass and, for what a definition no
longer tells, by the store of releases.

What an administrator decides about a stage (production, headline) is only ever given a default here.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec
from django.db import transaction

from releases.azure.answers import TRIGGER_TYPE, ArtifactAnswer, DefinitionAnswer, Item, StageAnswer
from releases.models import Pipeline, PipelineRevision, Project, Stage, Trigger
from releases.states import TriggerKind
from releases.sync.masking import without_secrets
from releases.sync.people import identity_ids
from releases.sync.roles import RoleOf, roles_for
from releases.sync.triggers import Candidate, kind_of

_PRODUCTION = re.compile(r"prod", re.I)
_ALIAS_KEYS = {"artifactSource": "artifactAlias", "sourceRepo": "alias", "containerImage": "alias", "package": "alias"}
_KINDS = {
    "schedule": TriggerKind.SCHEDULE,
    "sourceRepo": TriggerKind.PUSH,
    "containerImage": TriggerKind.CONTAINER,
    "package": TriggerKind.PACKAGE,
    "pullRequest": TriggerKind.PULL_REQUEST,
}


def is_production_by_name(name: str) -> bool:
    """The default for a stage nobody decided about yet."""
    return _PRODUCTION.search(name) is not None


def cd_aliases(told: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Aliases of the artifacts that start releases by themselves, from a definition's triggers."""
    found = (one.get(_ALIAS_KEYS.get(TRIGGER_TYPE.read(one.get("triggerType")), ""), "") for one in told)
    return frozenset(alias for alias in found if isinstance(alias, str) and alias)


def stage_of_release(pipeline: Pipeline, number: int, told: StageAnswer, *, now: datetime) -> Stage:
    """A stage only a release knows of. If the definition was read and has it no longer, it is gone there."""
    return Stage(
        pipeline=pipeline,
        definition_environment_id=number,
        name=told.name[:400],
        rank=told.rank,
        is_production=is_production_by_name(told.name),
        conditions=told.conditions,
        gone_at=now if pipeline.revision else None,
    )


def add_stages(stages: Sequence[Stage]) -> None:
    """Add stages, some of which another worker may be adding too, and keep the default headlines right."""
    pipelines = {one.pipeline_id for one in stages}
    before = _stages_of(pipelines)
    Stage.objects.bulk_create(stages, ignore_conflicts=True)
    _settle_headlines(pipelines, before)


def default_headline(stages: Iterable[Stage]) -> Stage | None:
    """The last stage that no other one waits for, among those that still exist; of several the highest rank."""
    there = [one for one in stages if one.gone_at is None]
    waited_for = {
        condition.get("name")
        for one in there
        for condition in one.conditions
        if isinstance(condition, dict) and str(condition.get("conditionType")).lower() in ("environmentstate", "2")
    }
    sinks = [one for one in there if one.name not in waited_for] or there
    return max(sinks, key=lambda one: (one.rank, one.definition_environment_id), default=None)


def _stages_of(pipelines: Collection[int]) -> list[Stage]:
    return list(Stage.objects.filter(pipeline__in=pipelines).order_by("id"))


def _settle_headlines(pipelines: Collection[int], before: Sequence[Stage]) -> int:
    """Move headlines to the default unless a person chose otherwise: one that was no default before was chosen."""
    moved = 0
    after = _stages_of(pipelines)
    for pipeline in pipelines:
        mine = [one for one in after if one.pipeline_id == pipeline]
        was = default_headline(one for one in before if one.pipeline_id == pipeline)
        current = next((one for one in mine if one.headline), None)
        wanted = default_headline(mine)
        is_chosen = current is not None and current.gone_at is None and (was is None or was.pk != current.pk)
        if wanted is None or is_chosen or (current is not None and current.pk == wanted.pk):
            continue
        with transaction.atomic():
            Stage.objects.filter(pipeline=pipeline, headline=True).update(headline=False)
            Stage.objects.filter(pk=wanted.pk).update(headline=True)
        moved += 1
    return moved


def store_definition(project: Project, item: Item[DefinitionAnswer], *, now: datetime) -> int:
    """Store a definition as it is now; how many rows were written. One that did not change writes none.

    Azure counts a revision up with every change, so an equal revision of a known pipeline is not looked into.
    """
    told = item.value
    held = Pipeline.objects.filter(project=project, azure_id=told.id).first()
    if held and held.gone_at is None and held.revision == told.revision and _is_same(held, told):
        return 0
    document = without_secrets(item.raw)
    with transaction.atomic():
        pipeline, written = _pipeline(project, held, told)
        written += _revision(pipeline, told, document)
        if told.environments is not None:
            written += _stages(pipeline, told, now=now)
        if told.triggers is not None:
            written += _triggers(pipeline, told, document, roles_for(project))
    return written


def store_revision(pipeline: Pipeline, item: Item[DefinitionAnswer]) -> int:
    """Store an older revision; how many rows were written. Revisions never change, so a known one writes none."""
    return _revision(pipeline, item.value, without_secrets(item.raw))


def retell_triggers(pipeline: Pipeline) -> int:
    """Tell the triggers of the revision as stored again, by the roles that rules give now; how many were written."""
    row = PipelineRevision.objects.filter(pipeline=pipeline, revision=pipeline.revision).first()
    try:
        told = msgspec.convert(row.document, DefinitionAnswer) if row else None
    except msgspec.ValidationError:
        return 0
    if row is None or told is None or told.triggers is None:
        return 0
    with transaction.atomic():
        return _triggers(pipeline, told, msgspec.json.encode(row.document), roles_for(pipeline.project))


def mark_gone(project: Project, *, present: Collection[int], now: datetime) -> int:
    """Mark the pipelines that a complete listing did not show; how many were new to be gone."""
    missing = Pipeline.objects.filter(project=project, gone_at=None).exclude(azure_id__in=present)
    return missing.update(gone_at=now, changed_at=now)


def document_hash(item: Item[DefinitionAnswer]) -> str:
    """SHA-256 of a definition as kept, for a run's manifest."""
    return sha256(without_secrets(item.raw)).hexdigest()


def _is_same(held: Pipeline, told: DefinitionAnswer) -> bool:
    names_match = held.name == told.name[:400] and held.path == told.path[:400]
    return names_match and held.revisions.filter(revision=told.revision).exists()


def _pipeline(project: Project, held: Pipeline | None, told: DefinitionAnswer) -> tuple[Pipeline, int]:
    pipeline = held or Pipeline(project=project, azure_id=told.id)
    pipeline.name = told.name[:400]
    pipeline.path = told.path[:400]
    pipeline.revision = told.revision
    pipeline.description = told.description
    pipeline.gone_at = None
    pipeline.save()
    return pipeline, 1


def _revision(pipeline: Pipeline, told: DefinitionAnswer, document: bytes) -> int:
    who = told.modified_by
    people, written = identity_ids({who.key: who} if who and who.key else {})
    _, is_new = PipelineRevision.objects.get_or_create(
        pipeline=pipeline,
        revision=told.revision,
        defaults={
            "document": msgspec.json.decode(document),
            "stage_numbers": [stage.id for stage in told.environments or ()],
            "changed_on": told.modified_on,
            "changed_by_id": people.get(who.key) if who else None,
            "comment": told.comment,
        },
    )
    return written + is_new


def _stages(pipeline: Pipeline, told: DefinitionAnswer, *, now: datetime) -> int:
    """Bring the stages in line; those the definition has no longer are marked, for releases still name them."""
    before = _stages_of([pipeline.pk])
    held = {one.definition_environment_id: one for one in _stages_of([pipeline.pk])}
    written = 0
    for stage in told.environments or ():
        row = held.pop(stage.id, None)
        fields = {"name": stage.name[:400], "rank": stage.rank, "conditions": stage.conditions, "gone_at": None}
        if row is None:
            production = is_production_by_name(stage.name)
            Stage.objects.create(
                pipeline=pipeline, definition_environment_id=stage.id, is_production=production, **fields
            )
            written += 1
        elif any(getattr(row, field) != value for field, value in fields.items()):
            written += Stage.objects.filter(pk=row.pk).update(**fields)
    gone = [one.pk for one in held.values() if one.gone_at is None]
    written += Stage.objects.filter(pk__in=gone).update(gone_at=now) if gone else 0
    return written + _settle_headlines([pipeline.pk], before)


def _triggers(pipeline: Pipeline, told: DefinitionAnswer, document: bytes, role_of: RoleOf) -> int:
    """Replace the triggers when they differ; there are few and nothing names their rows."""
    wanted = list(_told_triggers(msgspec.json.decode(document).get("triggers") or [], told.artifacts or [], role_of))
    held = Trigger.objects.filter(pipeline=pipeline).order_by("id")
    if list(held.values_list("kind", "ordinal", "alias", "settings")) == wanted:
        return 0
    held.delete()
    Trigger.objects.bulk_create(
        Trigger(pipeline=pipeline, kind=kind, ordinal=ordinal, alias=alias[:256], settings=settings)
        for kind, ordinal, alias, settings in wanted
    )
    return len(wanted)


def _told_triggers(
    told: Iterable[Any], artifacts: Sequence[ArtifactAnswer], role_of: RoleOf
) -> Iterable[tuple[str, int, str, dict[str, Any]]]:
    """Kind, ordinal within the kind, alias and Azure's JSON of each trigger."""
    ordinals: Counter[TriggerKind] = Counter()
    candidates = {one.alias: _candidate(one, role_of) for one in artifacts}
    for one in told:
        if not isinstance(one, dict):
            continue
        type_ = TRIGGER_TYPE.read(one.get("triggerType"))
        alias = str(one.get(_ALIAS_KEYS.get(type_, "artifactAlias")) or "")
        kind = _KINDS.get(type_, TriggerKind.UNKNOWN)
        if type_ == "artifactSource":
            kind = kind_of(candidates[alias]) if alias in candidates else TriggerKind.UNKNOWN
        yield kind.value, ordinals[kind], alias, one
        ordinals[kind] += 1


def _candidate(artifact: ArtifactAnswer, role_of: RoleOf) -> Candidate:
    definition = artifact.reference("definition")
    name = definition.name or definition.id
    return Candidate(artifact.alias, artifact.type, role_of(artifact.type, artifact.alias, name).value, name, False)
