"""Pages of the lists: `next` leads to older rows, `previous` to newer ones; see `queries.keyset`."""

from collections.abc import Sequence
from typing import Any

from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from releases.queries import keyset

DEFAULT_SIZE = 50
LARGEST_SIZE = 100


class KeysetPagination(BasePagination):
    """Reads `cursor` and `limit`, which the view has validated; the view's `order` is newest first."""

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        """The rows of the page asked for. Raises Invalid for a cursor that is none of ours."""
        order: Sequence[str] = getattr(view, "order", ("id",))
        text, size = request.query_params.get("cursor"), int(request.query_params.get("limit", DEFAULT_SIZE))
        cursor = keyset.read(text, model=queryset.model, order=order) if text else None
        self.page: keyset.Page[Any] = keyset.page(queryset, order=order, cursor=cursor, size=size)
        self.url = request.build_absolute_uri()
        return self.page.rows

    def get_paginated_response(self, data: Any) -> Response:
        """The page with the links to its neighbours."""
        links = {"next": self._link(self.page.older), "previous": self._link(self.page.newer)}
        return Response({**links, "results": data})

    def _link(self, cursor: keyset.Cursor | None) -> str | None:
        return replace_query_param(self.url, "cursor", keyset.written(cursor)) if cursor else None

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The form of a page, for the OpenAPI file."""
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "next": {**link, "description": "The page of older rows; null on the last one."},
                "previous": {**link, "description": "The page of newer rows; null on the first one."},
                "results": schema,
            },
        }
