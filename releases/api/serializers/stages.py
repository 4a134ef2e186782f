"""Stages with what they run, and the rules that decide what an artifact is."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from releases.api.serializers.catalog import PipelineNameSerializer
from releases.api.serializers.releases import ReleaseNameSerializer
from releases.models import ArtifactRule, EndpointRule, LiveSpan, Stage, StageBinding
from releases.queries.links import pipeline_url
from releases.queries.starting import needed, starts


class LiveNowSerializer(serializers.ModelSerializer[LiveSpan]):
    """What a stage runs now. `uncertain_since`: a later attempt failed and may have changed it."""

    release = ReleaseNameSerializer(read_only=True)

    class Meta:
        model = LiveSpan
        fields = ["id", "release", "live_from", "versions_hash", "is_partial", "uncertain_since"]
        read_only_fields = fields


class StagePlaceSerializer(serializers.ModelSerializer[StageBinding]):
    """Where a stage is served, and how that is known; `cluster` for legacy ones, whose services cannot be seen."""

    endpoint = serializers.CharField(source="endpoint.name", read_only=True, default=None, allow_null=True)
    cluster = serializers.CharField(source="cluster.name", read_only=True, default=None, allow_null=True)

    class Meta:
        model = StageBinding
        fields = ["endpoint", "cluster", "origin", "sentence", "bound_at"]
        read_only_fields = fields


class StageNowSerializer(serializers.ModelSerializer[Stage]):
    """A stage of a pipeline, the same across renames: how it starts, what is live there, where it is served."""

    azure_id = serializers.IntegerField(source="definition_environment_id", read_only=True)
    web_url = serializers.SerializerMethodField()
    project = serializers.CharField(source="pipeline.project.slug", read_only=True)
    pipeline = PipelineNameSerializer(read_only=True)
    starts = serializers.SerializerMethodField()
    needs = serializers.SerializerMethodField()
    live = serializers.SerializerMethodField()
    place = serializers.SerializerMethodField()

    class Meta:
        model = Stage
        fields = ["id", "azure_id", "web_url", "project", "pipeline", "name", "rank", "is_production", "headline"]
        fields += ["starts", "needs", "live", "place", "gone_at"]
        read_only_fields = fields

    def get_web_url(self, stage: Stage) -> str | None:
        """Its pipeline in Azure DevOps, which has no page for a stage alone."""
        return pipeline_url(stage.pipeline)

    def get_starts(self, stage: Stage) -> list[str]:
        """Every condition as a sentence."""
        return starts(stage.conditions)

    def get_needs(self, stage: Stage) -> list[str]:
        """The stages that must have ended first, by name."""
        return needed(stage.conditions)

    @extend_schema_field(LiveNowSerializer(allow_null=True))
    def get_live(self, stage: Stage) -> object:
        """What it runs now; null when it runs nothing."""
        spans: list[LiveSpan] = getattr(stage, "open_spans", [])
        return LiveNowSerializer(spans[0]).data if spans else None

    @extend_schema_field(StagePlaceSerializer(allow_null=True))
    def get_place(self, stage: Stage) -> object:
        """Where it is served; null while nothing says so."""
        binding = getattr(stage, "binding", None)
        return StagePlaceSerializer(binding).data if binding else None


class ArtifactRuleSerializer(serializers.ModelSerializer[ArtifactRule]):
    """One rule; without a `project` it holds in every one, after each project's own. The lowest priority wins."""

    project = serializers.CharField(source="project.slug", read_only=True, default=None, allow_null=True)

    class Meta:
        model = ArtifactRule
        fields = ["id", "project", "priority", "type_pattern", "name_pattern", "role", "changed_at"]
        read_only_fields = fields


class EndpointRuleSerializer(serializers.ModelSerializer[EndpointRule]):
    """One rule; without a `project` it holds in every one, after each project's own. The lowest priority comes first.

    In `endpoint_pattern` `{pipeline}` and `{stage}` stand for the stage's own names.
    """

    project = serializers.CharField(source="project.slug", read_only=True, default=None, allow_null=True)

    class Meta:
        model = EndpointRule
        fields = ["id", "project", "priority", "pipeline_pattern", "stage_pattern", "endpoint_pattern", "changed_at"]
        read_only_fields = fields
