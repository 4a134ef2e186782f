"""Parameters of the lists of what happened."""

from rest_framework import serializers

from releases.api.filters.base import PageFilter, by_id, one_of, time, word
from releases.queries.filters import STATES
from releases.states import ApprovalStatus, DeploymentStatus, ReleaseStatus, TriggerKind


class ReleaseFilter(PageFilter):
    """Parameters of `releases`."""

    project = word("Slug of the project.")
    pipeline = by_id("Our id of the pipeline.")
    trigger = one_of(TriggerKind, "Why the release was created.")
    model = word("Name of a model or scaler that the release carries.")
    model_version = word("Its version, together with `model` or alone.")
    scaler = word("Name of a scaler that the release carries.")
    scaler_version = word("Its version, together with `scaler` or alone.")
    commit = serializers.RegexField(
        r"^[0-9a-fA-F]{7,64}$",
        required=False,
        help_text="7 letters or more of a commit that it carries or brought.",
    )
    stage_status = serializers.ChoiceField(
        choices=STATES, required=False, help_text="How any of its stages stands, as the list of releases calls it."
    )
    text = word("Words of its name, description, tags, people and artifacts; all of them must be there.")
    status = one_of(ReleaseStatus, "Azure's word for the release.")
    person = word("Name, e-mail address or unique name of who created it.")
    created_after = time("Created at or after.")
    created_before = time("Created before.")


class DeploymentFilter(PageFilter):
    """Parameters of `deployments`."""

    project = word("Slug of the project.")
    pipeline = by_id("Our id of the pipeline.")
    stage = by_id("Our id of the pipeline's stage.")
    release = by_id("Our id of the release.")
    trigger = one_of(TriggerKind, "Why its release was created.")
    model = word("Name of a model or scaler that its release carries.")
    model_version = word("Its version, together with `model` or alone.")
    status = one_of(DeploymentStatus, "Azure's word for the attempt.")
    person = word("Name, e-mail address or unique name of who requested it.")
    created_after = time("Queued at or after.")
    created_before = time("Queued before.")


class ApprovalFilter(PageFilter):
    """Parameters of `approvals`."""

    project = word("Slug of the project.")
    pipeline = by_id("Our id of the pipeline.")
    release = by_id("Our id of the release.")
    status = one_of(ApprovalStatus, "Azure's word for the approval.")
    type = serializers.ChoiceField(
        choices=["preDeploy", "postDeploy"], required=False, help_text="Asked before or after the deployment."
    )
    is_automated = serializers.BooleanField(
        required=False, default=False, help_text="True lists those that no person was asked for."
    )
    person = word("Name, e-mail address or unique name of who was asked or decided.")
    created_after = time("Asked at or after.")
    created_before = time("Asked before.")
