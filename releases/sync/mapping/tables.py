"""The tables that history is written to, and the order of the columns in their rows. Used by mapping and store."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import models

from releases.models import (
    Approval,
    Artifact,
    Deployment,
    Identity,
    LiveSpan,
    Release,
    ReleaseStage,
    SourceDocument,
    Step,
)

Row = list[Any]
"""One row's values in the order of its table's columns; JSON columns hold plain Python values."""

INT4_MOST = 2**31 - 1


@dataclass(frozen=True, eq=False)
class Column:
    """One column: its name in the database, and what decides how a value is written."""

    name: str
    field: "models.Field[Any, Any]"

    @cached_property
    def kind(self) -> str:
        """One of json, time, bytes, text, whole, other."""
        for kind, types in (
            ("json", models.JSONField),
            ("time", models.DateTimeField),
            ("bytes", models.BinaryField),
            ("text", (models.CharField, models.TextField)),
            ("whole", models.IntegerField),
        ):
            if isinstance(self.field, types):
                return kind
        return "other"


@dataclass(frozen=True, eq=False)
class Table:
    """One table with the columns that a row lists, in this order; `id` is not among them."""

    model: type[models.Model]
    columns: tuple[Column, ...]
    at: dict[str, int] = field(repr=False)

    @property
    def name(self) -> str:
        """Its name in the database."""
        return self.model._meta.db_table

    def fit(self, rows: list[Row]) -> None:
        """Cut texts to the length of their column, so that both databases keep the same.

        Raises ValueError for a number that no column holds.
        """
        for at, column in enumerate(self.columns):
            most = column.field.max_length
            if column.kind == "text" and most:
                for row in rows:
                    if len(row[at]) > most:
                        row[at] = row[at][:most]
            elif column.kind == "whole":
                for row in rows:
                    if not -INT4_MOST <= row[at] <= INT4_MOST:
                        raise ValueError(f"{column.name} {row[at]} is larger than Azure's numbers are")


def table(model: type[models.Model], names: str) -> Table:
    """The table of a model with these columns; those not named keep their default and are never touched."""
    by_column = {one.column: one for one in model._meta.concrete_fields}
    columns = tuple(Column(name, by_column[name]) for name in names.split())
    return Table(model, columns, {column.name: at for at, column in enumerate(columns)})


RELEASE = table(
    Release,
    "project_id azure_id pipeline_id definition_revision definition_snapshot_revision name status reason description"
    " created_on modified_on created_by_id created_for_id modified_by_id trigger_kind trigger_alias versions_hash"
    " variables tags keep_forever is_unfinished has_failed has_partly_succeeded has_canceled has_succeeded depth"
    " listed_sha256 detailed_sha256 detailed_at logs_due_on changed_at gone_at",
)
STAGE = table(
    ReleaseStage,
    "release_id azure_id stage_id name rank status trigger_reason conditions variables created_on modified_on"
    " scheduled_on",
)
ARTIFACT = table(
    Artifact,
    "release_id alias role type source_id name version version_id version_name source_version branch repository"
    " is_triggering is_primary web_url model_version_id release_created_on",
)
DEPLOYMENT = table(
    Deployment,
    "release_stage_id stage_id attempt azure_id status operation_status reason requested_by_id requested_for_id"
    " queued_on started_on finished_on modified_on",
)
STEP = table(
    Step,
    "deployment_id phase_id task_id phase_name name rank status started_on finished_on agent issues",
)
APPROVAL = table(
    Approval,
    "project_id azure_id release_stage_id attempt type rank status is_automated approver_id approved_by_id comments"
    " history created_on modified_on",
)
DOCUMENT = table(SourceDocument, "project_id key depth sha256 body read_at")
SPAN = table(
    LiveSpan,
    "stage_id release_id opened_by_id live_from live_until versions_hash is_partial uncertain_since",
)
IDENTITY = table(Identity, "source key name email kind is_group")
