"""What a new release of a pipeline may be made of. Azure is asked by the worker, never by this request."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from releases.actions.create import ask_versions
from releases.api.base import ApiView
from releases.api.serializers.offers import OffersSerializer
from releases.models import Inquiry, Pipeline, User
from releases.queries import snapshot
from releases.queries.access import visible_to
from releases.queries.offers import offers_of, seen_of

RETRY_SECONDS = 1


class VersionsOnOffer(ApiView):
    """The versions of each artifact that Azure DevOps offers for a new release of this pipeline, newest first."""

    scope = "read:pipelines"
    serializer_class = OffersSerializer

    @extend_schema(
        responses={200: OffersSerializer, 202: OpenApiResponse(OffersSerializer, "Azure is asked; ask again.")}
    )
    def get(self, request: Request, pk: int) -> Response:
        """Leave the question, or get the answer of the last minute: 202 until there is one, then 200 with `seen`."""
        if not isinstance(request.user, User):
            raise NotAuthenticated
        rows = visible_to(request.user, Pipeline).select_related("project__organization")
        pipeline = rows.filter(pk=pk).first()
        if pipeline is None:
            raise Http404
        inquiry = ask_versions(pipeline, by=request.user)
        pipeline.refresh_from_db()
        told: dict[str, Any] = OffersSerializer(offers_of(pipeline, inquiry)).data
        if inquiry.state in (Inquiry.State.ASKED, Inquiry.State.ANSWERING):
            return Response(told, status=202, headers={"Retry-After": str(RETRY_SECONDS)})
        seen = seen_of(pipeline, inquiry)
        return Response({**told, "stages": list(seen["stages"]), "seen": snapshot.token(seen)})
