"""One command: how it stands, every move with its proof, what was asked and seen; and taking it back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from dashboard import offers
from dashboard.reader import reader
from dashboard.views.answers import page_or_fragment, wants_fragment
from releases.actions.commands import settling
from releases.actions.commands.asked import Asked
from releases.queries.commands import CommandSeen, command_seen, shown_of
from releases.queries.commands.seen import TAKEN_BACK_FROM
from releases.queries.commands.whole import whole_of


@require_GET
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Everything about it."""
    one, user = found(request, pk), reader(request)
    context: dict[str, Any] = {
        "one": one,
        "whole": whole_of(one),
        "offer": offers.take_back(user, one.row),
        "takeable": TAKEN_BACK_FROM,
    }
    if one.needs_a_person:
        context["shown"] = shown_of([one])[0]
        context["checking"], context["settling"] = next(offers.settling(user, [one.row]))
    page, fragment = "pages/commands/command.html", "pages/commands/_command.html"
    return page_or_fragment(request, page, fragment, context, news=news_of(one))


@require_GET
def line(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Its line in a list, which asks for itself while it is open."""
    one, component = found(request, pk), "components/command.html"
    if not wants_fragment(request):
        return redirect("command", pk)
    return page_or_fragment(request, component, component, {"one": one, "polls": True}, news=news_of(one))


@require_POST
def take_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Its author does not want it any more; then back to the page it was asked on."""
    one = found(request, pk)
    settling.take_back(one.row, by=reader(request), asked=Asked(key=""))
    messages.success(request, f"Taken back, and nothing was sent: {one.title}.")
    back = request.POST.get("next", "")
    return redirect(back) if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else redirect("command", pk)


def found(request: HttpRequest, pk: UUID) -> CommandSeen:
    """The command of this address. Raises Http404 also for one of another project."""
    one = command_seen(reader(request), pk)
    if one is None:
        raise Http404("There is no such command here")
    return one


def news_of(one: CommandSeen) -> str:
    """What is read out when it moved."""
    return f"{one.title}: {one.word}. {one.sentence}"
