"""The page for a form whose token no longer fits, for example after signing in elsewhere. Named by settings."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

SENTENCE = "This form was open for too long or was opened before you signed in. Nothing was changed."


def failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403, with what to do."""
    return render(request, "403.html", {"sentence": SENTENCE}, status=403)
