"""Parameters of the lists of stages and of rules."""

from rest_framework import serializers

from releases.api.filters.base import PageFilter, by_id, one_of, word
from releases.states import ArtifactRole


class StageFilter(PageFilter):
    """Parameters of `stages`."""

    project = word("Slug of the project.")
    pipeline = by_id("Our id of the pipeline.")
    name = word("Name of the stage, whatever its case.")
    is_production = serializers.BooleanField(required=False, help_text="Whether it is marked as production.")
    headline = serializers.BooleanField(required=False, help_text="Whether it is the stage that counts.")


class ArtifactRuleFilter(PageFilter):
    """Parameters of `artifact-rules`."""

    project = word("Slug of the project: its own rules only.")
    role = one_of(ArtifactRole, "The role it gives.")


class EndpointRuleFilter(PageFilter):
    """Parameters of `endpoint-rules`."""

    project = word("Slug of the project: its own rules only.")
