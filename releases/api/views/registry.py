"""What Azure ML knows, as lists and details: model versions and the runs that trained them."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from releases.api.base import Given, Noun
from releases.api.filters import registry as filters
from releases.api.serializers.registry import ModelVersionSerializer, ModelVersionWholeSerializer, TrainingRunSerializer
from releases.models import ModelVersion, TrainingRun, User
from releases.queries.model_version import model_version_seen
from releases.queries.model_versions import model_versions
from releases.queries.training_runs import training_runs


class ModelVersions(Noun):
    """The model versions in the registries of these projects, newest known first; the detail tells where each ran."""

    scope = "read:model-versions"
    model = ModelVersion
    serializer_class = ModelVersionSerializer
    detail_serializer_class = ModelVersionWholeSerializer
    filters = filters.ModelVersionFilter

    def rows(self, user: User, given: Given) -> QuerySet[ModelVersion]:
        """With the run that trained each."""
        return model_versions(user, given)

    def get_object(self) -> Any:
        """With what its page shows as `seen`."""
        version: Any = super().get_object()
        user = self.request.user
        assert isinstance(user, User)
        version.seen = model_version_seen(user, version, now=timezone.now())
        return version


class TrainingRuns(Noun):
    """The jobs that trained them, newest known first."""

    scope = "read:training-runs"
    model = TrainingRun
    serializer_class = TrainingRunSerializer
    filters = filters.TrainingRunFilter

    def rows(self, user: User, given: Given) -> QuerySet[TrainingRun]:
        """With the model versions each made."""
        return training_runs(user, given)
