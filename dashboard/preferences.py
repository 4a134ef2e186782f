"""Middleware: each request in its reader's time zone, and domain errors as pages in one place. Named by settings."""

from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from dashboard.back import back_of
from dashboard.refused import note_refusal
from releases.errors import NOTED, AzureError, Conflict, Denied, Invalid, ReleasesError
from releases.models import Membership, User
from releases.queries.people import who_can

Answer = Callable[[HttpRequest], HttpResponseBase]

WHO_CAN_SHOWN = 5
NEXT = {
    "key_reused": "What was sent first is recorded and shows on the Commands page. To ask for something else, go back, "
    "look again and send the new form.",
    "already_open": "Wait until it is over; the Commands page shows how it stands. If it shall not be done, who asked "
    "for it can take it back until it is sent.",
    "being_abandoned": "Nothing else can be asked of a release that is being abandoned.",
    "changed": "Go back and look again: the form then says what is there now.",
    "command_moved": "Go back and look again: the buttons then are those for how it stands now.",
    "sent_already": "Wait until Azure was read; the Commands page shows what became of it.",
    "not_waiting": "The Commands page shows how it stands now.",
}
"""What to do next after a conflict, by its code."""

STATUS = {Denied: 403, Invalid: 400, Conflict: 409, AzureError: 503}


def time_zone(get_response: Answer) -> Answer:
    """Times are shown in the reader's zone; an unknown one counts as UTC."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with timezone.override(zone_of(request)):
            return get_response(request)

    return middleware


def zone_of(request: HttpRequest) -> ZoneInfo:
    """The reader's zone."""
    name = request.user.time_zone if isinstance(request.user, User) else "UTC"
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


class Refusals:
    """Turns what the domain refuses or fails at into a page that says the sentence."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page for a domain error; None leaves any other to Django."""
        if not isinstance(error, ReleasesError) or request.path.startswith("/api/"):
            return None
        is_noted = isinstance(error, Denied) or error.code in NOTED
        if is_noted and isinstance(request.user, User) and request.method == "POST":
            note_refusal(request, error, by=request.user)
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
        context = {"sentence": error.sentence, "code": error.code, "who_can": _who_can(error, request)}
        if isinstance(error, Conflict):
            context |= {"changes": error.changes, "next": NEXT.get(error.code, ""), "back": back_of(request)}
        return render(request, f"{status}.html", context, status=status)


def _who_can(error: ReleasesError, request: HttpRequest) -> list[Membership]:
    """Some of those who could, for a signed-in reader."""
    if not isinstance(error, Denied) or not error.roles or not isinstance(request.user, User):
        return []
    return who_can(error.roles, error.project, most=WHO_CAN_SHOWN)
