"""An administrator says where a stage is served, or leaves it to the rules again."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from dashboard.forms import BindForm
from dashboard.reader import reader
from releases.actions.bind_stage import bind_stage, unbind_stage
from releases.errors import Invalid
from releases.queries.bindings import place_to_bind, stage_to_bind


@require_POST
def bind(request: HttpRequest) -> HttpResponse:
    """Bind the stage, or take its binding back; then to the page it was asked on."""
    user, form = reader(request), BindForm(request.POST)
    if not form.is_valid():
        raise Invalid("Choose a stage and where it is served.", code="no_stage")
    (pk, seen), to = form.cleaned_data["stage"], form.cleaned_data["to"]
    stage = stage_to_bind(user, pk)
    place = place_to_bind(user, *to) if to else None
    if stage is None or (to and place is None):
        raise Http404("There is no such stage or endpoint here")
    if place is None:
        unbind_stage(stage, by=user, seen=seen)
        messages.success(request, f"{stage.pipeline} {stage} goes by rule again, from the next read on.")
    else:
        bind_stage(stage, to=place, by=user, seen=seen)
        messages.success(request, f"{stage.pipeline} {stage} is bound to {place}.")
    back = request.POST.get("next", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "clusters")
