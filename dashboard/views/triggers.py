"""Switching a trigger on or off, changing when it acts, adding a schedule: what changes is shown, then asked for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from dashboard import offers
from dashboard.forms import zones
from dashboard.proofs import proof_of
from dashboard.reader import reader
from dashboard.triggering import FIELDS, Typed, mark_of
from dashboard.views.answers import render
from releases.actions.commands.asked import Asked
from releases.actions.triggers import Change, change_triggers, steps_of
from releases.errors import Conflict, Invalid
from releases.models import Pipeline, User
from releases.policies.commands import check_can_change_triggers
from releases.policies.fresh import told
from releases.queries import snapshot
from releases.queries.access import visible_to
from releases.queries.commands import changes_of_triggers
from releases.queries.snapshot import Seen
from releases.queries.trigger_edits import azure_zone
from releases.queries.trigger_switches import (
    Switch,
    Switches,
    changes_in_words,
    next_runs,
    seen_of_triggers,
    switches_of,
    switches_seen,
)

PAGE = "pages/pipeline/trigger.html"
either = require_http_methods(["GET", "HEAD", "POST"])


@either
def switch(request: HttpRequest, project: str, azure_id: int, key: str) -> HttpResponse:
    """Off, or on again exactly as it was."""
    return _answer(request, project, azure_id, key=key, act="switch")


@either
def change(request: HttpRequest, project: str, azure_id: int, key: str) -> HttpResponse:
    """Other branches, or another time."""
    return _answer(request, project, azure_id, key=key, act="change")


@either
def add(request: HttpRequest, project: str, azure_id: int) -> HttpResponse:
    """One more schedule."""
    return _answer(request, project, azure_id, key="", act="add")


@dataclass(frozen=True)
class Asking:
    """What the page is about: the pipeline, the trigger by its key (none for a new one), and what was typed."""

    request: HttpRequest
    user: User
    pipeline: Pipeline
    key: str
    act: str
    now: datetime

    @property
    def is_switch(self) -> bool:
        """Whether nothing but the reason is typed."""
        return self.act == "switch"

    @property
    def back(self) -> str:
        """The pipeline's triggers."""
        return reverse("pipeline", args=[self.pipeline.project.slug, self.pipeline.azure_id]) + "#triggers-h"


def _answer(request: HttpRequest, project: str, azure_id: int, *, key: str, act: str) -> HttpResponse:
    user = reader(request)
    asking = Asking(request, user, _pipeline(user, project, azure_id), key, act, timezone.now())
    if request.method != "POST":
        return _first(asking)
    check_can_change_triggers(user, asking.pipeline)
    typed = Typed.of(request)
    try:
        seen = snapshot.read(typed.seen)
        found = _named(switches_seen(seen), asking)
        wanted = typed.change(found, is_switch=asking.is_switch)
        if not typed.is_sent or typed.looked != mark_of(wanted):
            return _page(asking, typed, seen=seen, shown=wanted)
        _ask(asking, typed, seen=seen, change=wanted)
    except Invalid as invalid:
        return _page(asking, typed, seen=_seen_again(typed, asking), error=invalid, status=422)
    except Conflict as conflict:
        return _page(asking, typed, seen=_now(asking), error=conflict, status=409)
    return redirect(asking.back)


def _first(asking: Asking) -> HttpResponse:
    seen = _now(asking)
    found = _named(switches_seen(seen), asking)
    typed = Typed.at_first(found, zone=timezone.get_current_timezone_name())
    return _page(asking, typed, seen=seen, shown=typed.change(found, is_switch=True) if asking.is_switch else None)


def _ask(asking: Asking, typed: Typed, *, seen: Seen, change: Change) -> None:
    proved = told(proof_of(asking.request), now=asking.now).get("auth")
    asked = Asked(key=typed.key, auth=proved if isinstance(proved, dict) else None)
    change_triggers(asking.pipeline, by=asking.user, asked=asked, seen=seen, changes=[change], reason=typed.reason)


def _page(
    asking: Asking,
    typed: Typed,
    *,
    seen: Seen,
    shown: Change | None = None,
    error: Invalid | Conflict | None = None,
    status: int = 200,
) -> HttpResponse:
    """With everything that was typed; `shown` is the change whose difference is told."""
    switches, switch = switches_of(asking.pipeline), _named(switches_seen(seen), asking, missing=None)
    if isinstance(error, Invalid) and shown is None:
        shown = _still(typed, switch, asking)
    context = _frame(asking, typed, seen, switches, switch) | {"error": error, "field": _field(error)}
    if shown is not None and (switch is not None or not asking.key):
        try:
            context |= _difference(asking, seen, switches, shown)
        except Invalid as invalid:
            context |= {"error": error or invalid, "field": _field(error or invalid)}
            status = 422 if status < 400 else status
    return render(asking.request, PAGE, context, status=status)


def _frame(asking: Asking, typed: Typed, seen: Seen, switches: Switches, switch: Switch | None) -> dict[str, Any]:
    running = [one for one in changes_of_triggers(asking.pipeline, reader=asking.user, since=asking.now) if one.is_open]
    is_schedule = not asking.is_switch and (switch is None or switch.branches is None)
    return {
        "pipeline": asking.pipeline,
        "act": asking.act,
        "switch": switch,
        "told": switches.told(switch, now=asking.now) if switch else None,
        "offer": offers.change_triggers(asking.user, asking.pipeline, open_one=running[0] if running else None),
        "typed": typed,
        "token": snapshot.token(seen),
        "new_key": typed.key or uuid4().hex,
        "back": asking.back,
        "zones": zones() if is_schedule else (),
        "is_schedule": is_schedule,
    }


def _difference(asking: Asking, seen: Seen, switches: Switches, shown: Change) -> dict[str, Any]:
    """What changes, in words; of a schedule its next times as well."""
    rows = switches_seen(seen)
    told = changes_in_words(rows, steps_of(rows, [shown]), switches.definition, now=asking.now)
    timing = shown.timing or next((one.timing for one in rows if one.key == shown.trigger and shown.on), None)
    named = azure_zone(timing.zone) if timing else ""
    return {
        "differences": told,
        "looked": mark_of(shown),
        "runs": next_runs(timing.schedule, now=asking.now) if timing else [],
        "timing": timing,
        "azure_zone": named if timing and shown.timing and named != timing.zone else "",
        "revision": seen["revision"],
    }


def _still(typed: Typed, switch: Switch | None, asking: Asking) -> Change | None:
    """The change that was typed, where it can be read, so that its difference stays while a reason is mended."""
    try:
        return typed.change(switch, is_switch=asking.is_switch) if typed.looked else None
    except Invalid:
        return None


def _field(error: Invalid | Conflict | None) -> str:
    return FIELDS.get(error.code, "") if error else ""


def _now(asking: Asking) -> Seen:
    return seen_of_triggers(asking.pipeline, switches_of(asking.pipeline))


def _seen_again(typed: Typed, asking: Asking) -> Seen:
    try:
        return snapshot.read(typed.seen)
    except Invalid:
        return _now(asking)


def _named(rows: list[Switch], asking: Asking, *, missing: type[Exception] | None = Http404) -> Switch | None:
    """The trigger of this address. Raises Http404 for one that is not there (any more)."""
    if not asking.key:
        return None
    found = next((one for one in rows if one.key == asking.key), None)
    if missing is not None and (found is None or not (asking.is_switch or found.can_be_changed)):
        raise missing("This trigger was changed meanwhile, or is not of this pipeline")
    return found


def _pipeline(user: User, project: str, azure_id: int) -> Pipeline:
    rows = visible_to(user, Pipeline).filter(project__slug=project, azure_id=azure_id)
    pipeline = rows.select_related("project__organization").first()
    if pipeline is None:
        raise Http404(f"There is no pipeline {azure_id} here")
    return pipeline
