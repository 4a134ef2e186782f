"""What happened, as lists and details: releases, attempts, approvals."""

from django.db.models import QuerySet

from releases.api.base import Given, Noun
from releases.api.filters import history as filters
from releases.api.serializers.deployments import ApprovalSerializer, DeploymentSerializer
from releases.api.serializers.releases import ReleaseSerializer, ReleaseWholeSerializer
from releases.models import Approval, Deployment, Release, User
from releases.queries import release_trees
from releases.queries.approvals import approvals
from releases.queries.deployments import deployments


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
