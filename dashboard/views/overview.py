"""The overview: what is live where. Rows for many pipelines, lanes for few, first steps while nothing is read."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from dashboard.reader import reader
from dashboard.shell import shell_of
from dashboard.views.answers import page_or_fragment
from releases.queries.access import visible_projects
from releases.queries.overview import Overview, overview


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """What every stage of every pipeline runs, what waits and what failed; `?view=` chooses rows or lanes."""
    user, now = reader(request), timezone.now()
    seen = overview(user, now=now, pipelines=list(shell_of(request).pipelines))
    sources = shell_of(request).sources
    view = request.GET.get("view", "")
    context = {
        "seen": seen,
        "is_compact": seen.is_compact if view not in {"rows", "lanes"} else view == "rows",
        "backfills": [(one.project, one.backfill, one.backfill.time_left(now)) for one in sources if one.backfill],
        "projects": list(visible_projects(user)),
        "checked_at": shell_of(request).checked_at,
    }
    return page_or_fragment(
        request, "pages/overview/overview.html", "pages/overview/_overview.html", context, news=_news(seen)
    )


def _news(seen: Overview) -> str:
    return f"{len(seen.waiting)} waiting for approval, {len(seen.failed)} failed, {len(seen.running)} running"
