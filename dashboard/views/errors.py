"""The pages for what is not there, not allowed or broken. Named by `dashboard.urls`."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from rest_framework.permissions import SAFE_METHODS

from releases.errors import DatabaseUnavailable
from releases.models import Release, User
from releases.queries.access import visible_to

SIMILAR_SHOWN = 5
OURS = "The fault is ours and was written to the log. The history itself is not touched by it."
LOOK = " Look whether what you sent is there before you send it again."
UNAVAILABLE = {
    "database_full": (
        "There is no room left",
        "The disk of the database is full: nothing was stored.",
        " Nothing went to Azure either. Whoever runs Slipway has to make room; then go back and send it again.",
    ),
    "unavailable": (
        "The database does not answer",
        "Try again in a moment.",
        " Whether what you sent was stored is not certain: go back and send the same form again. An act is done once, "
        "however often its form is sent.",
    ),
}
"""By code: the heading, the sentence, and what somebody who sent something must know besides."""


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return render(request, "400.html", {"sentence": ""}, status=400)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return render(request, "403.html", {"sentence": ""}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, with releases of the same number when there are some."""
    asker = getattr(request, "user", None)
    user = asker if isinstance(asker, User) else None
    number = next((word for word in request.path.split("/") if word.isdecimal() and len(word) < 10), "")
    similar = _similar(user, number) if user and number else []
    sentence = str(exception) if exception.args and isinstance(exception.args[0], str) else ""
    return render(request, "404.html", {"sentence": sentence, "similar": similar, "asked": number}, status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """500, and 503 where the database is to blame: it may not be asked for anything here, so this page stands alone."""
    error, is_read = sys.exception(), request.method in SAFE_METHODS
    if not isinstance(error, OperationalError | InterfaceError):
        return _alone("Slipway could not show this page", f"{OURS}{'' if is_read else LOOK}", status=500)
    told = DatabaseUnavailable.told_by(error)
    if request.path.startswith("/api/"):
        return JsonResponse({"code": told.code, "sentence": told.sentence, "detail": None}, status=503)
    heading, sentence, rest = UNAVAILABLE[told.code]
    return _alone(heading, f"{sentence}{'' if is_read else rest}", status=503)


def _alone(heading: str, sentence: str, *, status: int) -> HttpResponse:
    return HttpResponse(render_to_string("500.html", {"heading": heading, "sentence": sentence}), status=status)


def _similar(user: User, number: str) -> list[Release]:
    rows = visible_to(user, Release).filter(azure_id=int(number)) | visible_to(user, Release).filter(
        name=f"Release-{number}"
    )
    return list(rows.select_related("project", "pipeline")[:SIMILAR_SHOWN])
