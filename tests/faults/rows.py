"""All rows that a sync writes, without our ids and our own times, so that two databases can be compared."""

from datetime import datetime
from functools import cache
from typing import Any

from django.db import models

from releases.models import (
    Approval,
    Artifact,
    Commit,
    Deployment,
    Identity,
    LiveSpan,
    Pipeline,
    PipelineRevision,
    Release,
    ReleaseCommit,
    ReleaseStage,
    ReleaseWorkItem,
    SetAside,
    SourceDocument,
    Stage,
    Step,
    StepLog,
    SyncManifest,
    Trigger,
    WorkItem,
)
from releases.sync.logs.fetching import wanted

SYNCED: tuple[type[models.Model], ...] = (
    *(Identity, Pipeline, PipelineRevision, Stage, Trigger, Release, ReleaseStage, Artifact, Deployment, Step),
    *(Approval, Commit, ReleaseCommit, WorkItem, ReleaseWorkItem, LiveSpan, SetAside, SourceDocument),
)
OURS = frozenset(
    {
        "id",
        "project",
        "changed_at",
        "detailed_at",
        "changes_read_at",
        "logs_due_on",
        "read_at",
        "first_seen_at",
        "last_seen_at",
        "body",
    }
)
"""`body` is compressed; its SHA-256 is a column of its own. `logs_due_on` is how far the logs are: see `logs`."""


def rows() -> dict[str, list[str]]:
    """The rows of each table as sorted text."""
    found = {}
    for model in SYNCED:
        natural.cache_clear()
        found[model.__name__] = sorted(_text(one) for one in model._default_manager.all())
    return found


def logs(since: datetime) -> dict[str, tuple[str, str, str, bool]]:
    """What became of the logs of steps that ended since then, by step: the state, both hashes, whether it is proved."""
    natural.cache_clear()
    proved = set(SyncManifest.objects.filter(key__startswith="log:").values_list("key", "sha256"))
    release = "step__deployment__release_stage__release__project"
    found = {}
    for row in StepLog.objects.filter(ended_on__gte=since).select_related(release):
        of = wanted(row.step)
        line = (f"log:{of.release}/{of.environment}/{of.phase}/{of.task}", row.kept_sha256)
        found[natural(Step, row.step_id)] = (row.state, row.received_sha256, row.kept_sha256, line in proved)
    return found


def _text(row: models.Model) -> str:
    fields = [field for field in row._meta.concrete_fields if field.name not in OURS]
    return repr([(field.name, _value(row, field)) for field in fields])


def _value(row: models.Model, field: Any) -> Any:
    value = getattr(row, field.attname)
    if value is None or not field.is_relation:
        return (value is not None) if field.name == "gone_at" else value
    return natural(field.related_model, value)


@cache
def natural(model: type[models.Model], key: Any) -> str:
    """The row's name by what Azure calls it: the fields of its first unconditional unique constraint."""
    constraints = (one for one in model._meta.constraints if isinstance(one, models.UniqueConstraint))
    names = next((one.fields for one in constraints if one.condition is None), ("pk",))
    row = model._default_manager.get(pk=key)
    return repr([_value(row, model._meta.get_field(name)) for name in names if name != "project"])
