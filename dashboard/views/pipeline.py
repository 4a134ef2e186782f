"""One pipeline: its stages and whom they ask, what was live, its triggers, artifacts and set-up."""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from dashboard import offers
from dashboard.offers_acts import acts_of_pipeline
from dashboard.reader import reader
from dashboard.shell import shell_of
from dashboard.views.answers import page_or_fragment
from releases.queries.commands import changes_of_triggers
from releases.queries.links import pipeline_url
from releases.queries.pipeline import PipelineSeen, pipeline_seen
from releases.queries.releases import COUNTED_TO
from releases.queries.setup_check import checks
from releases.sync.roles import decisions_for

ENDED_SHOWN = timedelta(hours=1)
"""How long what became of a change of triggers stands beside them."""


@require_GET
def show(request: HttpRequest, project: str, azure_id: int) -> HttpResponse:
    """The pipeline with this id in Azure DevOps; 404 as well when the reader does not see its project."""
    user = reader(request)
    seen = pipeline_seen(user, project=project, azure_id=azure_id, decisions=decisions_for, now=timezone.now())
    if seen is None:
        raise Http404(f"There is no pipeline {azure_id} here")
    refused, acts = acts_of_pipeline(user, seen.stages)
    changes = changes_of_triggers(seen.pipeline, reader=user, since=timezone.now() - ENDED_SHOWN)
    running = next((one for one in changes if one.is_open), None)
    context = {
        "seen": seen,
        "lanes": list(zip(seen.stages, acts, strict=True)),
        "refused": refused,
        "pipeline": seen.pipeline,
        "checks": checks(seen),
        "changes": changes,
        "running": running,
        "triggers_offer": offers.change_triggers(
            user, seen.pipeline, open_one=running, may_act=refused if seen.stages else None
        ),
        "azure_url": pipeline_url(seen.pipeline) or "",
        "counted_to": COUNTED_TO,
        "stale": shell_of(request).stale_in(seen.pipeline.project_id),
    }
    page, fragment = "pages/pipeline/pipeline.html", "pages/pipeline/_pipeline.html"
    return page_or_fragment(request, page, fragment, context, news=_news(seen))


def _news(seen: PipelineSeen) -> str:
    return ", ".join(f"{one.stage.name} {one.now.word.replace('_', ' ')}" for one in seen.stages)
