"""Commands through the API: listed, read, asked for once for each idempotency key, taken back, checked again.

What needs a fresh sign-in is refused here with the sentence why: a key proves no person.
"""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from releases.actions.commands import settling
from releases.actions.commands.asked import Asked
from releases.api.asking import KINDS, form_of
from releases.api.authentication import proof_of
from releases.api.base import ApiView, Given, Noun
from releases.api.filters.commands import CommandFilter
from releases.api.permissions import ANY
from releases.api.serializers.commands import CommandSerializer, CommandWholeSerializer
from releases.audit import Via
from releases.errors import Denied, Invalid
from releases.models import ApiKey, Command, User
from releases.policies.fresh import check_is_fresh
from releases.policies.scopes import ACT_ON_COMMANDS
from releases.queries.commands.told import told, told_whole

HEADER = "Idempotency-Key"
KEY = OpenApiParameter(
    HEADER, str, OpenApiParameter.HEADER, required=True, description="1 to 100 characters; one act for each key."
)


class Commands(Noun):
    """What was asked of Azure, the newest first."""

    scope = "read:commands"
    act_scope = ACT_ON_COMMANDS
    model = Command
    serializer_class = CommandSerializer
    detail_serializer_class = CommandWholeSerializer
    filters = CommandFilter
    order = ("asked_at", "id")
    key = "uuid"
    acts = {"post": "create"}
    http_method_names = ["get", "head", "post"]

    def rows(self, user: User, given: Given) -> QuerySet[Command]:
        """With what their sentences need."""
        return told(user, given)

    def whole_rows(self, user: User) -> QuerySet[Command]:
        """With their moves."""
        return told_whole(user)

    @extend_schema(
        operation_id="commands_create",
        parameters=[KEY],
        request=PolymorphicProxySerializer(
            component_name="Ask", serializers=dict(KINDS), resource_type_field_name="kind"
        ),
        responses={200: CommandWholeSerializer, 201: CommandWholeSerializer},
    )
    def create(self, request: Request) -> Response:
        """Ask for a command. The same key with the same body answers the same command with 200; with another, 409."""
        user = _person(request)
        key = request.headers.get(HEADER, "")
        if not key:
            raise Invalid(f"Send the header {HEADER}: what is sent twice is done once.", code="no_key")
        form = form_of(request.data)(data=request.data)
        form.is_valid(raise_exception=True)
        was_known = Command.objects.filter(asked_by=user, key=key).exists()
        command = form.ask(by=user, asked=asked_of(request, key=key))
        return Response(_told(user, command.pk), status=200 if was_known else 201)


class _Act(ApiView):
    """Something done with one command."""

    scope = ANY
    act_scope = ACT_ON_COMMANDS
    http_method_names = ["post"]


class TakeBack(_Act):
    """Its author does not want it any more."""

    @extend_schema(operation_id="commands_take_back", request=None, responses=CommandWholeSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Take back a command that you asked for and that was not sent yet; 409 when it was."""
        user = _person(request)
        settling.take_back(_found(user, pk), by=user, asked=asked_of(request))
        return Response(_told(user, pk))


class CheckAgain(_Act):
    """Read Azure once more for a command that needs somebody."""

    @extend_schema(operation_id="commands_check_again", request=None, responses=CommandWholeSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Have Azure read once more for a command that needs attention; 409 when it waits for nobody."""
        user = _person(request)
        settling.check_again(_found(user, pk), by=user, asked=asked_of(request))
        return Response(_told(user, pk))


class OnThePage(_Act):
    """Sending again and closing by hand: for people with a fresh sign-in, on the page."""

    schema = None

    def post(self, request: Request, pk: UUID) -> Response:
        """Never answers."""
        user = _person(request)
        _found(user, pk)
        check_is_fresh(user, proof_of(request), now=timezone.now())
        raise Denied("This is done on the Commands page.", code="on_the_page")


def asked_of(request: Request, *, key: str = "") -> Asked:
    """How it was asked for: through the API, with this key of a program or in a session."""
    auth = {"key": request.auth.prefix} if isinstance(request.auth, ApiKey) else None
    return Asked(key=key, via=Via.API, auth=auth)


def _person(request: Request) -> User:
    assert isinstance(request.user, User)
    return request.user


def _found(user: User, pk: UUID) -> Command:
    command = told(user, {}).filter(pk=pk).first()
    if command is None:
        raise Http404
    return command


def _told(user: User, pk: UUID) -> Any:
    return CommandWholeSerializer(told_whole(user).get(pk=pk)).data
