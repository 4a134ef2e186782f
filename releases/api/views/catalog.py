"""Projects and pipelines as lists and details."""

from django.db.models import QuerySet

from releases.api.base import Given, Noun
from releases.api.filters import catalog as filters
from releases.api.serializers.catalog import PipelineSerializer, ProjectSerializer
from releases.models import Pipeline, Project, User
from releases.queries.projects import pipelines, projects


class Projects(Noun):
    """The projects that Slipway follows."""

    scope = "read:projects"
    model = Project
    serializer_class = ProjectSerializer
    filters = filters.ProjectFilter

    def rows(self, user: User, given: Given) -> QuerySet[Project]:
        """Newest followed first."""
        return projects(user, given)


class Pipelines(Noun):
    """The release pipelines of these projects."""

    scope = "read:pipelines"
    model = Pipeline
    serializer_class = PipelineSerializer
    filters = filters.PipelineFilter

    def rows(self, user: User, given: Given) -> QuerySet[Pipeline]:
        """Newest known first."""
        return pipelines(user, given)
