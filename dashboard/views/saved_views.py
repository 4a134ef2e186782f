"""The reader's own views of the releases list: saved from the list, renamed, overwritten and deleted on their page."""

from collections.abc import Mapping
from types import MappingProxyType

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from dashboard.forms import SavedViewForm
from dashboard.reader import reader
from dashboard.shell import shell_of
from dashboard.tabs import in_words
from releases.actions import saved_views as actions
from releases.errors import Invalid
from releases.models import SavedView
from releases.queries.saved_views import saved_view, saved_views, usual

PAGE = "pages/releases/views.html"


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Every view of the reader, and the form for one more when the list sent its filters along."""
    return _page(request, new=SavedViewForm(initial={"query": usual(request.GET.get("query", ""))}))


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the filters of the list under a name."""
    form = SavedViewForm(request.POST)
    try:
        if form.is_valid():
            view = actions.save_view(**form.cleaned_data, by=reader(request))
            messages.success(request, f"Saved as {view.name}.")
            return redirect(f"{reverse('releases')}?{view.query}")
    except Invalid as refused:
        form.add_error("name", refused.sentence)
    return _page(request, new=form, status=422)


@require_POST
def overwrite(request: HttpRequest, view: int) -> HttpResponse:
    """Keep the filters of the list in this view."""
    found, query = _own(request, view), usual(request.POST.get("query", ""))
    actions.overwrite_view(found, query, by=reader(request))
    messages.success(request, f"{found.name} shows this now.")
    return redirect(f"{reverse('releases')}?{query}")


@require_POST
def rename(request: HttpRequest, view: int) -> HttpResponse:
    """Call the view something else."""
    found, form = _own(request, view), _renaming(view, request.POST)
    try:
        if form.is_valid():
            actions.rename_view(found, form.cleaned_data["name"], by=reader(request))
            messages.success(request, "Renamed.")
            return redirect("saved_views")
    except Invalid as refused:
        form.add_error("name", refused.sentence)
    return _page(request, renamed={found.pk: form}, status=422)


@require_POST
def delete(request: HttpRequest, view: int) -> HttpResponse:
    """Forget the view."""
    found = _own(request, view)
    actions.delete_view(found, by=reader(request))
    messages.success(request, f"Deleted the view {found.name}. The releases in it stay.")
    return redirect("saved_views")


def _own(request: HttpRequest, view: int) -> SavedView:
    found = saved_view(reader(request), view)
    if found is None:
        raise Http404("There is no such view here.")
    return found


def _renaming(view: int, given: QueryDict | None = None, *, name: str = "") -> SavedViewForm:
    return SavedViewForm(given, initial={"name": name}, auto_id=f"view-{view}-%s")


def _page(
    request: HttpRequest,
    *,
    new: SavedViewForm | None = None,
    renamed: Mapping[int, SavedViewForm] = MappingProxyType({}),
    status: int = 200,
) -> HttpResponse:
    query = new["query"].value() if new else ""
    names = {str(one.pipeline.pk): one.pipeline.name for one in shell_of(request).pipelines}
    shown = [
        (view, renamed.get(view.pk) or _renaming(view.pk, name=view.name)) for view in saved_views(reader(request))
    ]
    context = {
        "views": [(view, form, in_words(view.query, pipelines=names)) for view, form in shown],
        "new": new,
        "query": query,
        "words": in_words(query, pipelines=names),
        "most": actions.MOST_VIEWS,
    }
    return render(request, PAGE, context, status=status)
