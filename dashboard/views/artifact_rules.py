"""Artifact rules: read by everybody, changed by administrators, and tried on past releases before they are saved."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dashboard import offers
from dashboard.reader import reader
from dashboard.rule_forms import ArtifactRuleForm, typed
from dashboard.views.answers import page_or_fragment
from releases.actions import artifact_rules as actions
from releases.errors import Conflict, Invalid
from releases.models import ArtifactRule, Inquiry, Project, User
from releases.queries.access import visible_projects, visible_to
from releases.queries.artifact_rules import applying, in_order, standing
from releases.sync.roles import DEFAULTS

SAVED = {"add": "The rule is saved.", "change": "The rule is changed.", "delete": "The rule is deleted."}


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The rules in order of effect, in one project (`?project=`) or those that hold in every one."""
    user = reader(request)
    project = _project(user, request.GET.get("project", ""))
    context = {
        "project": project,
        "projects": visible_projects(user).order_by("name"),
        "rules": list(enumerate(in_order(user, project), 1)),
        "defaults": DEFAULTS,
        "offer": offers.change_artifact_rules(user, project),
        "general": offers.change_artifact_rules(user, None),
        "applying": applying(),
    }
    page, fragment = "pages/rules/artifacts.html", "pages/rules/_artifacts.html"
    return page_or_fragment(request, page, fragment, context)


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new rule, of a project or of every one; posted, it is tried."""
    project = _project(reader(request), request.GET.get("project", ""))
    return _form(request, project, None)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, rule: int) -> HttpResponse:
    """Another pattern, role or priority; posted, it is tried."""
    found = _rule(reader(request), rule)
    return _form(request, found.project, found)


@require_POST
def delete(request: HttpRequest, rule: int) -> HttpResponse:
    """Try what happens without this rule."""
    user = reader(request)
    found = _rule(user, rule)
    wish = actions.Wish("delete", found.project_id, request.POST.get("seen", ""), rule=found.pk, **typed(found))
    return redirect("artifact_rule_try", inquiry=actions.ask(wish, by=user).pk)


@require_GET
def tried(request: HttpRequest, inquiry: UUID) -> HttpResponse:
    """What would flip, as soon as the worker has looked."""
    found = _asked_by(reader(request), inquiry)
    is_open = found.state in {Inquiry.State.ASKED, Inquiry.State.ANSWERING}
    context = {"inquiry": found, "wish": found.payload, "answer": found.answer, "is_open": is_open}
    context["project"] = Project.objects.filter(pk=found.payload["project"]).first()
    context["is_answered"] = found.state == Inquiry.State.ANSWERED
    news = "The rule is being tried" if is_open else f"{found.answer.get('flips', 0)} artifacts would change"
    return page_or_fragment(request, "pages/rules/try.html", "pages/rules/_try.html", context, news=news)


@require_POST
def save(request: HttpRequest, inquiry: UUID) -> HttpResponse:
    """Save what was tried; stored artifacts are brought in line at once."""
    user = reader(request)
    found = _asked_by(user, inquiry)
    wish = actions.save(found, by=user)
    messages.success(request, f"{SAVED[wish.verb]} What is stored is being brought in line.")
    return redirect(_list_of(Project.objects.filter(pk=wish.project or 0).first()))


def _form(request: HttpRequest, project: Project | None, rule: ArtifactRule | None) -> HttpResponse:
    user, stands = reader(request), standing(project)
    form = ArtifactRuleForm(request.POST or None, initial={**(typed(rule) if rule else {}), "seen": stands})
    if form.is_valid():
        try:
            inquiry = actions.ask(form.wish(project=project, rule=rule), by=user)
            return redirect("artifact_rule_try", inquiry=inquiry.pk)
        except (Invalid, Conflict) as refused:
            # What was typed can be tried again, against the rules as they are now.
            form = ArtifactRuleForm({**request.POST.dict(), "seen": stands})
            form.add_error(None, refused.sentence)
    offer = offers.change_artifact_rules(user, project)
    context = {"form": form, "project": project, "rule": rule, "offer": offer, "back": _list_of(project)}
    return render(request, "pages/rules/form.html", context, status=422 if form.errors else 200)


def _list_of(project: Project | None) -> str:
    return reverse("artifact_rules") + (f"?project={project.slug}" if project else "")


def _project(user: User, slug: str) -> Project | None:
    return get_object_or_404(visible_projects(user), slug=slug) if slug else None


def _rule(user: User, pk: int) -> ArtifactRule:
    return get_object_or_404(visible_to(user, ArtifactRule).select_related("project"), pk=pk)


def _asked_by(user: User, inquiry: UUID) -> Inquiry:
    """The reader's own question; to everybody else there is none."""
    found = Inquiry.objects.filter(pk=inquiry, kind=actions.KIND, asked_by=user).first()
    if found is None:
        raise Http404("There is no such question here")
    return found
