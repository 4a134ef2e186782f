"""The overview: what is live where. Rows for many pipelines, lanes for few, first steps while nothing is read."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from dashboard.first_steps import first_steps
from dashboard.reader import reader
from dashboard.shell import shell_of
from dashboard.views.answers import page_or_fragment
from releases.queries.access import visible_projects
from releases.queries.looks import looks
from releases.queries.overview import Overview, overview
from releases.queries.pipelines import standing
from releases.queries.sources import workspaces


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """What every stage of every pipeline runs, what waits and what failed; `?view=` chooses rows or lanes."""
    user, now = reader(request), timezone.now()
    shell_of(request).pipelines = pipelines = standing(user)
    seen = overview(user, now=now, pipelines=pipelines)
    sources = shell_of(request).sources
    view = request.GET.get("view", "")
    backfills = [(one.project, one.backfill, one.backfill.time_left(now)) for one in sources if one.backfill]
    steps = first_steps(seen, projects=sources, workspaces=workspaces(user)) if backfills else []
    looked = looks(user)
    context = {
        "seen": seen,
        "is_compact": seen.is_compact if view not in {"rows", "lanes"} else view == "rows",
        "backfills": backfills,
        "steps": steps,
        "done": sum(step.is_done for step in steps),
        "reading": {project.pk for project, progress, _ in backfills if project and not progress.read_back_to},
        "projects": list(visible_projects(user)),
        "checked_at": shell_of(request).checked_at,
        "looks": looked,
        "served_at": min((one.checked_at for one in looked if one.checked_at), default=None),
    }
    return page_or_fragment(
        request, "pages/overview/overview.html", "pages/overview/_overview.html", context, news=_news(seen)
    )


def _news(seen: Overview) -> str:
    counted: dict[str, list[Any]] = {
        "waiting for approval": list(seen.waiting),
        "drifted": list(seen.drifting),
        "failed": list(seen.failed),
        "running": list(seen.running),
    }
    return ", ".join(f"{len(found)} {word}" for word, found in counted.items())
