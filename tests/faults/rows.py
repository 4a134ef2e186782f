"""All rows that a sync writes, without our ids and our own times, so that two databases can be compared."""

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
    Trigger,
    WorkItem,
)

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
        "read_at",
        "first_seen_at",
        "last_seen_at",
        "body",
    }
)
"""`body` is compressed; its SHA-256 is a column of its own."""


def rows() -> dict[str, list[str]]:
    """The rows of each table as sorted text."""
    found = {}
    for model in SYNCED:
        natural.cache_clear()
        found[model.__name__] = sorted(_text(one) for one in model._default_manager.all())
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
