"""The list of releases: every filter and the page stand in the URL, newest first."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dashboard.addressed import filters_of
from dashboard.facets import TYPED, choices_of, facets_of, kept_beside
from dashboard.reader import reader
from dashboard.shell import shell_of
from dashboard.tabs import Tabs
from dashboard.views.answers import page_or_fragment
from releases.queries.releases import COUNTED_TO, page


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """One page of the releases that match the URL's filters."""
    user = reader(request)
    filters = filters_of(user, request.GET)
    found = page(user, filters=filters, before=request.GET.get("before", ""), after=request.GET.get("after", ""))
    shell = shell_of(request)
    context = {
        "page": found,
        "filters": filters,
        "facets": facets_of(request.GET, filters, pipelines=[one.pipeline for one in shell.pipelines]),
        "kept": kept_beside(request.GET, "text"),
        "tabs": Tabs(user, request.GET.urlencode()),
        "is_first": not (request.GET.get("before") or request.GET.get("after")),
        "counted_to": COUNTED_TO,
        "stale": shell.stale_in(filters.pipeline.project_id) if filters.pipeline else shell.stale,
    }
    news = f"{found.count} releases"
    return page_or_fragment(request, "pages/releases/releases.html", "pages/releases/_list.html", context, news=news)


@require_GET
def choose(request: HttpRequest, name: str) -> HttpResponse:
    """What is suggested for one filter, fetched when a reader opens it."""
    if name not in TYPED:
        raise Http404("There is no such filter.")
    context = {"name": name, "options": choices_of(reader(request), request.GET, name)}
    return render(request, "pages/releases/_choices.html", context)
