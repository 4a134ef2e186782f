"""The pages for what is not there, not allowed or broken. Named by `dashboard.urls`."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from releases.models import Release, User
from releases.queries.access import visible_to

SIMILAR_SHOWN = 5


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
    """500: nothing may be asked of the database here, so this page stands alone."""
    return HttpResponse(render_to_string("500.html"), status=500)


def _similar(user: User, number: str) -> list[Release]:
    rows = visible_to(user, Release).filter(azure_id=int(number)) | visible_to(user, Release).filter(
        name=f"Release-{number}"
    )
    return list(rows.select_related("project", "pipeline")[:SIMILAR_SHOWN])
