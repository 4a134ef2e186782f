"""Stages, and the rules of artifacts and of endpoints, as lists and details."""

from django.db.models import QuerySet

from releases.api.base import Given, Noun
from releases.api.filters import stages as filters
from releases.api.serializers.stages import ArtifactRuleSerializer, EndpointRuleSerializer, StageNowSerializer
from releases.models import ArtifactRule, EndpointRule, Stage, User
from releases.queries import artifact_rules, endpoint_rules
from releases.queries.stages import stages


class Stages(Noun):
    """The stages of these pipelines, with what is live there; those that are gone too."""

    scope = "read:stages"
    model = Stage
    serializer_class = StageNowSerializer
    filters = filters.StageFilter

    def rows(self, user: User, given: Given) -> QuerySet[Stage]:
        """Newest known first."""
        return stages(user, given)


class ArtifactRules(Noun):
    """The rules that decide what an artifact is: model, scaler, code, build or other."""

    scope = "read:artifact-rules"
    model = ArtifactRule
    serializer_class = ArtifactRuleSerializer
    filters = filters.ArtifactRuleFilter

    def rows(self, user: User, given: Given) -> QuerySet[ArtifactRule]:
        """Newest first; in order of effect is what the page shows."""
        return artifact_rules.rules_told(user, given)


class EndpointRules(Noun):
    """The rules that say by names which endpoint serves which stage."""

    scope = "read:endpoint-rules"
    model = EndpointRule
    serializer_class = EndpointRuleSerializer
    filters = filters.EndpointRuleFilter

    def rows(self, user: User, given: Given) -> QuerySet[EndpointRule]:
        """Newest first; in order of effect is what the page shows."""
        return endpoint_rules.rules_told(user, given)
