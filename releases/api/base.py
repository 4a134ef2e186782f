"""What every view of the API has in common: who may ask, how often, in which form it answers. Views inherit this."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import QueryDict
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, Serializer
from rest_framework.views import APIView
from rest_framework.viewsets import ReadOnlyModelViewSet

from releases.api.authentication import BearerKey
from releases.api.described import NounSchema
from releases.api.errors import answered
from releases.api.paging import KeysetPagination
from releases.api.permissions import WithinScope
from releases.api.throttling import PerCaller
from releases.models import User

Given = Mapping[str, Any]
"""The filters of a list, validated."""


class JsonOnly(BaseContentNegotiation):
    """Answers JSON whatever the client accepts: the API has no other form."""

    def select_parser(self, _request: Request, parsers: Any) -> Any:
        """The first parser."""
        return parsers[0]

    def select_renderer(self, _request: Request, renderers: Any, _format_suffix: str | None = None) -> Any:
        """The first renderer."""
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    """A view that says which `scope` a key needs for it, `act_scope` for a POST; without one nobody may use it."""

    scope: ClassVar[str | None] = None
    act_scope: ClassVar[str | None] = None
    authentication_classes = [BearerKey, SessionAuthentication]
    permission_classes = [WithinScope]
    throttle_classes = [PerCaller]
    renderer_classes = [JSONRenderer]
    parser_classes = [JSONParser]
    content_negotiation_class = JsonOnly
    metadata_class = None
    http_method_names = ["get", "head"]

    def get_exception_handler(self) -> Any:
        """Ours, whatever the settings say: it is part of what the API promises."""
        return answered

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Nothing is kept on the way: what a key may read today it may not read tomorrow."""
        finished: Response = super().finalize_response(request, response, *args, **kwargs)
        finished.headers["Cache-Control"] = "no-store"
        return finished


class Noun(ApiView, ReadOnlyModelViewSet[Any]):
    """The list and the detail of one noun. A subclass names its rows, filters, order and serializers.

    `key` is what its ids look like in an address, `acts` what else the list takes: the method and who answers it.
    """

    model: ClassVar[type[Model]]
    filters: ClassVar[type[Serializer[Any]]]
    order: ClassVar[tuple[str, ...]] = ("id",)
    key: ClassVar[str] = "int"
    acts: ClassVar[Mapping[str, str]] = {}
    detail_serializer_class: ClassVar[type[BaseSerializer[Any]] | None] = None
    pagination_class = KeysetPagination
    schema = NounSchema()

    def rows(self, user: User, given: Given) -> QuerySet[Any]:
        """The rows of the list that this person may see and that match."""
        raise NotImplementedError

    def whole_rows(self, user: User) -> QuerySet[Any]:
        """The rows for the detail; the list's unless a subclass reads more."""
        return self.rows(user, {})

    def get_queryset(self) -> QuerySet[Any]:
        """Only what the asker may see: another project's id is a 404 like one that never was."""
        user = self.request.user
        if not isinstance(user, User):  # only while the OpenAPI file is made
            return self.model._default_manager.none()
        return self.rows(user, self._given()) if self.action == "list" else self.whole_rows(user)

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        """The detail may show more than the list."""
        whole = self.detail_serializer_class if self.action == "retrieve" else None
        return whole or super().get_serializer_class()

    def _given(self) -> dict[str, Any]:
        """The filters in the address, validated. Raises ValidationError, also for one that does not exist."""
        given = validated(self.filters, self.request.query_params)
        return {name: value for name, value in given.items() if name not in {"cursor", "limit"}}


def validated(form: type[Serializer[Any]], parameters: QueryDict) -> dict[str, Any]:
    """The parameters of an address in this form. Raises ValidationError, also for one that does not exist."""
    filters = form(data=parameters.dict())
    if unknown := sorted(parameters.keys() - filters.fields.keys()):
        known = ", ".join(filters.fields)
        raise ValidationError({unknown[0]: [f"There is no such parameter. Use {known}."]})
    filters.is_valid(raise_exception=True)
    return dict(filters.validated_data)
