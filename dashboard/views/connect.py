"""Connecting an organization, a project and its workspace."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dashboard import offers
from dashboard.forms import ConnectForm
from dashboard.reader import reader


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The form."""
    return render(
        request, "pages/connect/connect.html", {"form": ConnectForm(), "offer": offers.connect(reader(request))}
    )
