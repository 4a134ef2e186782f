"""Where a version ran, and what was live at a moment: every question stands in the address."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from dashboard import audited
from dashboard.chain import chain_shown
from dashboard.forms import zones
from dashboard.reader import reader
from dashboard.shell import shell_of
from dashboard.views.answers import page_or_fragment, wants_fragment
from releases.queries import keyset
from releases.queries import trace as traces
from releases.queries.live_at import live_at


@require_GET
def trace(request: HttpRequest) -> HttpResponse:
    """Where one version ran, from when until when; without one, what can be asked for."""
    user, now = reader(request), timezone.now()
    text, sought = audited.sought_of(request.GET)
    stages = audited.stages_of(user, request.GET)
    cursor = audited.cursor_of(request.GET)
    found = traces.trace(user, sought, now=now, stages=stages.ids, cursor=cursor) if sought.version else None
    has_run = bool(found and found.stages)
    context = {
        "text": text,
        "sought": sought,
        "stages": stages,
        "found": found,
        "bars": audited.bars_of_trace(found, now=now) if found else None,
        "older": keyset.written(found.older) if found and found.older else "",
        "newer": keyset.written(found.newer) if found and found.newer else "",
        "versions": [] if has_run or not text else traces.versions_of(user, {sought.name, text}),
        "live_now": [] if has_run else traces.live_now(user),
        "offered": traces.offered(user),
        "stale": shell_of(request).stale,
        "chain": None if wants_fragment(request) else chain_shown(user),
    }
    news = f"{len(found.live_in)} stages run it" if found else ""
    return page_or_fragment(request, "pages/audit/trace.html", "pages/audit/_trace.html", context, news=news)


@require_GET
def live(request: HttpRequest) -> HttpResponse:
    """What every stage ran at a moment of a time zone."""
    user, now = reader(request), timezone.now()
    stages = audited.stages_of(user, request.GET)
    asked = audited.moment_of(request.GET, now=now)
    answers = asked.moment is not None and not asked.is_ahead
    context = {
        "asked": asked,
        "moment": asked.moment,
        "stages": stages,
        "zones": zones(),
        "found": live_at(user, asked.moment.at, stages=stages.chosen) if answers and asked.moment else None,
        "stale": shell_of(request).stale,
        "chain": None if wants_fragment(request) else chain_shown(user),
    }
    page, fragment = "pages/audit/live_at.html", "pages/audit/_live_at.html"
    return page_or_fragment(request, page, fragment, context, status=400 if asked.error else 200)
