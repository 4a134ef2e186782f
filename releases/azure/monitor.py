"""Azure Monitor, read through the real MonitorManagementClient: how endpoints do. Called by `releases.sync` only.

The client asks and signs; what it was sent is read as JSON, as with Azure ML. Raises only errors of `releases.errors`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from releases.azure.answers.metrics import MetricAnswer
from releases.azure.answers.pages import read_page
from releases.azure.ml_sdk import MlAccess
from releases.azure.monitor_sdk import client
from releases.azure.refusals import first_line
from releases.errors import AzureError, AzureUnreadable, CredentialRefused

INTERVAL = "PT15M"
SERIES_AT_MOST = 500
"""Without saying so the service gives ten series at most."""


@dataclass(frozen=True)
class Measured:
    """The average of one stretch of 15 minutes from `at`, of one deployment; `status` where it is split by that."""

    at: datetime
    deployment: str
    value: float
    status: str = ""


class Monitoring:
    """The endpoints of one workspace. Safe to use from several threads."""

    def __init__(self, access: MlAccess) -> None:
        self.access = access

    def requests(self, endpoint: str, *, start: datetime, until: datetime) -> list[Measured]:
        """Requests per minute by deployment and status code. Raises NotThere, PermissionMissing."""
        dimensions = "deployment eq '*' and statusCode eq '*'"
        return self._measured(endpoint, "RequestsPerMinute", dimensions, start=start, until=until)

    def latency(self, endpoint: str, *, start: datetime, until: datetime) -> list[Measured]:
        """The 95th percentile of latency in milliseconds by deployment."""
        return self._measured(endpoint, "RequestLatency_P95", "deployment eq '*'", start=start, until=until)

    def _measured(
        self, endpoint: str, metric: str, dimensions: str, *, start: datetime, until: datetime
    ) -> list[Measured]:
        body = self._asked(
            self._resource(endpoint),
            timespan=f"{_zulu(start)}/{_zulu(until)}",
            interval=INTERVAL,
            metricnames=metric,
            aggregation="Average",
            top=SERIES_AT_MOST,
            filter=dimensions,
        )
        page = read_page(body, MetricAnswer, noun="metric")
        if page.malformed:
            raise AzureUnreadable(f"Azure Monitor sent figures that cannot be read: {page.malformed[0].reason}.")
        return [one for item in page.items if item.value.name.value == metric for one in _points(item.value)]

    def _resource(self, endpoint: str) -> str:
        """The endpoint's ARM id without its first slash, which the client puts there itself."""
        at = self.access
        parts = ("subscriptions", at.subscription_id, "resourceGroups", at.resource_group, "providers")
        kind = ("Microsoft.MachineLearningServices", "workspaces", at.workspace, "onlineEndpoints", endpoint)
        return "/".join(quote(part, safe="") for part in (*parts, *kind))

    def _asked(self, resource: str, **question: Any) -> bytes:
        try:
            found, kept = client(self.access)
        except AzureError:
            raise
        except Exception as error:  # the SDK's own checks
            raise AzureUnreadable(f"Azure Monitor's client cannot be used: {first_line(error)}") from error
        with kept.kept() as bodies:
            try:
                found.metrics.list(resource, **question)
            except AzureError:
                raise
            except Exception as error:
                # With an answer at hand the client merely failed to make its own object of it.
                if not bodies:
                    raise _without_answer(error) from error
            if not bodies:
                raise AzureUnreadable("Azure Monitor's client asked nothing.")
            return bodies[0]


def _points(metric: MetricAnswer) -> Iterator[Measured]:
    for series in metric.timeseries:
        deployment, status = series.dimension("deployment"), series.dimension("statusCode")
        for point in series.data:
            if point.time_stamp is not None and point.average is not None and deployment:
                yield Measured(point.time_stamp, deployment, point.average, status)


def _without_answer(error: Exception) -> AzureError:
    from azure.core.exceptions import ClientAuthenticationError

    if isinstance(error, ClientAuthenticationError):
        return CredentialRefused(f"No credential for Azure Monitor could be had: {first_line(error)}")
    return AzureUnreadable(f"Azure Monitor's client gave up ({type(error).__name__}: {first_line(error)}).")


def _zulu(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
