"""Endpoint rules: read by everybody, changed by administrators, and tried on every stage before they are saved."""

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dashboard import offers
from dashboard.reader import reader
from dashboard.rule_forms import EndpointRuleForm, typed
from releases.actions import endpoint_rules as actions
from releases.errors import Conflict, Invalid
from releases.models import EndpointRule, Project, Stage, User
from releases.queries.access import visible_projects, visible_to
from releases.queries.endpoint_rules import in_order, standing
from releases.sync.serving.binding import DEFAULT_RULES
from releases.sync.serving.binds import rebind
from releases.sync.serving.trying import Tried, tried

SAVED = {"add": "The rule is saved.", "change": "The rule is changed.", "delete": "The rule is deleted."}
SHOWN = 100


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The rules in order of effect, in one project (`?project=`) or those that hold in every one."""
    user = reader(request)
    project = _project(user, request.GET.get("project", ""))
    context = {
        "project": project,
        "projects": visible_projects(user).order_by("name"),
        "rules": list(enumerate(in_order(user, project), 1)),
        "defaults": DEFAULT_RULES,
        "offer": offers.change_endpoint_rules(user, project),
        "general": offers.change_endpoint_rules(user, None),
    }
    return render(request, "pages/rules/endpoints.html", context)


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new rule, of a project or of every one; posted, it is tried, and saved once that was seen."""
    return _form(request, _project(reader(request), request.GET.get("project", "")), None)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, rule: int) -> HttpResponse:
    """Other patterns or another priority; posted, it is tried, and saved once that was seen."""
    found = _rule(reader(request), rule)
    return _form(request, found.project, found)


@require_POST
def delete(request: HttpRequest, rule: int) -> HttpResponse:
    """Try what happens without this rule, and delete it once that was seen."""
    found = _rule(reader(request), rule)
    wish = actions.Wish("delete", found.project_id, request.POST.get("seen", ""), rule=found.pk, **typed(found))
    return _tried(request, wish, found.project)


def _form(request: HttpRequest, project: Project | None, rule: EndpointRule | None) -> HttpResponse:
    user = reader(request)
    stands = standing(project)
    form = EndpointRuleForm(request.POST or None, initial={**(typed(rule) if rule else {}), "seen": stands})
    if form.is_valid() and request.POST.get("do") != "edit":
        try:
            return _tried(request, form.wish(project=project, rule=rule), project)
        except (Invalid, Conflict) as refused:
            # What was typed can be tried again, against the rules as they are now.
            form = EndpointRuleForm({**request.POST.dict(), "seen": stands})
            form.add_error(None, refused.sentence)
    offer = offers.change_endpoint_rules(user, project)
    context = {"form": form, "project": project, "rule": rule, "offer": offer, "back": _list_of(project)}
    return render(request, "pages/rules/endpoint_form.html", context, status=422 if form.errors else 200)


def _tried(request: HttpRequest, wish: actions.Wish, project: Project | None) -> HttpResponse:
    """What would be bound differently; or, once just that was seen, the rules with the change made."""
    user = reader(request)
    actions.consider(wish, by=user)
    found = tried(asdict(wish))
    is_saving = request.POST.get("do") == "save"
    if is_saving and request.POST.get("tried") == found.digest:
        actions.save(wish, by=user)
        rebind(wish.project, now=timezone.now())
        messages.success(request, f"{SAVED[wish.verb]} {_said(found)}")
        return redirect(_list_of(project))
    context = {"wish": wish, "project": project, "found": found, "is_late": is_saving, **_shown(found, user)}
    return render(request, "pages/rules/endpoint_try.html", context, status=409 if is_saving else 200)


def _shown(found: Tried, user: User) -> dict[str, Any]:
    """The changes this person may read of; the others are counted."""
    ids = [one.stage.pk for one in found.changes]
    visible = set(visible_to(user, Stage).filter(pk__in=ids).values_list("pk", flat=True))
    mine = [one for one in found.changes if one.stage.pk in visible]
    return {"changes": mine[:SHOWN], "more": len(mine[SHOWN:]), "hidden": len(ids) - len(mine)}


def _said(found: Tried) -> str:
    moved = found.moving
    if not moved:
        return "No stage is bound differently by it."
    stages = "1 stage is" if moved == 1 else f"{moved:,} stages are"
    return f"{stages} bound differently by it. The next look at the endpoints judges drift."


def _list_of(project: Project | None) -> str:
    return reverse("endpoint_rules") + (f"?project={project.slug}" if project else "")


def _project(user: User, slug: str) -> Project | None:
    return get_object_or_404(visible_projects(user), slug=slug) if slug else None


def _rule(user: User, pk: int) -> EndpointRule:
    return get_object_or_404(visible_to(user, EndpointRule).select_related("project"), pk=pk)
