"""Attempts and approvals in lists of their own, each naming its release and stage."""

from rest_framework import serializers

from releases.api.serializers.asked import WithAsker
from releases.api.serializers.catalog import PipelineNameSerializer
from releases.api.serializers.people import person
from releases.api.serializers.releases import ReleaseNameSerializer
from releases.models import Approval, Deployment, Release, Stage
from releases.queries.links import release_url


class StageNameSerializer(serializers.ModelSerializer[Stage]):
    """A pipeline's stage where something else is told of."""

    class Meta:
        model = Stage
        fields = ["id", "name", "is_production"]
        read_only_fields = fields


class DeploymentSerializer(WithAsker, serializers.ModelSerializer[Deployment]):
    """One attempt to deploy one release to one stage; its approvals and steps are in the release's detail."""

    project = serializers.CharField(source="release_stage.release.project.slug", read_only=True)
    pipeline = PipelineNameSerializer(source="release_stage.release.pipeline", read_only=True)
    release = ReleaseNameSerializer(source="release_stage.release", read_only=True)
    stage = StageNameSerializer(read_only=True)
    web_url = serializers.SerializerMethodField()
    requested_by = person()
    requested_for = person()
    gone_at = serializers.DateTimeField(source="release_stage.release.gone_at", read_only=True, allow_null=True)

    class Meta:
        model = Deployment
        fields = ["id", "azure_id", "web_url", "project", "pipeline", "release", "stage", "attempt", "status"]
        fields += ["operation_status", "reason", "requested_by", "requested_for", "asked_in_slipway"]
        fields += ["queued_on", "started_on", "finished_on", "gone_at"]
        read_only_fields = fields

    def get_web_url(self, deployment: Deployment) -> str | None:
        """Its release in Azure DevOps."""
        return release_url(_release(deployment))


class ApprovalSerializer(serializers.ModelSerializer[Approval]):
    """One approval Azure DevOps asked for; `approver` was asked, `approved_by` decided."""

    project = serializers.CharField(source="project.slug", read_only=True)
    pipeline = PipelineNameSerializer(source="release_stage.release.pipeline", read_only=True)
    release = ReleaseNameSerializer(source="release_stage.release", read_only=True)
    stage = StageNameSerializer(source="release_stage.stage", read_only=True)
    web_url = serializers.SerializerMethodField()
    approver = person()
    approved_by = person()
    gone_at = serializers.DateTimeField(source="release_stage.release.gone_at", read_only=True, allow_null=True)

    class Meta:
        model = Approval
        fields = ["id", "azure_id", "web_url", "project", "pipeline", "release", "stage", "attempt", "type", "rank"]
        fields += ["status", "is_automated", "approver", "approved_by", "comments"]
        fields += ["created_on", "modified_on", "gone_at"]
        read_only_fields = fields

    def get_web_url(self, approval: Approval) -> str | None:
        """Its release in Azure DevOps."""
        return release_url(_release(approval))


def _release(thing: Deployment | Approval) -> Release:
    return thing.release_stage.release
