"""One release: why it exists, how far it got, what it carries, who approved, what happened. Four tabs, each a URL."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from dashboard.chain import chain_shown
from dashboard.log_facets import place_of
from dashboard.offers_acts import acts_of_release
from dashboard.reader import reader
from dashboard.shell import shell_of
from dashboard.views.answers import page_or_fragment
from releases.queries.after_release import after_release
from releases.queries.audit_log import entries_of_release
from releases.queries.commands import commands_of
from releases.queries.links import pipeline_url, release_url
from releases.queries.release import ReleaseSeen, release_seen
from releases.queries.release_around import around
from releases.queries.timeline import timeline
from releases.queries.variables import variables_of
from releases.states import Depth


@require_GET
def show(request: HttpRequest, project: str, azure_id: int) -> HttpResponse:
    """The summary of the release with this id in Azure DevOps."""
    return _answer(request, "_release", _seen(request, project, azure_id))


@require_GET
def happened(request: HttpRequest, project: str, azure_id: int) -> HttpResponse:
    """Everything that happened to it, newest first."""
    return _answer(request, "_timeline", _seen(request, project, azure_id))


@require_GET
def variables(request: HttpRequest, project: str, azure_id: int) -> HttpResponse:
    """The variables it was made with."""
    return _answer(request, "_variables", _seen(request, project, azure_id))


@require_GET
def audited(request: HttpRequest, project: str, azure_id: int) -> HttpResponse:
    """What the trail holds of it."""
    seen = _seen(request, project, azure_id)
    places = {name: place_of(request.GET, name) for name in ("before", "after")}
    noted = entries_of_release(seen.release, **places)
    shown = chain_shown()
    return _answer(request, "_audit", seen, noted=noted, chain=shown, is_first=not any(places.values()))


def head_of(request: HttpRequest, project: str, azure_id: int) -> dict[str, Any]:
    """What the head of every tab shows, for the tabs that have a module of their own."""
    return _context(request, _seen(request, project, azure_id))


def _seen(request: HttpRequest, project: str, azure_id: int) -> ReleaseSeen:
    """The release; 404 as well when it belongs to a project the reader does not see."""
    seen = release_seen(reader(request), project=project, azure_id=azure_id)
    if seen is None:
        raise Http404(f"There is no release {azure_id} here")
    return seen


def _answer(request: HttpRequest, tab: str, seen: ReleaseSeen, **more: Any) -> HttpResponse:
    fragment = f"pages/release/{tab}.html"
    context = {**_context(request, seen), "tab": tab, "fragment": fragment, **more}
    return page_or_fragment(request, "pages/release/release.html", fragment, context, news=_news(seen))


def _context(request: HttpRequest, seen: ReleaseSeen) -> dict[str, Any]:
    release, lies, user = seen.release, around(seen.release), reader(request)
    acts = acts_of_release(user, release, [stage.row for stage in seen.stages], flag=seen.flag)
    commands = commands_of(release, reader=user)
    return {
        "seen": seen,
        "release": release,
        "around": lies,
        "acts": acts,
        "lanes": list(zip(seen.stages, acts.stages, strict=True)),
        "commands": commands,
        "lived": [(span, seen.asked_for(span)) for span in lies.spans],
        "after": after_release(release, now=timezone.now()),
        "timeline": timeline(seen, drifts=lies.drifts),
        "variables": variables_of(release, [stage.row for stage in seen.stages]),
        "azure_url": release_url(release) or "",
        "pipeline_url": pipeline_url(release.pipeline) or "",
        "has_steps": release.depth == Depth.DETAILED,
        "is_moving": release.is_unfinished or any(one.is_open for one in commands),
        "stale": shell_of(request).stale_in(release.project_id),
    }


def _news(seen: ReleaseSeen) -> str:
    return ", ".join(f"{stage.row.name} {stage.pill[0].replace('_', ' ')}" for stage in seen.stages)
