"""What the lists can be narrowed by: the parameters of each list, validated here, applied by `releases.queries`."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from releases.api.paging import DEFAULT_SIZE, LARGEST_SIZE
from releases.queries.keyset import LONGEST_CURSOR
from releases.states import ApprovalStatus, DeploymentStatus, ReleaseStatus, SyncRunState, TriggerKind

LARGEST_ID = 2**63 - 1
LONGEST = 400


TEXT = {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": r"^[^\x00]+$"}


@extend_schema_field(TEXT)
class Word(serializers.CharField):
    """Text compared as it is; neither empty nor with a NUL, which PostgreSQL does not know."""


def _id(told: str) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=LARGEST_ID, required=False, help_text=told)


def _word(told: str) -> Word:
    return Word(max_length=LONGEST, trim_whitespace=False, required=False, help_text=told)


def _one_of(words: Any, told: str) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=[word.value for word in words], required=False, help_text=told)


def _time(told: str) -> serializers.DateTimeField:
    return serializers.DateTimeField(required=False, help_text=f"{told} ISO 8601; without an offset it is UTC.")


class PageFilter(serializers.Serializer[Any]):
    """What every list takes."""

    cursor = serializers.CharField(
        max_length=LONGEST_CURSOR, required=False, help_text="From `next` or `previous` of another page."
    )
    limit = serializers.IntegerField(
        min_value=1, max_value=LARGEST_SIZE, default=DEFAULT_SIZE, help_text="Rows in a page."
    )


class ProjectFilter(PageFilter):
    """Parameters of `projects`."""

    organization = _word("Name of the organization.")


class PipelineFilter(PageFilter):
    """Parameters of `pipelines`."""

    project = _word("Slug of the project.")
    name = _word("Name of the pipeline, whatever its case.")


class ReleaseFilter(PageFilter):
    """Parameters of `releases`."""

    project = _word("Slug of the project.")
    pipeline = _id("Our id of the pipeline.")
    trigger = _one_of(TriggerKind, "Why the release was created.")
    model = _word("Name of a model or scaler that the release carries.")
    model_version = _word("Its version, together with `model` or alone.")
    status = _one_of(ReleaseStatus, "Azure's word for the release.")
    person = _word("Name, e-mail address or unique name of who created it.")
    created_after = _time("Created at or after.")
    created_before = _time("Created before.")


class DeploymentFilter(PageFilter):
    """Parameters of `deployments`."""

    project = _word("Slug of the project.")
    pipeline = _id("Our id of the pipeline.")
    stage = _id("Our id of the pipeline's stage.")
    release = _id("Our id of the release.")
    trigger = _one_of(TriggerKind, "Why its release was created.")
    model = _word("Name of a model or scaler that its release carries.")
    model_version = _word("Its version, together with `model` or alone.")
    status = _one_of(DeploymentStatus, "Azure's word for the attempt.")
    person = _word("Name, e-mail address or unique name of who requested it.")
    created_after = _time("Queued at or after.")
    created_before = _time("Queued before.")


class ApprovalFilter(PageFilter):
    """Parameters of `approvals`."""

    project = _word("Slug of the project.")
    pipeline = _id("Our id of the pipeline.")
    release = _id("Our id of the release.")
    status = _one_of(ApprovalStatus, "Azure's word for the approval.")
    type = serializers.ChoiceField(
        choices=["preDeploy", "postDeploy"], required=False, help_text="Asked before or after the deployment."
    )
    is_automated = serializers.BooleanField(
        required=False, default=False, help_text="True lists those that no person was asked for."
    )
    person = _word("Name, e-mail address or unique name of who was asked or decided.")
    created_after = _time("Asked at or after.")
    created_before = _time("Asked before.")


class ModelVersionFilter(PageFilter):
    """Parameters of `model-versions`."""

    workspace = _word("Name of the workspace.")
    name = _word("Name of the model.")
    version = _word("The version.")
    training_run = _id("Our id of the run that trained it.")
    person = _word("Name or e-mail address of who registered it.")
    created_after = _time("Registered at or after.")
    created_before = _time("Registered before.")


class TrainingRunFilter(PageFilter):
    """Parameters of `training-runs`."""

    workspace = _word("Name of the workspace.")
    name = _word("Azure ML's name of the job.")
    experiment = _word("Name of the experiment.")
    status = _word("Azure ML's word for the job, whatever its case.")
    model = _word("Name of a model that it made.")
    person = _word("Name or e-mail address of its owner.")
    created_after = _time("Created at or after.")
    created_before = _time("Created before.")


class SyncRunFilter(PageFilter):
    """Parameters of `sync-runs`."""

    project = _word("Slug of the project.")
    workspace = _word("Name of the workspace.")
    kind = _word("Which feed.")
    state = _one_of(SyncRunState, "Where it stands.")
    started_after = _time("Started at or after.")
    started_before = _time("Started before.")
