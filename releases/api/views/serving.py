"""What endpoints really serve, as lists and details: endpoints, looks at them, their health, computes, drifts."""

from django.db.models import QuerySet
from django.utils import timezone

from releases.api.base import Given, Noun
from releases.api.filters import serving as filters
from releases.api.serializers import serving as forms
from releases.models import Cluster, Drift, Endpoint, EndpointCheck, HealthSample, User
from releases.queries import serving_lists
from releases.queries.health import last_days


class Endpoints(Noun):
    """The online endpoints of these projects' workspaces, with what they serve and how they do, newest known first."""

    scope = "read:endpoints"
    model = Endpoint
    serializer_class = forms.EndpointSerializer
    filters = filters.EndpointFilter

    def rows(self, user: User, given: Given) -> QuerySet[Endpoint]:
        """With deployments, the newest look and stages."""
        return serving_lists.endpoints(user, given)

    def paginate_queryset(self, queryset: QuerySet[Endpoint]) -> list[Endpoint]:  # type: ignore[override]
        """The page, with how its endpoints do."""
        return _with_health(super().paginate_queryset(queryset) or [])

    def get_object(self) -> Endpoint:
        """The endpoint, with how it does."""
        return _with_health([super().get_object()])[0]


def _with_health(rows: list[Endpoint]) -> list[Endpoint]:
    days = last_days(rows, now=timezone.now())
    for row in rows:
        row.day = days[row.pk]  # type: ignore[attr-defined]
    return rows


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


class HealthSamples(Noun):
    """How each deployment did, a quarter of an hour at a time, newest first; kept for 30 days."""

    scope = "read:health-samples"
    model = HealthSample
    serializer_class = forms.HealthSampleSerializer
    filters = filters.HealthSampleFilter
    order = ("at", "id")

    def rows(self, user: User, given: Given) -> QuerySet[HealthSample]:
        """With the endpoint."""
        return serving_lists.health_samples(user, given)


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
