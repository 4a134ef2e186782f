"""Endpoints, what they were seen to serve, how they did, computes and drifts as lists, for the API.

A workspace may be used by projects that the asker does not see: stages are named only where their project is visible,
and tags, which name releases and pipelines, are not told at all.
"""

from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet

from releases.models import (
    Cluster,
    Drift,
    Endpoint,
    EndpointCheck,
    EndpointDeployment,
    HealthSample,
    StageBinding,
    User,
)
from releases.queries.access import visible_to
from releases.queries.narrowing import Given, Rules, narrowed


def _lasts(start: str, end: str) -> Rules:
    """Rules for what lasted at some moment, or is so now."""

    def at(moment: datetime) -> Q:
        return Q(**{f"{start}__lte": moment}) & (Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gt": moment}))

    return {"at": at, "is_open": f"{end}__isnull"}


ENDPOINTS: Rules = {
    "workspace": "workspace__name",
    "name": "name",
    "cluster": "cluster_id",
    "provisioning_state": "provisioning_state__iexact",
    "is_gone": lambda value: Q(gone_at__isnull=not value),
}
CLUSTERS: Rules = {
    "workspace": "workspace__name",
    "name": "name",
    "kind": "kind__iexact",
    "is_gone": lambda value: Q(gone_at__isnull=not value),
}
SAMPLES: Rules = {
    "workspace": "endpoint__workspace__name",
    "endpoint": "endpoint_id",
    "deployment": "deployment",
    "at_after": "at__gte",
    "at_before": "at__lt",
}
CHECKS: Rules = {
    "workspace": "endpoint__workspace__name",
    "endpoint": "endpoint_id",
    "state": "state",
    **_lasts("seen_from", "seen_until"),
}
DRIFTS: Rules = {
    "project": "stage__pipeline__project__slug",
    "pipeline": "stage__pipeline_id",
    "stage": "stage_id",
    "endpoint": "endpoint_id",
    "release": "span__release_id",
    **_lasts("drift_from", "drift_until"),
}


def endpoints(user: User, given: Given) -> QuerySet[Endpoint]:
    """With deployments, what is served now, and the stages bound there that this person sees."""
    bindings = visible_to(user, StageBinding).filter(stage__gone_at=None).order_by("stage_id")
    rows = narrowed(visible_to(user, Endpoint), given, rules=ENDPOINTS).select_related("workspace", "cluster")
    return rows.prefetch_related(
        Prefetch("deployments", EndpointDeployment.objects.filter(gone_at=None).order_by("name"), to_attr="behind"),
        Prefetch("checks", EndpointCheck.objects.filter(seen_until=None), to_attr="now"),
        Prefetch("bindings", bindings.select_related("stage__pipeline__project"), to_attr="bound"),
    )


def clusters(user: User, given: Given) -> QuerySet[Cluster]:
    """With the endpoints that run there, and the stages bound there that this person sees."""
    bindings = visible_to(user, StageBinding).filter(stage__gone_at=None).order_by("stage_id")
    bound = Prefetch("bindings", bindings.select_related("stage__pipeline__project"), to_attr="bound")
    there = Prefetch("endpoints", Endpoint.objects.filter(gone_at=None).order_by("name"), to_attr="there")
    rows = narrowed(visible_to(user, Cluster), given, rules=CLUSTERS).select_related("workspace")
    return rows.prefetch_related(there, bound)


def endpoint_checks(user: User, given: Given) -> QuerySet[EndpointCheck]:
    """With the endpoint."""
    rows = visible_to(user, EndpointCheck).select_related("endpoint__workspace")
    return narrowed(rows, given, rules=CHECKS)


def health_samples(user: User, given: Given) -> QuerySet[HealthSample]:
    """With the endpoint."""
    rows = visible_to(user, HealthSample).select_related("endpoint__workspace")
    return narrowed(rows, given, rules=SAMPLES)


def drifts(user: User, given: Given) -> QuerySet[Drift]:
    """With stage, endpoint and the release that was live."""
    rows = visible_to(user, Drift).select_related(
        "stage__pipeline__project", "endpoint", "span__release__project__organization"
    )
    return narrowed(rows, given, rules=DRIFTS)
