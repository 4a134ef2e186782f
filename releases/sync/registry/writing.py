"""Writes what Azure ML told, only where it differs from what is held. Used by `reading`, inside its transactions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db.models import OuterRef, Subquery

from releases.azure.answers import Item, Malformed, ModelVersionAnswer
from releases.azure.training import TrainingJob
from releases.models import Artifact, Identity, ModelVersion, SetAside, TrainingRun, Workspace
from releases.states import ArtifactRole, IdentityKind
from releases.sync.masking import without_secrets
from releases.sync.registry import mapping
from releases.sync.registry.figures import metrics_of
from releases.sync.registry.mapping import Owner, Values
from releases.sync.rows import take_over
from releases.sync.set_aside import MOST_BYTES_KEPT, key_of

ROWS_AT_ONCE = 500


@dataclass
class Written:
    """What storing something came to."""

    read: int = 0
    rows: int = 0
    set_aside: int = 0
    manifest: list[tuple[str, str]] = field(default_factory=list)


def store_versions(
    workspace: Workspace, model: str, items: Sequence[Item[ModelVersionAnswer]], *, is_whole: bool, now: datetime
) -> Written:
    """All versions of one model. What is held and not among them is marked gone if the list `is_whole`."""
    held = {row.version: row for row in ModelVersion.objects.filter(workspace=workspace, name=model)}
    owners = _owners(mapping.version_owner(item.value) for item in items)
    runs = _runs_of(workspace, items)
    written, new, changed = Written(read=len(items)), list[ModelVersion](), list[ModelVersion]()
    for item in items:
        values = _version(item.value, owners=owners, runs=runs)
        row = held.pop(item.value.version, None)
        fresh = row or ModelVersion(workspace=workspace, name=model, version=item.value.version)
        if not take_over(fresh, values, now=now) and row is not None:
            continue
        (changed if row else new).append(fresh)
        written.manifest.append((f"model-version:{model}:{fresh.version}"[:200], sha256(item.raw).hexdigest()))
    gone = [row for row in held.values() if is_whole and row.gone_at is None]
    for row in gone:
        row.gone_at = row.changed_at = now
        written.manifest.append((f"model-version:{model}:{row.version}"[:200], sha256(b"gone").hexdigest()))
    ModelVersion.objects.bulk_create(new, batch_size=ROWS_AT_ONCE)
    _update(ModelVersion, [*changed, *gone])
    linked = link_artifacts(workspace, model, [row.version for row in [*new, *changed]])
    written.rows = len(new) + len(changed) + len(gone) + linked
    return written


def store_run(workspace: Workspace, job: TrainingJob, *, now: datetime) -> Written:
    """One training job, and its figures on the versions it registered."""
    values = {**mapping.run_values(job), "owner_id": _owners([mapping.run_owner(job)]).get(job.owner_key)}
    return _store_run(workspace, job.name, values, now=now)


def store_missing_run(workspace: Workspace, name: str, *, now: datetime) -> Written:
    """A job that Azure ML has no longer (or never had): what was known of it stays."""
    sentence = "Azure ML has no training run of this name any more."
    return _store_run(workspace, name, {"missing_sentence": sentence, "gone_at": now}, now=now)


def link_artifacts(workspace: Workspace, model: str, versions: Sequence[str]) -> int:
    """Point artifacts of releases at these versions where they carry them and point nowhere yet."""
    if not versions:
        return 0
    meant = ModelVersion.objects.filter(workspace=workspace, name=model, version=OuterRef("version"))
    artifacts = Artifact.objects.filter(
        role__in=[ArtifactRole.MODEL, ArtifactRole.SCALER],
        name=model,
        version__in=versions,
        model_version=None,
        release__project__in=workspace.projects.all(),
    )
    return artifacts.update(model_version_id=Subquery(meant.values("id")[:1]))


def note_set_aside(workspace: Workspace, malformed: Sequence[Malformed], *, now: datetime) -> int:
    """Keep what could not be read, with why."""
    for one in malformed:
        document = without_secrets(one.raw) if len(one.raw) <= MOST_BYTES_KEPT and _is_json(one.raw) else b""
        told = {"reason": one.reason, "document": document, "last_seen_at": now, "resolved_at": None}
        SetAside.objects.update_or_create(
            workspace=workspace, key=key_of(one), defaults=told, create_defaults={**told, "first_seen_at": now}
        )
    return len(malformed)


def resolve(workspace: Workspace, keys: Iterable[str], *, now: datetime) -> None:
    """These were read well now."""
    SetAside.objects.filter(workspace=workspace, resolved_at=None, key__in=list(keys)).update(resolved_at=now)


def _version(answer: ModelVersionAnswer, *, owners: dict[str, int], runs: dict[str, TrainingRun]) -> Values:
    values = mapping.version_values(answer)
    run = runs.get(values["job_name"])
    values["created_by_id"] = owners.get(mapping.version_owner(answer).key)
    values["training_run_id"] = run.pk if run else None
    values["metrics"] = {**(run.metrics if run else {}), **mapping.own_metrics(answer)}
    return values


def _store_run(workspace: Workspace, name: str, values: Values, *, now: datetime) -> Written:
    row = TrainingRun.objects.filter(workspace=workspace, name=name).first()
    fresh = row or TrainingRun(workspace=workspace, name=name)
    written = Written(read=1)
    if take_over(fresh, values, now=now) or row is None:
        fresh.save()
        written.rows = 1
        written.manifest.append((f"training-run:{name}"[:200], sha256(mapping.fingerprint(values)).hexdigest()))
    written.rows += _attach(fresh, now=now)
    return written


def _attach(run: TrainingRun, *, now: datetime) -> int:
    """Give the versions this run registered their run, and the figures they do not have themselves."""
    versions = list(ModelVersion.objects.filter(workspace=run.workspace, job_name=run.name))
    changed = []
    for version in versions:
        own = metrics_of(version.tags, version.properties)
        if take_over(version, {"training_run_id": run.pk, "metrics": {**run.metrics, **own}}, now=now):
            changed.append(version)
    _update(ModelVersion, changed)
    return len(changed)


def _update(model: Any, rows: list[Any]) -> None:
    if rows:
        fields = [one.attname for one in model._meta.concrete_fields if not one.primary_key]
        names = [name for name in fields if name not in ("workspace_id", "name", "version")]
        model.objects.bulk_update(rows, names, batch_size=ROWS_AT_ONCE)


def _runs_of(workspace: Workspace, items: Sequence[Item[ModelVersionAnswer]]) -> dict[str, TrainingRun]:
    names = {mapping.version_values(item.value)["job_name"] for item in items} - {""}
    return {row.name: row for row in TrainingRun.objects.filter(workspace=workspace, name__in=names)}


def _owners(owners: Iterable[Owner]) -> dict[str, int]:
    """Our ids of these people and services by key; new ones are made, a kind once known stays."""
    named = {owner.key: owner for owner in owners if owner.key}
    source = Identity.Source.AZURE_ML
    held = {row.key: row for row in Identity.objects.filter(source=source, key__in=named)}
    missing = [
        Identity(source=source, key=one.key, name=one.name, email=one.key if "@" in one.key else "", kind=one.kind)
        for one in named.values()
        if one.key not in held
    ]
    if missing:
        Identity.objects.bulk_create(missing, ignore_conflicts=True)
        held = {row.key: row for row in Identity.objects.filter(source=source, key__in=named)}
    for row in held.values():
        if row.kind == IdentityKind.UNKNOWN and named[row.key].kind != IdentityKind.UNKNOWN:
            Identity.objects.filter(pk=row.pk, kind=IdentityKind.UNKNOWN).update(kind=named[row.key].kind)
    return {row.key: row.pk for row in held.values()}


def _is_json(raw: bytes) -> bool:
    return raw[:1] in (b"{", b"[")
