"""A new release of a pipeline: what Azure offers of each artifact, the difference to what is live, asking for it."""

from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from dashboard import offers as pressed
from dashboard.making import Typed
from dashboard.reader import reader
from dashboard.views.answers import page_or_fragment, render
from releases.actions.commands.asked import Asked
from releases.actions.create import ask_versions, create
from releases.errors import Conflict, Invalid
from releases.models import Inquiry, Pipeline, User
from releases.queries import snapshot
from releases.queries.access import visible_to
from releases.queries.new_release import NewRelease, new_release
from releases.queries.offers import inquiry_of, offers_of, seen_of
from releases.sync.roles import decisions_for

PAGE, FRAGMENT = "pages/pipeline/new_release.html", "pages/pipeline/_new_release.html"
NEEDS_A_NEW_KEY = frozenset({"key_reused"})


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, project: str, azure_id: int) -> HttpResponse:
    """The form; posted, the release is asked for, or what was chosen so far is looked at."""
    user = reader(request)
    pipeline = _pipeline(user, project, azure_id)
    offer = pressed.create_release(user, pipeline)
    if not offer.is_open and request.method == "GET":
        return render(request, PAGE, {"pipeline": pipeline, "offer": offer})
    typed = Typed.of(request)
    error: Invalid | Conflict | None = None
    if typed.is_sent:
        try:
            command = create(
                pipeline, by=user, asked=Asked(key=typed.key), seen=snapshot.read(typed.seen), order=typed.order()
            )
            return redirect("command", command.pk)
        except (Invalid, Conflict) as refused:
            error = refused
    inquiry = _inquiry(
        pipeline, typed, by=user, is_anew=typed.is_anew or (error is not None and error.code == "changed")
    )
    pipeline.refresh_from_db()
    seen = _seen(pipeline, inquiry, typed)
    key = uuid4().hex if not typed.key or (error and error.code in NEEDS_A_NEW_KEY) else typed.key
    context = {"pipeline": pipeline, "offer": offer, "seen": seen, "typed": typed, "inquiry": inquiry, "error": error}
    is_answered = inquiry.state == Inquiry.State.ANSWERED and not seen.offers.sentence
    context |= {"token": snapshot.token(seen_of(pipeline, inquiry)) if is_answered else "", "key": key}
    status = 422 if isinstance(error, Invalid) else 409 if error else 200
    news = "Azure DevOps is being asked" if seen.offers.is_open else f"{len(seen.changed)} artifacts would change"
    return page_or_fragment(request, PAGE, FRAGMENT, context, news=news, status=status)


@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """Of which pipeline: all that the reader sees and that Azure still has."""
    pipelines = visible_to(reader(request), Pipeline).filter(gone_at=None).select_related("project")
    return render(request, "pages/releases/new.html", {"pipelines": pipelines.order_by("project__name", "name", "pk")})


def _pipeline(user: User, project: str, azure_id: int) -> Pipeline:
    rows = visible_to(user, Pipeline).filter(project__slug=project, azure_id=azure_id)
    pipeline = rows.select_related("project__organization").first()
    if pipeline is None:
        raise Http404(f"There is no pipeline {azure_id} here")
    return pipeline


def _inquiry(pipeline: Pipeline, typed: Typed, *, by: User, is_anew: bool) -> Inquiry:
    """The question this page was drawn with, or the newest one; `is_anew` asks once more."""
    known = None if is_anew else inquiry_of(pipeline, typed.asked)
    return known or ask_versions(pipeline, by=by, anew=is_anew)


def _seen(pipeline: Pipeline, inquiry: Inquiry, typed: Typed) -> NewRelease:
    decisions = decisions_for(pipeline.project)
    return new_release(
        pipeline,
        offers_of(pipeline, inquiry),
        versions=typed.versions,
        searched=typed.searched,
        kept=typed.manual_stages,
        decide=lambda type_, alias, name: decisions(type_, alias, name).role,
    )
