"""The trail, as a list and a detail by number."""

from typing import Any

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from releases.api.base import Noun
from releases.api.filters import audit as filters
from releases.api.paging import DEFAULT_SIZE, KeysetPagination
from releases.api.serializers.audit import EntrySerializer, WholeEntrySerializer
from releases.models import AuditEvent, User
from releases.queries import keyset
from releases.queries.audit_log import Listing, LogFilters, listing_of, projects_in, scope_of, whole_entry
from releases.queries.keyset import Cursor

ORDER = ("seq",)


class ByNumber(KeysetPagination):
    """The same pages, of a listing of the trail, which merges what one person sees."""

    def paginate_queryset(
        self,
        queryset: Any,
        request: Request,
        view: APIView | None = None,  # noqa: ARG002 - the order is always that of numbers
    ) -> list[Any]:
        """The entries of the page asked for. Raises Invalid for a cursor that is none of ours."""
        text, size = request.query_params.get("cursor"), int(request.query_params.get("limit", DEFAULT_SIZE))
        cursor = keyset.read(text, model=AuditEvent, order=ORDER) if text else None
        number = int(str(cursor.place[0])) if cursor else None
        is_back = cursor is not None and cursor.is_back
        found = queryset.stretch(before=None if is_back else number, after=number if is_back else None, size=size)
        self.page = keyset.Page(
            rows=found.entries,
            older=Cursor((found.older,)) if found.older is not None else None,
            newer=Cursor((found.newer,), is_back=True) if found.newer is not None else None,
        )
        self.url = request.build_absolute_uri()
        return list(found.entries)


class AuditEntries(Noun):
    """What people and Slipway did, newest first; entries of your projects and your own, or all of the trail."""

    scope = "read:audit"
    model = AuditEvent
    serializer_class = EntrySerializer
    detail_serializer_class = WholeEntrySerializer
    filters = filters.AuditFilter
    order = ORDER
    pagination_class = ByNumber

    def get_queryset(self) -> Any:
        """What this person sees and asked for; the detail looks its entry up by itself."""
        user = self.request.user
        if not isinstance(user, User) or self.action != "list":
            return AuditEvent.objects.none()
        return _listing(user, self._given())

    def retrieve(self, request: Request, *_args: Any, **kwargs: Any) -> Response:
        """One entry; another project's is a 404 like one that never was."""
        whole = whole_entry(request.user, kwargs["pk"]) if isinstance(request.user, User) else None
        if whole is None:
            raise Http404
        checkpoint = whole.covered_by.size if whole.covered_by else None
        context = {**self.get_serializer_context(), "checkpoint": checkpoint}
        return Response(WholeEntrySerializer(whole.entry, context=context).data)


def _listing(user: User, given: dict[str, Any]) -> Listing:
    scope = scope_of(user)
    slug = given.pop("project", None)
    project = projects_in(scope).filter(slug=slug).first() if slug else None
    if slug and project is None:
        return Listing([AuditEvent.objects.none()])
    kind, _, key = given.pop("object", "").partition(":")
    return listing_of(scope, LogFilters(project=project, object=(kind, key) if key else None, **given))
