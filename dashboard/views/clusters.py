"""Computes and endpoints: what really runs, beside what releases deployed to it."""

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from dashboard import moving as way
from dashboard import offers, tracks
from dashboard.reader import reader
from dashboard.views.answers import page_or_fragment
from releases.models import User
from releases.queries.access import visible_projects
from releases.queries.bindings import offered
from releases.queries.commands import attaching
from releases.queries.computes import Compute, computes
from releases.queries.endpoint import EndpointPageSeen, History, endpoint_seen
from releases.queries.endpoints import endpoint_page
from releases.queries.links import endpoint_url
from releases.queries.looks import looks

LONGEST_NAME = 260
TOLD_FOR = timedelta(hours=1)
"""How long what was asked about a cluster stands on the page after it ended."""


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Every compute and a page of endpoints, those with drift first; `?name=` narrows, `?page=` turns."""
    user, name = reader(request), request.GET.get("name", "").replace("\x00", "").strip()[:LONGEST_NAME]
    number = request.GET.get("page", "1")
    seen = endpoint_page(
        user, now=timezone.now(), name=name, number=int(number) if number.isdecimal() and len(number) < 7 else 1
    )
    found, sources, asked = computes(user), looks(user), attaching(user, since=timezone.now() - TOLD_FOR)
    legacy = [one for one in found if one.is_legacy]
    context = {
        "seen": seen,
        "name": name,
        "computes": found,
        "legacy": legacy,
        **_bound_to(legacy, user),
        "sources": sources,
        "attaching": asked,
        "is_attaching": any(one.is_open for one in asked),
        "attach": offers.attach_cluster(user) if sources else None,
        "has_projects": bool(sources) or visible_projects(user).exists(),
    }
    news = f"{seen.drifting} of {seen.count} endpoints serve something else than was deployed"
    return page_or_fragment(
        request, "pages/clusters/clusters.html", "pages/clusters/_clusters.html", context, news=news
    )


@require_GET
def endpoint(request: HttpRequest, workspace: int, name: str) -> HttpResponse:
    """One endpoint; 404 as well when no project the reader sees uses its workspace."""
    user, now = reader(request), timezone.now()
    found = endpoint_seen(user, workspace=workspace, name=name, now=now)
    if found is None:
        raise Http404(f"There is no endpoint {name} here")
    offer, allowed = offers.bind_stage(user, {stage.pipeline.project for stage in found.offered})
    context = {
        "found": found,
        "seen": found.seen,
        "row": found.row,
        "bindings": [bound.binding for bound in found.seen.bound],
        "offer": offer,
        "choices": [stage for stage in found.offered if stage.pipeline.project_id in allowed],
        "allowed": allowed,
        "tracks": _tracks(found.history),
        "ticks": tracks.ticks(found.history.start, found.history.until),
        "azure_url": endpoint_url(found.row) or "",
    }
    return page_or_fragment(
        request, "pages/clusters/endpoint.html", "pages/clusters/_endpoint.html", context, news=_news(found)
    )


def _bound_to(legacy: list[Compute], user: User) -> dict[str, Any]:
    """The form that binds a stage to each legacy cluster: what it offers, and why not where it is closed."""
    stages = offered(user, {one.row.workspace_id for one in legacy}) if legacy else {}
    offer, allowed = offers.bind_stage(user, {one.pipeline.project for some in stages.values() for one in some})
    forms = [
        (one, [stage for stage in stages.get(one.row.workspace_id, []) if stage.pipeline.project_id in allowed])
        for one in legacy
    ]
    return {"legacy_forms": forms, "offer": offer, "allowed": allowed}


@require_GET
def moving(request: HttpRequest) -> HttpResponse:
    """What a legacy cluster is, and the way from it to a Kubernetes compute."""
    return render(request, "pages/clusters/moving.html", {"steps": way.STEPS})


def _tracks(history: History) -> list[tracks.Track]:
    lines = (("Deployed", history.deployed), ("Served", history.served), ("Drift", history.drifted))
    return [
        tracks.track(label, [(s.text, s.hue, s.start, s.until) for s in rows], start=history.start, until=history.until)
        for label, rows in lines
    ]


def _news(found: EndpointPageSeen) -> str:
    return f"{found.row.name} {found.seen.word.replace('_', ' ')}"
