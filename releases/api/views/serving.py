"""What endpoints really serve, as lists and details: endpoints, looks at them, computes, drifts."""

from django.db.models import QuerySet

from releases.api.base import Given, Noun
from releases.api.filters import serving as filters
from releases.api.serializers import serving as forms
from releases.models import Cluster, Drift, Endpoint, EndpointCheck, User
from releases.queries import serving_lists


class Endpoints(Noun):
    """The online endpoints of these projects' workspaces, with what they serve now, newest known first."""

    scope = "read:endpoints"
    model = Endpoint
    serializer_class = forms.EndpointSerializer
    filters = filters.EndpointFilter

    def rows(self, user: User, given: Given) -> QuerySet[Endpoint]:
        """With deployments, the newest look and stages."""
        return serving_lists.endpoints(user, given)


class EndpointChecks(Noun):
    """What each endpoint was seen to serve, and when, newest first."""

    scope = "read:endpoint-checks"
    model = EndpointCheck
    serializer_class = forms.EndpointCheckSerializer
    filters = filters.EndpointCheckFilter
    order = ("seen_from", "id")

    def rows(self, user: User, given: Given) -> QuerySet[EndpointCheck]:
        """With the endpoint."""
        return serving_lists.endpoint_checks(user, given)


class Clusters(Noun):
    """The computes of these projects' workspaces, newest known first."""

    scope = "read:clusters"
    model = Cluster
    serializer_class = forms.ClusterSerializer
    filters = filters.ClusterFilter

    def rows(self, user: User, given: Given) -> QuerySet[Cluster]:
        """With the endpoints that run there."""
        return serving_lists.clusters(user, given)


class Drifts(Noun):
    """The times in which a stage's endpoint served something else than was deployed, newest first."""

    scope = "read:drifts"
    model = Drift
    serializer_class = forms.DriftSerializer
    filters = filters.DriftFilter
    order = ("drift_from", "id")

    def rows(self, user: User, given: Given) -> QuerySet[Drift]:
        """With stage, endpoint and release."""
        return serving_lists.drifts(user, given)
