"""The log of the trail: a list whose filters stand in the address, and the page of one entry."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from dashboard import offers
from dashboard.chain import chain_shown
from dashboard.facets import kept_beside
from dashboard.log_facets import asked_of, facets_of, place_of
from dashboard.reader import reader
from dashboard.views.answers import page_or_fragment, wants_fragment
from releases.actions.verify_trail import verify_trail
from releases.queries.audit_log import COUNTED_TO, listing_of, scope_of, whole_entry
from releases.queries.saved_views import usual


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """One page of the entries that match."""
    user = reader(request)
    scope = scope_of(user)
    asked = asked_of(request.GET, scope=scope)
    before, after = place_of(request.GET, "before"), place_of(request.GET, "after")
    context = {
        "page": listing_of(scope, asked.filters).page(before=before, after=after),
        "asked": asked,
        "scope": scope,
        "offer": offers.export_audit(user, asked.filters.project),
        "query": usual(request.GET.urlencode()),
        "facets": facets_of(request.GET, asked.filters, scope=scope),
        "kept": kept_beside(request.GET, "number"),
        "is_first": before is None and after is None,
        "chain": None if wants_fragment(request) else chain_shown(user),
        "counted_to": COUNTED_TO,
    }
    return page_or_fragment(request, "pages/audit/log.html", "pages/audit/_log.html", context)


@require_GET
def chain(request: HttpRequest) -> HttpResponse:
    """How the trail stands, with the button; the banner asks for it. `?next=`: where the button comes back to."""
    fragment, shown = "components/chain_box.html", chain_shown(reader(request))
    news = "" if shown.is_running else f"The audit chain is {'not intact' if shown.is_wrong else 'verified'}"
    context = {"chain": shown, "path": request.GET.get("next", "")}
    return page_or_fragment(request, fragment, fragment, context, news=news)


@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Have the whole trail verified; the banner then tells how far it is."""
    verify_trail(by=reader(request))
    messages.info(request, "Asked for a verification of the whole trail. The banner says when it is done.")
    back = request.POST.get("next", "")
    is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return redirect(back if is_ours else "audit_log")


@require_GET
def entry(request: HttpRequest, seq: int) -> HttpResponse:
    """One entry with all its facts; 404 as well for one the reader may not see."""
    whole = whole_entry(reader(request), seq)
    if whole is None:
        raise Http404(f"There is no entry {seq} here")
    context = {"whole": whole, "entry": whole.entry}
    return page_or_fragment(request, "pages/audit/entry.html", "pages/audit/_entry.html", context)
