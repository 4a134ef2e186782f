"""Endpoints with what they serve and how they do, computes, looks and drifts.

Tags are not told: they may name what others own.
"""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from releases.api.serializers.catalog import PipelineNameSerializer
from releases.api.serializers.deployments import StageNameSerializer
from releases.api.serializers.releases import ReleaseNameSerializer
from releases.models import Cluster, Drift, Endpoint, EndpointCheck, EndpointDeployment, HealthSample, StageBinding
from releases.queries.health import LastDay
from releases.queries.links import endpoint_url


class ServedSerializer(serializers.Serializer[Any]):
    """One deployment that has traffic: its model version and its share. Empty: Azure does not name its model."""

    deployment = serializers.CharField()
    model = serializers.CharField(allow_blank=True)
    version = serializers.CharField(allow_blank=True)
    percent = serializers.IntegerField()


class ModelNameSerializer(serializers.Serializer[Any]):
    """One version of one model."""

    model = serializers.CharField()
    version = serializers.CharField()


class EndpointNameSerializer(serializers.ModelSerializer[Endpoint]):
    """An endpoint where something else is told of."""

    class Meta:
        model = Endpoint
        fields = ["id", "name"]
        read_only_fields = fields


class EndpointDeploymentSerializer(serializers.ModelSerializer[EndpointDeployment]):
    """One deployment behind an endpoint. `model_version` is our id of it, if known; `settings` in plain units."""

    model_version = serializers.IntegerField(source="model_version_id", read_only=True, allow_null=True)
    settings: Any = serializers.DictField(read_only=True)

    class Meta:
        model = EndpointDeployment
        fields = ["id", "name", "model_name", "model_number", "model_source", "model_version", "provisioning_state"]
        fields += ["instance_type", "instance_count", "settings", "created_on", "modified_on"]
        read_only_fields = fields


class CheckNowSerializer(serializers.ModelSerializer[EndpointCheck]):
    """What the endpoint serves now. `since`: Azure's own time of the change where known, else when a look saw it."""

    state = serializers.CharField(read_only=True)
    served = ServedSerializer(many=True, read_only=True)

    class Meta:
        model = EndpointCheck
        fields = ["id", "state", "since", "seen_from", "served", "sentence"]
        read_only_fields = fields


class EndpointCheckSerializer(CheckNowSerializer):
    """What an endpoint was seen to serve, from the first look that saw it until the last; null: it is so now."""

    endpoint = EndpointNameSerializer(read_only=True)
    workspace = serializers.CharField(source="endpoint.workspace.name", read_only=True)

    class Meta(CheckNowSerializer.Meta):
        fields = ["id", "endpoint", "workspace", "state", "since", "seen_from", "seen_until", "served", "sentence"]
        read_only_fields = fields


class BoundStageSerializer(serializers.ModelSerializer[StageBinding]):
    """A stage that is served there, and how that is known (`origin`, `sentence`)."""

    project = serializers.CharField(source="stage.pipeline.project.slug", read_only=True)
    pipeline = PipelineNameSerializer(source="stage.pipeline", read_only=True)
    stage = StageNameSerializer(read_only=True)

    class Meta:
        model = StageBinding
        fields = ["project", "pipeline", "stage", "origin", "sentence", "bound_at"]
        read_only_fields = fields


class LastDaySerializer(serializers.Serializer[LastDay]):
    """The last 24 hours of an endpoint, over all its deployments; `latency_p95` in milliseconds, `error_share` 0 to 1.

    `latency_p95` is the mean of the quarter hours' p95, weighted by requests. Figures that are null are not known;
    `no_data` says why where none is, `azure_said` in Azure's own words.
    """

    since = serializers.DateTimeField(read_only=True)
    until = serializers.DateTimeField(read_only=True)
    requests = serializers.FloatField(source="health.requests", read_only=True, allow_null=True)
    requests_per_minute = serializers.FloatField(source="health.per_minute", read_only=True, allow_null=True)
    latency_p95 = serializers.FloatField(source="health.p95", read_only=True, allow_null=True)
    error_share = serializers.FloatField(source="health.error_share", read_only=True, allow_null=True)
    no_data = serializers.CharField(source="why", read_only=True)
    azure_said = serializers.CharField(read_only=True)
    read_at = serializers.DateTimeField(read_only=True, allow_null=True)


class HealthSampleSerializer(serializers.ModelSerializer[HealthSample]):
    """One stretch of `minutes` from `at`, of one deployment. What Azure Monitor did not report is null.

    `latency_p95` in milliseconds, `error_share` 0 to 1.
    """

    endpoint = EndpointNameSerializer(read_only=True)
    workspace = serializers.CharField(source="endpoint.workspace.name", read_only=True)

    class Meta:
        model = HealthSample
        fields = ["id", "endpoint", "workspace", "deployment", "at", "minutes"]
        fields += ["requests_per_minute", "latency_p95", "error_share"]
        read_only_fields = fields


class EndpointSerializer(serializers.ModelSerializer[Endpoint]):
    """One online endpoint. `traffic` is percent by deployment, `check` what it serves as far as seen, `health` how."""

    azure_id = serializers.CharField(source="name", read_only=True)
    web_url = serializers.SerializerMethodField()
    workspace = serializers.CharField(source="workspace.name", read_only=True)
    cluster = serializers.IntegerField(source="cluster_id", read_only=True, allow_null=True)
    traffic: Any = serializers.DictField(child=serializers.IntegerField(), read_only=True)
    mirror_traffic: Any = serializers.DictField(child=serializers.IntegerField(), read_only=True)
    deployments = EndpointDeploymentSerializer(source="behind", many=True, read_only=True)
    check = serializers.SerializerMethodField()
    health = LastDaySerializer(source="day", read_only=True)
    stages = BoundStageSerializer(source="bound", many=True, read_only=True)

    class Meta:
        model = Endpoint
        fields = ["id", "azure_id", "web_url", "workspace", "name", "kind", "cluster", "compute_name", "description"]
        fields += ["scoring_uri", "auth_mode", "provisioning_state", "traffic", "mirror_traffic", "deployments"]
        fields += ["check", "health", "stages", "created_on", "modified_on", "changed_at", "gone_at"]
        read_only_fields = fields

    def get_web_url(self, endpoint: Endpoint) -> str | None:
        """The endpoint in Azure Machine Learning studio."""
        return endpoint_url(endpoint)

    @extend_schema_field(CheckNowSerializer(allow_null=True))
    def get_check(self, endpoint: Endpoint) -> dict[str, Any] | None:
        """Null before the first look."""
        now: list[EndpointCheck] = getattr(endpoint, "now", [])
        return CheckNowSerializer(now[0]).data if now else None


class ClusterSerializer(serializers.ModelSerializer[Cluster]):
    """One compute. What runs on the legacy kind AKS is not shown by Azure: `endpoints` is empty and means nothing.

    `stages` are those bound to such a cluster.
    """

    azure_id = serializers.CharField(source="name", read_only=True)
    workspace = serializers.CharField(source="workspace.name", read_only=True)
    endpoints = EndpointNameSerializer(source="there", many=True, read_only=True)
    stages = BoundStageSerializer(source="bound", many=True, read_only=True)

    class Meta:
        model = Cluster
        fields = ["id", "azure_id", "workspace", "name", "kind", "description", "resource_id", "namespace", "location"]
        fields += ["provisioning_state", "size", "nodes", "fewest_nodes", "most_nodes", "is_attached", "endpoints"]
        fields += ["stages", "created_on", "modified_on", "changed_at", "gone_at"]
        read_only_fields = fields


class DriftSerializer(serializers.ModelSerializer[Drift]):
    """One time in which a stage's endpoint served something else than was deployed; `drift_until` null: it does now."""

    project = serializers.CharField(source="stage.pipeline.project.slug", read_only=True)
    pipeline = PipelineNameSerializer(source="stage.pipeline", read_only=True)
    stage = StageNameSerializer(read_only=True)
    endpoint = EndpointNameSerializer(read_only=True)
    release = ReleaseNameSerializer(source="span.release", read_only=True)
    served = ServedSerializer(many=True, read_only=True)
    deployed = ModelNameSerializer(many=True, read_only=True)

    class Meta:
        model = Drift
        fields = ["id", "project", "pipeline", "stage", "endpoint", "release", "drift_from", "drift_until"]
        fields += ["served", "deployed", "ended_by"]
        read_only_fields = fields
