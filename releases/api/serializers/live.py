"""The times in which stages ran releases."""

from rest_framework import serializers

from releases.api.serializers.catalog import PipelineNameSerializer
from releases.api.serializers.deployments import StageNameSerializer
from releases.api.serializers.releases import ArtifactSerializer, ReleaseNameSerializer
from releases.models import LiveSpan


class LiveSpanSerializer(serializers.ModelSerializer[LiveSpan]):
    """One unbroken time of one release in one stage; `live_until` is null while it runs.

    `opened_by` is our id of the deployment that put it live. `uncertain_since`: a later attempt failed then and may
    have changed the stage. Equal `versions_hash` is the same set of artifact versions.
    `proof` is the number of the entry in `audit` that proves it; null until the sync run that read it has ended.
    """

    project = serializers.CharField(source="release.project.slug", read_only=True)
    pipeline = PipelineNameSerializer(source="release.pipeline", read_only=True)
    stage = StageNameSerializer(read_only=True)
    release = ReleaseNameSerializer(read_only=True)
    opened_by = serializers.IntegerField(source="opened_by_id", read_only=True)
    artifacts = ArtifactSerializer(source="release.artifacts", many=True, read_only=True)
    proof = serializers.SerializerMethodField()

    def get_proof(self, span: LiveSpan) -> int | None:
        """The number of the entry of the trail that proves it; the view has looked them up."""
        found: int | None = self.context["proofs"].get(span.pk)
        return found

    class Meta:
        model = LiveSpan
        fields = ["id", "project", "pipeline", "stage", "release", "live_from", "live_until", "opened_by"]
        fields += ["is_partial", "uncertain_since", "versions_hash", "artifacts", "proof"]
        read_only_fields = fields
