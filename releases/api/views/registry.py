"""What Azure ML knows, as lists and details: model versions and the runs that trained them."""

from django.db.models import QuerySet

from releases.api.base import Given, Noun
from releases.api.filters import registry as filters
from releases.api.serializers.registry import ModelVersionSerializer, TrainingRunSerializer
from releases.models import ModelVersion, TrainingRun, User
from releases.queries.model_versions import model_versions
from releases.queries.training_runs import training_runs


class ModelVersions(Noun):
    """The model versions in the registries of these projects, newest known first."""

    scope = "read:model-versions"
    model = ModelVersion
    serializer_class = ModelVersionSerializer
    filters = filters.ModelVersionFilter

    def rows(self, user: User, given: Given) -> QuerySet[ModelVersion]:
        """With the run that trained each."""
        return model_versions(user, given)


class TrainingRuns(Noun):
    """The jobs that trained them, newest known first."""

    scope = "read:training-runs"
    model = TrainingRun
    serializer_class = TrainingRunSerializer
    filters = filters.TrainingRunFilter

    def rows(self, user: User, given: Given) -> QuerySet[TrainingRun]:
        """With the model versions each made."""
        return training_runs(user, given)
