"""The search: a page of its own, which works without scripts, and what is suggested below the field while one types."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from dashboard import found
from dashboard.reader import reader
from dashboard.views.answers import page_or_fragment
from releases.queries.search import search


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Everything that the text in the address means, in groups; as a fragment, the lines below the field."""
    hits = search(reader(request), request.GET.get("q", ""))
    context = {"found": hits, "sections": found.sections(hits)}
    page, fragment = "pages/search/search.html", "pages/search/_found.html"
    return page_or_fragment(request, page, fragment, context, news=found.news(hits))
