"""The triggers of a pipeline, those that are off among them. Reads rows only."""

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from releases.api.base import ApiView
from releases.api.serializers.triggers import PipelineTriggersSerializer
from releases.models import Pipeline, User
from releases.queries import snapshot
from releases.queries.access import visible_to
from releases.queries.trigger_switches import seen_of_triggers, switches_of


class Triggers(ApiView):
    """What makes this pipeline release by itself, and what did before it was switched off."""

    scope = "read:pipelines"
    serializer_class = PipelineTriggersSerializer

    @extend_schema(responses=PipelineTriggersSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """All triggers as of the newest revision that was read."""
        if not isinstance(request.user, User):
            raise NotAuthenticated
        rows = visible_to(request.user, Pipeline).select_related("project__organization")
        pipeline = rows.filter(pk=pk).first()
        if pipeline is None:
            raise Http404
        found = switches_of(pipeline)
        seen = snapshot.token(seen_of_triggers(pipeline, found))
        told = {"revision": found.revision, "triggers": found.rows, "seen": seen}
        return Response(PipelineTriggersSerializer(told).data)
