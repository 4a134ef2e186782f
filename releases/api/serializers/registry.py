"""Model versions and training runs, as Azure ML keeps them."""

from typing import Any

from rest_framework import serializers

from releases.api.serializers.people import person
from releases.models import ModelVersion, TrainingRun
from releases.queries.figures_beside import Beside, Figure
from releases.queries.lineage import Link
from releases.queries.links import model_version_url, shown
from releases.queries.metric_directions import Verdict
from releases.queries.model_version import Place


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


class LinkSerializer(serializers.Serializer[Link]):
    """One link of where a version comes from; a missing one has `missing`, a sentence, in place of its text."""

    kind = serializers.CharField(read_only=True)
    text = serializers.CharField(read_only=True)
    detail = serializers.CharField(read_only=True)
    at = serializers.DateTimeField(read_only=True, allow_null=True)
    url = serializers.SerializerMethodField()
    missing = serializers.CharField(read_only=True)

    def get_url(self, link: Link) -> str | None:
        """Null when the address is not one we would link to."""
        return shown(link.url)


class BesideSerializer(serializers.Serializer[Beside]):
    """Another version's figure; `change` is what this version has more, `verdict` whether that is better."""

    figure = serializers.FloatField(read_only=True, allow_null=True)
    change = serializers.FloatField(read_only=True, allow_null=True)
    verdict = serializers.ChoiceField(choices=[one.value for one in Verdict], read_only=True)


class FigureSerializer(serializers.Serializer[Figure]):
    """One metric; `others` stand in the order of `compared_with`."""

    name = serializers.CharField(read_only=True)
    figure = serializers.FloatField(read_only=True, allow_null=True)
    noted_by = serializers.CharField(source="source", read_only=True)
    others = BesideSerializer(many=True, read_only=True)


class PlaceSerializer(serializers.Serializer[Place]):
    """One stage of a pipeline that carried the version; `times` 0 is one where it never ran."""

    stage = serializers.IntegerField(source="stage.pk", read_only=True)
    name = serializers.CharField(source="stage.name", read_only=True)
    pipeline = serializers.IntegerField(source="stage.pipeline_id", read_only=True)
    project = serializers.CharField(source="stage.pipeline.project.slug", read_only=True)
    is_live = serializers.BooleanField(read_only=True)
    times = serializers.IntegerField(source="ran.count", default=0, read_only=True)
    first = serializers.DateTimeField(source="ran.first", default=None, read_only=True, allow_null=True)
    last = serializers.DateTimeField(source="ran.last", default=None, read_only=True, allow_null=True)
    lasted = serializers.SerializerMethodField()

    def get_lasted(self, place: Place) -> float:
        """In seconds, all times together."""
        return place.ran.lasted.total_seconds() if place.ran else 0.0


class ModelVersionNameSerializer(serializers.ModelSerializer[ModelVersion]):
    """A model version where something else is told of."""

    class Meta:
        model = ModelVersion
        fields = ["id", "name", "version"]
        read_only_fields = fields


class ModelVersionWholeSerializer(ModelVersionSerializer):
    """A version alone: also where it comes from, where it ran, and its figures beside those of other versions.

    `compared_with` is the version before and the live one where that is another; each figure's `others` are in that
    order. Of stages and releases only those of projects the asker sees count. The times are in `live-spans`.
    """

    compared_with = ModelVersionNameSerializer(source="seen.compared", many=True, read_only=True)
    figures = FigureSerializer(source="seen.figures", many=True, read_only=True)
    lineage = LinkSerializer(source="seen.chain", many=True, read_only=True)
    stages = PlaceSerializer(source="seen.places", many=True, read_only=True)
    release_count = serializers.IntegerField(source="seen.release_count", read_only=True)

    class Meta(ModelVersionSerializer.Meta):
        fields = [*ModelVersionSerializer.Meta.fields, "compared_with", "figures", "lineage", "stages", "release_count"]
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
