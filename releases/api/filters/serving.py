"""Parameters of the lists of what endpoints serve."""

from rest_framework import serializers

from releases.api.filters.base import PageFilter, by_id, one_of, time, word
from releases.states import ServingState


def _flag(told: str) -> serializers.BooleanField:
    return serializers.BooleanField(required=False, default=None, help_text=told)


class _Flags(PageFilter):
    """A flag that is not given narrows nothing."""

    def to_internal_value(self, data: object) -> dict[str, object]:
        """Without the flags nobody gave."""
        return {name: value for name, value in super().to_internal_value(data).items() if value is not None}


class EndpointFilter(_Flags):
    """Parameters of `endpoints`."""

    workspace = word("Name of the workspace.")
    name = word("Name of the endpoint.")
    cluster = by_id("Our id of the compute it runs on.")
    provisioning_state = word("Azure ML's word for it, whatever its case.")
    is_gone = _flag("False leaves out what Azure ML has no longer, true lists only that.")


class ClusterFilter(_Flags):
    """Parameters of `clusters`."""

    workspace = word("Name of the workspace.")
    name = word("Name of the compute.")
    kind = word("Azure ML's type of it, whatever its case; `AKS` is the legacy one.")
    is_gone = _flag("False leaves out what Azure ML has no longer, true lists only that.")


class EndpointCheckFilter(_Flags):
    """Parameters of `endpoint-checks`."""

    workspace = word("Name of the workspace.")
    endpoint = by_id("Our id of the endpoint.")
    state = one_of(ServingState, "What the look came to.")
    at = time("Seen at this moment: at most one of each endpoint.")
    is_open = _flag("True lists what is so now.")


class HealthSampleFilter(PageFilter):
    """Parameters of `health-samples`."""

    workspace = word("Name of the workspace.")
    endpoint = by_id("Our id of the endpoint.")
    deployment = word("Name of the deployment behind it.")
    at_after = time("Stretches that began at or after.")
    at_before = time("Stretches that began before.")


class DriftFilter(_Flags):
    """Parameters of `drifts`."""

    project = word("Slug of the project.")
    pipeline = by_id("Our id of the pipeline.")
    stage = by_id("Our id of the pipeline's stage.")
    endpoint = by_id("Our id of the endpoint.")
    release = by_id("Our id of the release that was live.")
    at = time("Drifting at this moment: at most one of each stage.")
    is_open = _flag("True lists the drifts there are now.")
