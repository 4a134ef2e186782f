"""Connecting an organization, a project and its workspace: ask, see one result per need, save."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dashboard import offers
from dashboard.forms import ConnectForm
from dashboard.reader import reader
from dashboard.views.answers import page_or_fragment
from releases.actions import connect
from releases.errors import Invalid
from releases.models import Inquiry, User
from releases.queries.access import visible_projects


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """What is connected and the form for more; posted, the connection is tried."""
    user = reader(request)
    form = ConnectForm(request.POST or None, initial=_asked_before(user, request.GET.get("again", "")))
    if form.is_valid():
        try:
            inquiry = connect.ask(form.wish(), by=user)
            return redirect("connect_answer", inquiry=inquiry.pk)
        except Invalid as refused:
            form.add_error(None, refused.sentence)
    projects = visible_projects(user).select_related("organization").prefetch_related("workspaces").order_by("name")
    context = {"form": form, "offer": offers.connect(user), "projects": projects}
    return render(request, "pages/connect/connect.html", context, status=422 if form.errors else 200)


@require_GET
def answer(request: HttpRequest, inquiry: UUID) -> HttpResponse:
    """One result per need, as soon as the worker has asked."""
    found = _asked_by(reader(request), inquiry)
    is_open = found.state in {Inquiry.State.ASKED, Inquiry.State.ANSWERING}
    context = {"inquiry": found, "wish": found.payload, "answer": found.answer, "is_open": is_open}
    news = "Azure is being asked" if is_open else "Azure has answered"
    return page_or_fragment(request, "pages/connect/answer.html", "pages/connect/_answer.html", context, news=news)


@require_POST
def save(request: HttpRequest, inquiry: UUID) -> HttpResponse:
    """Store what was tried; the sync begins at once."""
    user = reader(request)
    project = connect.save(_asked_by(user, inquiry), by=user)
    messages.success(request, f"{project.name} is connected. Its history is being read.")
    return redirect("sync")


def _asked_before(user: User, inquiry: str) -> dict[str, Any]:
    """What the reader typed when they asked this, to change something in it; nothing for anybody else's."""
    try:
        return dict(_asked_by(user, UUID(inquiry)).payload) if inquiry else {}
    except (ValueError, Http404):
        return {}


def _asked_by(user: User, inquiry: UUID) -> Inquiry:
    """The reader's own question; to everybody else there is none."""
    found = Inquiry.objects.filter(pk=inquiry, kind=connect.KIND, asked_by=user).first()
    if found is None:
        raise Http404("There is no such question here")
    return found
