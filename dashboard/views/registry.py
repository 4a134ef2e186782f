"""What Azure ML's registry knows: one version of a model, and one training run."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from dashboard import audited
from dashboard.reader import reader
from dashboard.shell import shell_of
from dashboard.views.answers import page_or_fragment
from releases.queries.links import model_version_url
from releases.queries.model_version import find, model_version_seen
from releases.queries.training_run import training_run_seen


@require_GET
def model_version(request: HttpRequest, workspace: int, name: str, version: str) -> HttpResponse:
    """The version; 404 as well when its workspace belongs to no project the reader sees."""
    user, now = reader(request), timezone.now()
    row = find(user, workspace=workspace, name=name, version=version)
    if row is None:
        raise Http404(f"There is no {name} v{version} here")
    seen = model_version_seen(user, row, now=now)
    context = {
        "seen": seen,
        "version": row,
        "bars": audited.bars_of_places(seen.places, [one.span for one in seen.rows], now=now),
        "reading": [source.project for source in shell_of(request).sources if source.backfill],
        "azure_url": model_version_url(row.workspace, name=row.name, version=row.version) or "",
        "stale": shell_of(request).stale,
    }
    news = ", ".join(f"live in {place.stage.name}" for place in seen.live_in) or "live nowhere"
    page, fragment = "pages/registry/model_version.html", "pages/registry/_model_version.html"
    return page_or_fragment(request, page, fragment, context, news=news)


@require_GET
def training_run(request: HttpRequest, workspace: int, name: str) -> HttpResponse:
    """The run; 404 as well when its workspace belongs to no project the reader sees."""
    seen = training_run_seen(reader(request), workspace=workspace, name=name)
    if seen is None:
        raise Http404(f"There is no training run {name} here")
    context = {"seen": seen, "run": seen.run, "stale": shell_of(request).stale}
    page, fragment = "pages/registry/training_run.html", "pages/registry/_training_run.html"
    return page_or_fragment(request, page, fragment, context, news=f"{seen.run.status}")
