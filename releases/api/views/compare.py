"""Two releases beside each other."""

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from releases.api.base import ApiView
from releases.api.filters.compare import CompareFilter
from releases.api.serializers.compare import ComparisonSerializer
from releases.models import User
from releases.queries.compare import compare, sides_by_id


class Compare(ApiView):
    """What two releases differ in: artifacts, figures of models, variables, stages, commits. The same as the page."""

    scope = "read:releases"

    @extend_schema(operation_id="compare", parameters=[CompareFilter], responses=ComparisonSerializer)
    def get(self, request: Request) -> Response:
        """What two releases differ in: artifacts, figures of models, variables, stages, commits, as the page shows it.

        A release that does not exist or that you may not see is 404.
        """
        filters = CompareFilter(data=request.query_params.dict())
        if unknown := sorted(request.query_params.keys() - filters.fields.keys()):
            raise ValidationError({unknown[0]: ["There is no such parameter. Use a, b."]})
        filters.is_valid(raise_exception=True)
        assert isinstance(request.user, User)
        a, b = sides_by_id(request.user, filters.validated_data["a"], filters.validated_data["b"])
        if not (a and a.release and b and b.release):
            raise NotFound
        return Response(ComparisonSerializer(compare(a.release, b.release)).data)
