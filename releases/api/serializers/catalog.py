"""Projects and pipelines."""

from rest_framework import serializers

from releases.models import Organization, Pipeline, Project, Stage, Trigger
from releases.queries.links import pipeline_url, project_url
from releases.queries.schedules import read
from releases.states import TriggerKind


class OrganizationSerializer(serializers.ModelSerializer[Organization]):
    """An Azure DevOps organization, without anything about how we sign in to it."""

    class Meta:
        model = Organization
        fields = ["name", "url"]
        read_only_fields = fields


class ProjectSerializer(serializers.ModelSerializer[Project]):
    """A project that Slipway follows; `slug` is its name in filters and page addresses."""

    organization = OrganizationSerializer(read_only=True)
    web_url = serializers.SerializerMethodField()

    class Meta:
        model = Project
        fields = ["id", "azure_id", "web_url", "name", "slug", "organization", "is_followed"]
        read_only_fields = fields

    def get_web_url(self, project: Project) -> str | None:
        """The project in Azure DevOps."""
        return project_url(project)


class StageSerializer(serializers.ModelSerializer[Stage]):
    """A stage of a pipeline, the same across renames."""

    class Meta:
        model = Stage
        fields = ["id", "definition_environment_id", "name", "rank", "is_production", "headline", "gone_at"]
        read_only_fields = fields


class TriggerSerializer(serializers.ModelSerializer[Trigger]):
    """What makes the pipeline release by itself; `schedule` in words where it is one."""

    kind = serializers.ChoiceField(choices=[kind.value for kind in TriggerKind], read_only=True)
    schedule = serializers.SerializerMethodField()

    class Meta:
        model = Trigger
        fields = ["kind", "alias", "schedule"]
        read_only_fields = fields

    def get_schedule(self, trigger: Trigger) -> str | None:
        """`Mondays 11:00 Europe/Helsinki`; null for other kinds."""
        found = read(trigger.settings) if trigger.kind == TriggerKind.SCHEDULE else None
        return found.sentence if found else None


class PipelineSerializer(serializers.ModelSerializer[Pipeline]):
    """A release pipeline with its stages in order and the triggers of its newest revision."""

    project = serializers.CharField(source="project.slug", read_only=True)
    web_url = serializers.SerializerMethodField()
    stages = StageSerializer(many=True, read_only=True)
    triggers = TriggerSerializer(many=True, read_only=True)

    class Meta:
        model = Pipeline
        fields = ["id", "azure_id", "web_url", "project", "name", "path", "revision"]
        fields += ["description", "stages", "triggers", "changed_at", "gone_at"]
        read_only_fields = fields

    def get_web_url(self, pipeline: Pipeline) -> str | None:
        """The pipeline in Azure DevOps."""
        return pipeline_url(pipeline)


class PipelineNameSerializer(serializers.ModelSerializer[Pipeline]):
    """A pipeline where something else is told of."""

    class Meta:
        model = Pipeline
        fields = ["id", "azure_id", "name"]
        read_only_fields = fields
