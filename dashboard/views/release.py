"""One release: why it exists, how far it got, what it carries, who approved, what happened."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from dashboard.reader import reader
from dashboard.shell import shell_of
from dashboard.views.answers import page_or_fragment
from releases.queries.links import release_url
from releases.queries.release import ReleaseSeen, release_seen
from releases.queries.timeline import timeline
from releases.states import Depth, ReleaseStatus


@require_GET
def show(request: HttpRequest, project: str, azure_id: int) -> HttpResponse:
    """The release with this id in Azure DevOps; 404 as well when it belongs to a project the reader does not see."""
    seen = release_seen(reader(request), project=project, azure_id=azure_id)
    if seen is None:
        raise Http404(f"There is no release {azure_id} here")
    context = {
        "seen": seen,
        "release": seen.release,
        "timeline": timeline(seen),
        "azure_url": release_url(seen.release) or "",
        "is_abandoned": seen.release.status == ReleaseStatus.ABANDONED,
        "has_steps": seen.release.depth == Depth.DETAILED,
        "is_moving": seen.release.is_unfinished,
        "stale": shell_of(request).stale_in(seen.release.project_id),
    }
    page, fragment = "pages/release/release.html", "pages/release/_release.html"
    return page_or_fragment(request, page, fragment, context, news=_news(seen))


def _news(seen: ReleaseSeen) -> str:
    return ", ".join(f"{stage.row.name} {stage.word.replace('_', ' ')}" for stage in seen.stages)
