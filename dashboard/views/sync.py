"""How fresh the history is, what could not be read, and the button that reads now."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from dashboard import offers
from dashboard.reader import reader
from dashboard.shell import shell_of
from dashboard.views.answers import page_or_fragment
from releases.actions.sync_now import sync_now
from releases.errors import Denied
from releases.policies.roles import check_can_sync_now, refusal
from releases.queries.access import visible_projects
from releases.queries.runs_seen import RUNS_SHOWN
from releases.queries.sync import sync_seen


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Progress, sources, gaps, set-aside answers and runs."""
    user, now = reader(request), timezone.now()
    every = timedelta(seconds=settings.SLIPWAY_SYNC_SECONDS)
    seen = sync_seen(user, projects=shell_of(request).sources)
    projects = [source.project for source in seen.sources if source.project]
    context = {
        "seen": seen,
        "every": every,
        "runs_shown": RUNS_SHOWN,
        "backfills": [(one.project, one.backfill, one.backfill.time_left(now)) for one in seen.sources if one.backfill],
        "offer": offers.sync_now(user, projects),
    }
    states = ", ".join(f"{source.name} {source.state}" for source in seen.sources)
    return page_or_fragment(request, "pages/sync/sync.html", "pages/sync/_sync.html", context, news=states)


@require_GET
def synced(request: HttpRequest) -> HttpResponse:
    """How long ago the history was read; the frame asks for it."""
    fragment = "components/_synced.html"
    return page_or_fragment(request, fragment, fragment, {"checked_at": shell_of(request).checked_at})


@require_POST
def now(request: HttpRequest) -> HttpResponse:
    """Read every project now that the reader may ask for."""
    user = reader(request)
    projects = list(visible_projects(user).filter(is_followed=True))
    allowed = [project for project in projects if refusal(check_can_sync_now, user, project) is None]
    if not allowed:
        raise Denied(offers.sync_now(user, projects).refusal)
    for project in allowed:
        sync_now(project, by=user)
    messages.info(request, f"Asked for a sync of {', '.join(project.name for project in allowed)}.")
    return redirect("sync")
