"""A new release of a pipeline: what Azure offers of each artifact, the difference to what is live, asking for it."""

from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from dashboard import offers as pressed
from dashboard.making import Typed
from dashboard.proofs import proof_of
from dashboard.reader import reader
from dashboard.views.answers import page_or_fragment, render
from releases.actions.commands.asked import Asked
from releases.actions.create import ask_versions, create
from releases.errors import Conflict, Invalid
from releases.models import Inquiry, Pipeline, User
from releases.policies.fresh import told
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
    if not typed.is_sent:
        return _form(request, pipeline, typed, by=user)
    try:
        seen = snapshot.read(typed.seen)
        command = create(pipeline, by=user, asked=_asked(request, typed), seen=seen, order=typed.order())
    except (Invalid, Conflict) as refused:
        return _form(request, pipeline, typed, by=user, error=refused)
    return redirect("command", command.pk)


def _form(
    request: HttpRequest, pipeline: Pipeline, typed: Typed, *, by: User, error: Invalid | Conflict | None = None
) -> HttpResponse:
    """With everything that was typed. Whoever may not create is refused by asking."""
    inquiry = None if typed.is_anew else inquiry_of(pipeline, typed.asked)
    inquiry = inquiry or ask_versions(pipeline, by=by, anew=typed.is_anew)
    pipeline.refresh_from_db()
    seen = _seen(pipeline, inquiry, typed)
    needs_a_key = not typed.key or (error is not None and error.code in NEEDS_A_NEW_KEY)
    is_answered = inquiry.state == Inquiry.State.ANSWERED and not seen.offers.sentence
    context = {
        "pipeline": pipeline,
        "offer": pressed.create_release(by, pipeline),
        "seen": seen,
        "typed": typed,
        "inquiry": inquiry,
        "error": error,
        "token": snapshot.token(seen_of(pipeline, inquiry)) if is_answered else "",
        "key": uuid4().hex if needs_a_key else typed.key,
    }
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


def _asked(request: HttpRequest, typed: Typed) -> Asked:
    """With how the person had proved who they are."""
    proved = told(proof_of(request), now=timezone.now()).get("auth")
    return Asked(key=typed.key, auth=proved if isinstance(proved, dict) else None)


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
