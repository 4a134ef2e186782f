"""Starting a draft: a page that says which stages start by themselves then, and the asking for it."""

from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from dashboard import offers
from dashboard.proofs import proof_of
from dashboard.reader import reader
from dashboard.views.answers import render
from releases.actions.commands.asked import Asked
from releases.actions.start import start as start_draft
from releases.errors import Conflict, Invalid
from releases.models import Release, User
from releases.policies.fresh import told
from releases.queries import snapshot
from releases.queries.access import visible_to
from releases.queries.conditions import starts_with_release


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, project: str, azure_id: int) -> HttpResponse:
    """What would start; posted, it is asked for."""
    user = reader(request)
    release = _release(user, project, azure_id)
    if request.method != "POST":
        return _page(request, user, release)
    proved = told(proof_of(request), now=timezone.now()).get("auth")
    asked = Asked(key=request.POST.get("key", ""), auth=proved if isinstance(proved, dict) else None)
    try:
        seen = snapshot.read(request.POST.get("seen", ""))
        command = start_draft(release, by=user, asked=asked, seen=seen)
    except (Invalid, Conflict) as refused:
        return _page(request, user, release, error=refused, status=422 if isinstance(refused, Invalid) else 409)
    return redirect("command", command.pk)


def _page(
    request: HttpRequest, user: User, release: Release, *, error: Exception | None = None, status: int = 200
) -> HttpResponse:
    stages = [stage for stage in release.stages.order_by("rank", "pk") if starts_with_release(stage.conditions)]
    context = {"release": release, "stages": stages, "offer": offers.start_draft(user, release), "error": error}
    context |= {"seen": snapshot.token(snapshot.seen_of_release(release)), "key": uuid4().hex}
    return render(request, "pages/release/start.html", context, status=status)


def _release(user: User, project: str, azure_id: int) -> Release:
    rows = visible_to(user, Release).filter(project__slug=project, azure_id=azure_id)
    release = rows.select_related("project__organization", "pipeline").first()
    if release is None:
        raise Http404(f"There is no release {azure_id} here")
    return release
