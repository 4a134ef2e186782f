"""The switch of an organization: stopping asks for a reason, letting it go on shows what goes out and asks for a proof.

Stopping is a brake: nobody is asked who they are before it acts.
"""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from dashboard import offers
from dashboard.forms_commands import ReasonForm
from dashboard.fresh import fresh_sign_in
from dashboard.reader import reader
from dashboard.views.answers import render
from dashboard.views.settle import asked_of
from releases.actions.sending import start_sending, stop_sending
from releases.models import Organization
from releases.queries.commands import going_out, organization_seen


@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Nothing is sent to this organization any more."""
    organization, user = _found(request, pk), reader(request)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        stop_sending(organization, by=user, reason=form.cleaned_data["reason"])
        messages.success(request, f"Nothing is sent to {organization} any more.")
        return redirect("commands")
    return _page(request, organization, form=form, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@fresh_sign_in("to let commands out again")
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """What waits goes out."""
    organization, user = _found(request, pk), reader(request)
    if request.method == "POST":
        start_sending(organization, by=user, auth=asked_of(request).auth)
        messages.success(request, f"Commands are sent to {organization} again.")
        return redirect("commands")
    return _page(request, organization)


def _found(request: HttpRequest, pk: int) -> Organization:
    organization = organization_seen(reader(request), pk)
    if organization is None:
        raise Http404("There is no such organization here")
    return organization


def _page(
    request: HttpRequest, organization: Organization, *, form: ReasonForm | None = None, status: int = 200
) -> HttpResponse:
    user = reader(request)
    commands, count = going_out(user, organization)
    stopped = organization.sending_stopped_at is not None
    context = {
        "organization": organization,
        "form": form,
        "is_stopped": stopped,
        "is_stopping": form is not None,
        "is_so_already": stopped is (form is not None),
        "offer": offers.switch(user, organization),
        "commands": commands,
        "count": count,
    }
    return render(request, "pages/commands/switch.html", context, status=status)
