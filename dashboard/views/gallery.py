"""Every component in every state, for whoever builds pages. Made from unsaved rows; asks the database for nothing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dashboard import samples


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The gallery."""
    return render(request, "pages/gallery/gallery.html", samples.everything())
