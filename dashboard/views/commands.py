"""The Commands page: what needs somebody, what is open, what is sent to whom, what ended."""

from datetime import datetime, time
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.views.decorators.http import require_GET

from dashboard import offers
from dashboard.offers import Offer
from dashboard.reader import reader
from dashboard.views.answers import page_or_fragment
from releases.models import User
from releases.queries import commands as queries
from releases.queries.commands import WORDS, Desk
from releases.states import FINAL_COMMAND_STATES, CommandState

STATES = [state for state in WORDS if state in FINAL_COMMAND_STATES]


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Everything the reader sees of commands; `?state=`, `?days=all` and `?cursor=` narrow and turn what ended."""
    user, now = reader(request), timezone.now()
    since = _midnight()
    desk = queries.desk(user, since=since, now=now)
    given = _given(request.GET)
    is_today = given["days"] != "all"
    ended = queries.ended(
        user, state=given["state"], since=since if is_today else None, cursor=request.GET.get("cursor", "")
    )
    context = {
        "desk": desk,
        "shown": _shown(user, desk),
        "switches": [(sends, offers.switch(user, sends.row)) for sends in desk.sends],
        "ended": ended,
        "given": given,
        "is_today": is_today,
        "states": [(state, WORDS[state], desk.ended_today.get(state, 0)) for state in STATES],
        "today": sum(desk.ended_today.values()),
        "confirmed": desk.ended_today.get(CommandState.CONFIRMED, 0),
        "refused": desk.ended_today.get(CommandState.REFUSED, 0),
    }
    page, fragment = "pages/commands/commands.html", "pages/commands/_commands.html"
    return page_or_fragment(request, page, fragment, context, news=_news(desk))


def _shown(user: User, desk: Desk) -> list[tuple[queries.Shown, Offer, Offer]]:
    allowed = offers.settling(user, [one.row for one in desk.waiting])
    return [(shown, *both) for shown, both in zip(queries.shown_of(desk.waiting), allowed, strict=True)]


def _given(query: QueryDict) -> dict[str, Any]:
    """What narrows the list of what ended; what is not understood narrows nothing."""
    state = query.get("state", "")
    return {"state": state if state in STATES else "", "days": "all" if query.get("days") == "all" else ""}


def _midnight() -> datetime:
    """When the day began where the reader is."""
    return timezone.make_aware(datetime.combine(timezone.localdate(), time.min))


def _news(desk: Desk) -> str:
    return f"{desk.open_count} commands open, {desk.waiting_count} need somebody"
