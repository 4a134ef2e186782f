"""The API's reference as a plain page, made from its own description."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from releases.api.reference import reference


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Every address with its parameters, every form with its parts. The same for everybody who is signed in."""
    return render(request, "pages/api/api.html", {"reference": reference()})
