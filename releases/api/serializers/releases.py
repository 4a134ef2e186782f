"""Releases: in the list with artifacts and stages, alone with every attempt, its approvals and steps."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from releases.api.serializers.asked import WithAsker
from releases.api.serializers.catalog import PipelineNameSerializer
from releases.api.serializers.people import person
from releases.models import Approval, Artifact, Deployment, Release, ReleaseStage, Step
from releases.queries import snapshot
from releases.queries.links import release_url, shown
from releases.queries.release_trees import TriggerTold, trigger_of
from releases.states import ArtifactRole, Depth, TriggerKind


class TriggerToldSerializer(serializers.Serializer[TriggerTold]):
    """Why a release was created: the kind, one sentence, and the artifact that set it off (or empty)."""

    kind = serializers.ChoiceField(choices=[kind.value for kind in TriggerKind], read_only=True)
    sentence = serializers.CharField(read_only=True)
    artifact_alias = serializers.CharField(read_only=True)


class ArtifactSerializer(serializers.ModelSerializer[Artifact]):
    """One artifact version that a release carries; `model_version` is our id of it in the registry, if known there."""

    role = serializers.ChoiceField(choices=[role.value for role in ArtifactRole], read_only=True)
    model_version = serializers.IntegerField(source="model_version_id", read_only=True, allow_null=True)
    web_url = serializers.SerializerMethodField()

    class Meta:
        model = Artifact
        fields = ["alias", "role", "type", "name", "version", "version_id", "source_version", "branch", "repository"]
        fields += ["is_triggering", "is_primary", "model_version", "web_url"]
        read_only_fields = fields

    def get_web_url(self, artifact: Artifact) -> str | None:
        """The artifact where it comes from; null when the address is not one we would link to."""
        return shown(artifact.web_url, artifact.release.project)


class ReleaseStageSerializer(serializers.ModelSerializer[ReleaseStage]):
    """One stage of one release; `stage` is our id of the pipeline's stage, `status` Azure's word."""

    stage = serializers.IntegerField(source="stage_id", read_only=True)

    class Meta:
        model = ReleaseStage
        fields = ["id", "azure_id", "stage", "name", "rank", "status"]
        read_only_fields = fields


class StepSerializer(serializers.ModelSerializer[Step]):
    """One task of an attempt, in the order it ran."""

    issues: Any = serializers.JSONField(read_only=True)

    class Meta:
        model = Step
        fields = ["id", "phase_name", "name", "rank", "status", "started_on", "finished_on", "agent", "issues"]
        read_only_fields = fields


class ReleaseApprovalSerializer(serializers.ModelSerializer[Approval]):
    """One approval that people were asked for, before (preDeploy) or after (postDeploy) an attempt."""

    approver = person()
    approved_by = person()

    class Meta:
        model = Approval
        fields = ["id", "azure_id", "type", "rank", "status", "approver", "approved_by", "comments"]
        fields += ["created_on", "modified_on"]
        read_only_fields = fields


class AttemptSerializer(WithAsker, serializers.ModelSerializer[Deployment]):
    """One attempt to deploy the release to the stage, with its approvals and, once read in detail, its steps."""

    requested_by = person()
    requested_for = person()
    approvals = serializers.SerializerMethodField()
    steps = StepSerializer(many=True, read_only=True)

    class Meta:
        model = Deployment
        fields = ["id", "azure_id", "attempt", "status", "operation_status", "reason", "requested_by", "requested_for"]
        fields += ["asked_in_slipway", "queued_on", "started_on", "finished_on", "approvals", "steps"]
        read_only_fields = fields

    @extend_schema_field(ReleaseApprovalSerializer(many=True))
    def get_approvals(self, attempt: Deployment) -> Any:
        """Those of this attempt; the automated ones are left out, see `approvals/?is_automated=true`."""
        approvals = [a for a in attempt.release_stage.approvals.all() if a.attempt == attempt.attempt]
        return ReleaseApprovalSerializer(approvals, many=True, context=self.context).data


class ReleaseStageWholeSerializer(ReleaseStageSerializer):
    """One stage of one release with all attempts, the first first. `seen` goes back with a command for the stage."""

    seen = serializers.SerializerMethodField()
    attempts = AttemptSerializer(source="deployments", many=True, read_only=True)

    class Meta(ReleaseStageSerializer.Meta):
        fields = [*ReleaseStageSerializer.Meta.fields, "trigger_reason", "scheduled_on", "seen", "attempts"]
        read_only_fields = fields

    def get_seen(self, stage: ReleaseStage) -> str:
        """What you see of the release and this stage, signed."""
        return str(self.context["seen"][stage.pk])


class ReleaseSerializer(serializers.ModelSerializer[Release]):
    """One release. `gone_at`: when Azure DevOps was first seen without it; our record stays."""

    project = serializers.CharField(source="project.slug", read_only=True)
    pipeline = PipelineNameSerializer(read_only=True)
    web_url = serializers.SerializerMethodField()
    created_by = person()
    created_for = person()
    trigger = serializers.SerializerMethodField()
    artifacts = ArtifactSerializer(many=True, read_only=True)
    stages = ReleaseStageSerializer(many=True, read_only=True)

    class Meta:
        model = Release
        fields = ["id", "azure_id", "web_url", "project", "pipeline", "definition_revision", "name", "status"]
        fields += ["reason", "description", "created_on", "created_by", "created_for", "modified_on", "trigger"]
        fields += ["artifacts", "stages", "changed_at", "gone_at"]
        read_only_fields = fields

    def get_web_url(self, release: Release) -> str | None:
        """The release in Azure DevOps."""
        return release_url(release)

    @extend_schema_field(TriggerToldSerializer)
    def get_trigger(self, release: Release) -> Any:
        """Why it was created."""
        return TriggerToldSerializer(trigger_of(release)).data


class ReleaseWholeSerializer(ReleaseSerializer):
    """One release down to the steps of its attempts; `depth` says whether they were read yet.

    `seen` goes back with a command that abandons it.
    """

    depth = serializers.ChoiceField(choices=[depth.value for depth in Depth], read_only=True)
    tags = serializers.ListField(child=serializers.CharField(), read_only=True)
    seen = serializers.SerializerMethodField()
    stages = ReleaseStageWholeSerializer(many=True, read_only=True)

    class Meta(ReleaseSerializer.Meta):
        fields = [*ReleaseSerializer.Meta.fields, "depth", "tags", "keep_forever", "seen"]
        read_only_fields = fields

    def to_representation(self, release: Release) -> dict[str, Any]:
        """With what is seen of its stages, read for all of them at once."""
        whole = snapshot.seen_of_release(release)
        stages = snapshot.seen_by_stage(whole, release.stages.all())
        tokens: dict[int | None, str] = {pk: snapshot.token(seen) for pk, seen in stages.items()}
        cast("dict[str, Any]", self.context)["seen"] = {None: snapshot.token(whole), **tokens}
        return super().to_representation(release)

    def get_seen(self, _release: Release) -> str:
        """What you see of the release, signed."""
        return str(self.context["seen"][None])


class ReleaseNameSerializer(serializers.ModelSerializer[Release]):
    """A release where something else is told of."""

    class Meta:
        model = Release
        fields = ["id", "azure_id", "name", "gone_at"]
        read_only_fields = fields
