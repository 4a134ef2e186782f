"""The search, as one answer."""

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from releases.api.base import ApiView, validated
from releases.api.filters.search import SearchFilter
from releases.api.serializers.search import FoundSerializer
from releases.models import User
from releases.policies.scopes import READ
from releases.queries.search import search


class Search(ApiView):
    """What a text means, in groups. It looks everywhere, so a key needs the scope `read`."""

    scope = READ
    serializer_class = FoundSerializer

    @extend_schema(parameters=[SearchFilter], responses=FoundSerializer)
    def get(self, request: Request) -> Response:
        """Look for a release, model version, pipeline, commit, person, training run or work item."""
        if not isinstance(request.user, User):
            raise NotAuthenticated
        given = validated(SearchFilter, request.query_params)
        return Response(FoundSerializer(search(request.user, given["q"])).data)
