"""Model versions and training runs, as Azure ML keeps them."""

from typing import Any

from rest_framework import serializers

from releases.api.serializers.people import person
from releases.models import ModelVersion, TrainingRun
from releases.queries.links import model_version_url, shown


class TrainingRunNameSerializer(serializers.ModelSerializer[TrainingRun]):
    """A training run where something else is told of."""

    azure_id = serializers.CharField(source="name", read_only=True)

    class Meta:
        model = TrainingRun
        fields = ["id", "azure_id", "display_name"]
        read_only_fields = fields


class ModelVersionSerializer(serializers.ModelSerializer[ModelVersion]):
    """One version of one model. `metrics` are numbers by name, from its tags and properties, then from its run."""

    azure_id = serializers.SerializerMethodField()
    web_url = serializers.SerializerMethodField()
    workspace = serializers.CharField(source="workspace.name", read_only=True)
    created_by = person()
    training_run = TrainingRunNameSerializer(read_only=True, allow_null=True)
    tags = serializers.DictField(read_only=True)
    metrics = serializers.DictField(read_only=True)

    class Meta:
        model = ModelVersion
        fields = ["id", "azure_id", "web_url", "workspace", "name", "version", "description", "stage", "type"]
        fields += ["created_on", "created_by", "training_run", "tags", "metrics", "is_archived"]
        fields += ["changed_at", "gone_at"]
        read_only_fields = fields

    def get_azure_id(self, version: ModelVersion) -> str:
        """`name:version`, as Azure ML writes it."""
        return f"{version.name}:{version.version}"

    def get_web_url(self, version: ModelVersion) -> str | None:
        """The version in Azure Machine Learning studio."""
        return model_version_url(version.workspace, name=version.name, version=version.version)


class ModelVersionNameSerializer(serializers.ModelSerializer[ModelVersion]):
    """A model version where something else is told of."""

    class Meta:
        model = ModelVersion
        fields = ["id", "name", "version"]
        read_only_fields = fields


class TrainingRunSerializer(serializers.ModelSerializer[TrainingRun]):
    """One job that trained or registered a model; `missing_sentence` says why a part of it could not be read."""

    azure_id = serializers.CharField(source="name", read_only=True)
    web_url = serializers.SerializerMethodField()
    workspace = serializers.CharField(source="workspace.name", read_only=True)
    owner = person()
    inputs: Any = serializers.JSONField(read_only=True)
    metrics = serializers.DictField(read_only=True)
    model_versions = ModelVersionNameSerializer(many=True, read_only=True)

    class Meta:
        model = TrainingRun
        fields = ["id", "azure_id", "web_url", "workspace", "display_name", "experiment", "status", "job_type"]
        fields += ["owner", "created_on", "started_on", "finished_on", "commit", "branch", "repository", "is_dirty"]
        fields += ["inputs", "metrics", "model_versions", "missing_sentence", "changed_at", "gone_at"]
        read_only_fields = fields

    def get_web_url(self, run: TrainingRun) -> str | None:
        """The run in Azure Machine Learning studio; null when the address is not one we would link to."""
        return shown(run.web_url)
