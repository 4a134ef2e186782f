"""The logs of a release's steps: one step at a time, searched and followed, and as a file. Never asks Azure itself."""

import re
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.text import get_valid_filename
from django.views.decorators.http import require_GET

from dashboard.reader import reader
from dashboard.views.answers import page_or_fragment, wants_fragment
from dashboard.views.release import head_of
from releases.actions.ask_log import ask_log
from releases.models import Inquiry, StepLog
from releases.queries.logs.lines import whole
from releases.queries.logs.seen import Asked, LogsSeen, logs_seen

LONGEST_WORDS = 200
LARGEST = 2**31 - 1
_STEP = re.compile(r"(\d{1,9})-(\d{1,9})")


@require_GET
def show(request: HttpRequest, project: str, azure_id: int) -> HttpResponse:
    """The log of one step, opened where it failed; the address says where."""
    seen = _seen(request, project, azure_id)
    if seen.failing_line and seen.asked.is_anywhere and not wants_fragment(request):
        return redirect(f"{request.path}?{address_of(seen, line=seen.failing_line)}#L{seen.failing_line}")
    inquiry = ask_log(seen.step.step, by=reader(request)) if seen.step and seen.step.wants_asking else None
    context = {"logs": seen, "release": seen.release, **_words(seen, inquiry)}
    # Whoever follows goes on at the end also once the log is whole: nothing jumps.
    context["again"] = f"?{context['here']}&tail=1" if seen.follows else request.get_full_path()
    if not wants_fragment(request):
        context |= {**head_of(request, project, azure_id), "tab": "_logs"}
    fragment = "pages/release/_log.html"
    return page_or_fragment(request, "pages/release/logs.html", fragment, context, news=_news(seen))


@require_GET
def download(request: HttpRequest, project: str, azure_id: int) -> HttpResponseBase:
    """The log as it was kept, as a file."""
    seen = _seen(request, project, azure_id)
    if not (seen.log and seen.step and seen.chosen and seen.log.line_count):
        raise Http404("There is no log to download")
    response = StreamingHttpResponse(whole(seen.log), content_type="text/plain; charset=utf-8")
    parts = [seen.release.name, seen.chosen.deployment.release_stage.name, f"attempt {seen.chosen.deployment.attempt}"]
    name = get_valid_filename("_".join([*parts, f"{seen.step.number} {seen.step.step.name}"])[:150].strip() or "log")
    response.headers["Content-Disposition"] = f'attachment; filename="{_ascii(name)}.log"'
    return response


def address_of(seen: LogsSeen, **more: object) -> str:
    """The query of an address that leads to this step, with more."""
    where: dict[str, object] = {}
    if seen.chosen and seen.step:
        attempt = seen.chosen.deployment.attempt
        where = {"stage": seen.chosen.stage, "attempt": attempt, "step": seen.step.name}
    return urlencode({**where, **more})


def _seen(request: HttpRequest, project: str, azure_id: int) -> LogsSeen:
    """The page's contents; 404 as well when the release belongs to a project the reader does not see."""
    seen = logs_seen(reader(request), project=project, azure_id=azure_id, asked=_asked(request))
    if seen is None:
        raise Http404(f"There is no release {azure_id} here")
    return seen


def _asked(request: HttpRequest) -> Asked:
    given = request.GET
    step = _STEP.fullmatch(given.get("step", ""))
    return Asked(
        stage=_number(given.get("stage")),
        attempt=_number(given.get("attempt")),
        step=(int(step[1]), int(step[2])) if step else None,
        line=_number(given.get("line")),
        first=_number(given.get("from")),
        words=given.get("q", "").replace("\0", "")[:LONGEST_WORDS],
        hit=_number(given.get("hit")),
        is_tail=given.get("tail") == "1",
        paused=_number(given.get("paused")),
    )


def _number(text: str | None) -> int | None:
    return min(int(text), LARGEST) or None if text and text.isascii() and text.isdigit() and len(text) < 12 else None


def _words(seen: LogsSeen, inquiry: Inquiry | None) -> dict[str, Any]:
    """Addresses and figures of the page."""
    here, window = address_of(seen), seen.window
    last_tried = inquiry if inquiry and inquiry.answer.get("sentence") else None
    return {
        "here": here,
        "at_line": address_of(seen, line=seen.at) if seen.at else here,
        "earlier": max(1, window.first - 2000) if window.has_earlier and window.first > 1 else 0,
        "later": window.last + 1 if window.has_later and not seen.asked.paused else 0,
        "trouble": last_tried.answer["sentence"] if last_tried else "",
        "poll": 0 if not seen.is_moving else 3,
        "missing": StepLog.State.MISSING,
    }


def _ascii(name: str) -> str:
    return name.encode("ascii", "ignore").decode().replace('"', "") or "log"


def _news(seen: LogsSeen) -> str:
    if seen.step is None:
        return "No step"
    return f"{seen.step.step.name} {seen.step.word.replace('_', ' ')}, {seen.log.line_count if seen.log else 0} lines"
