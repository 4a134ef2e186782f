"""The nouns of the API, each a list and a detail. Reads only; what changes anything goes through `releases.actions`."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from releases.api import filters
from releases.api.base import ApiView, Noun
from releases.api.permissions import ANY
from releases.api.serializers.catalog import PipelineSerializer, ProjectSerializer
from releases.api.serializers.deployments import ApprovalSerializer, DeploymentSerializer
from releases.api.serializers.registry import ModelVersionSerializer, TrainingRunSerializer
from releases.api.serializers.releases import ReleaseSerializer, ReleaseWholeSerializer
from releases.api.serializers.sync import SyncRunSerializer
from releases.models import (
    Approval,
    Deployment,
    ModelVersion,
    Pipeline,
    Project,
    Release,
    SyncRun,
    TrainingRun,
    User,
)
from releases.queries import release_trees
from releases.queries.approvals import approvals
from releases.queries.deployments import deployments
from releases.queries.model_versions import model_versions
from releases.queries.projects import pipelines, projects
from releases.queries.sync_runs import sync_runs
from releases.queries.training_runs import training_runs

Given = Mapping[str, Any]


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


class Releases(Noun):
    """The releases, newest first; the detail goes down to the steps of every attempt."""

    scope = "read:releases"
    model = Release
    serializer_class = ReleaseSerializer
    detail_serializer_class = ReleaseWholeSerializer
    filters = filters.ReleaseFilter
    order = ("created_on", "id")

    def rows(self, user: User, given: Given) -> QuerySet[Release]:
        """With artifacts and stages."""
        return release_trees.listed(user, given)

    def whole_rows(self, user: User) -> QuerySet[Release]:
        """With everything below."""
        return release_trees.whole(user)


class Deployments(Noun):
    """The attempts to deploy a release to a stage, in the order Slipway came to know them, newest first."""

    scope = "read:deployments"
    model = Deployment
    serializer_class = DeploymentSerializer
    filters = filters.DeploymentFilter

    def rows(self, user: User, given: Given) -> QuerySet[Deployment]:
        """With release, stage and people."""
        return deployments(user, given)


class Approvals(Noun):
    """The approvals that people were asked for, in the order Slipway came to know them, newest first."""

    scope = "read:approvals"
    model = Approval
    serializer_class = ApprovalSerializer
    filters = filters.ApprovalFilter

    def rows(self, user: User, given: Given) -> QuerySet[Approval]:
        """With release, stage and people."""
        return approvals(user, given)

    def whole_rows(self, user: User) -> QuerySet[Approval]:
        """Automated ones too: whoever has the id may read it."""
        return approvals(user, {}, with_automated=True)


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


class SyncRuns(Noun):
    """What each run of the sync read and wrote, newest first."""

    scope = "read:sync-runs"
    model = SyncRun
    serializer_class = SyncRunSerializer
    filters = filters.SyncRunFilter

    def rows(self, user: User, given: Given) -> QuerySet[SyncRun]:
        """With project or workspace."""
        return sync_runs(user, given)


class NotHere(ApiView):
    """Whatever else is asked for below /api/v1/: a 404 in the API's own form, and 401 for who is not signed in."""

    scope = ANY
    schema = None

    def get(self, _request: Request, **_parts: str) -> Response:
        """Never answers."""
        raise NotFound
