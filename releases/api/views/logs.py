"""Logs of steps: the list, lines of one, and the search in one."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotAuthenticated, NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from releases.api.base import ApiView, Given, Noun, validated
from releases.api.filters import logs as filters
from releases.api.serializers.logs import HitsSerializer, LinesSerializer, LogSerializer
from releases.models import StepLog, User
from releases.queries.access import visible_to
from releases.queries.logs.lines import MOST_LINES, search, window
from releases.queries.logs.listed import logs

SCOPE = "read:logs"


class Logs(Noun):
    """The logs of steps that Slipway asked for, in the order it first did, newest first."""

    scope = SCOPE
    model = StepLog
    serializer_class = LogSerializer
    filters = filters.LogFilter

    def rows(self, user: User, given: Given) -> QuerySet[StepLog]:
        """With step, attempt, stage and release."""
        return logs(user, given)


class Lines(ApiView):
    """Lines of one log."""

    scope = SCOPE

    @extend_schema(operation_id="logs_lines", parameters=[filters.LinesFilter], responses=LinesSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """The lines of a log, secrets masked, from one number to another."""
        log = _log(request, pk)
        given = validated(filters.LinesFilter, request.query_params)
        first = given.get("from", 1)
        most = min(MOST_LINES, max(0, given.get("to", first + MOST_LINES) - first + 1))
        return Response(LinesSerializer(window(log, first=first, most=most)).data)


class Search(ApiView):
    """Where a text occurs in one log."""

    scope = SCOPE

    @extend_schema(operation_id="logs_search", parameters=[filters.LogSearchFilter], responses=HitsSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """The numbers of the lines that hold a text, in whatever case."""
        log = _log(request, pk)
        given = validated(filters.LogSearchFilter, request.query_params)
        return Response(HitsSerializer(search(log, given["q"])).data)


def _log(request: Request, pk: int) -> StepLog:
    """The log; 404 as well when it belongs to a project the asker does not see."""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    log = visible_to(request.user, StepLog).filter(pk=pk).first()
    if log is None:
        raise NotFound
    return log
