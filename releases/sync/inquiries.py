"""Answers inquiries: what a page wants to know from Azure. Called by the task `inquiries.answer` and by commands.

One worker answers one inquiry; one that a killed worker left behind may be answered again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic, sleep
from typing import Any

from django.db.models import Q
from django.utils import timezone

from releases.models import Inquiry
from releases.queries import offers as on_offer
from releases.sync.logs.asked import answered
from releases.sync.offers import offered
from releases.sync.probing import probe
from releases.sync.roles.trying import tried

CONNECTION = "connection"
ARTIFACT_RULES = "artifact_rules"
STEP_LOG = "step_log"
CLAIM = timedelta(minutes=3)
KINDS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    CONNECTION: probe,
    ARTIFACT_RULES: tried,
    on_offer.KIND: offered,
    STEP_LOG: answered,
}


def answer(inquiry: Inquiry, *, now: datetime | None = None) -> Inquiry:
    """Answer it unless somebody else does or did; returns it as it stands now."""
    at = now or timezone.now()
    state = Inquiry.State
    free = Q(state=state.ASKED) | Q(state=state.ANSWERING, claimed_at__lt=at - CLAIM)
    if Inquiry.objects.filter(free, pk=inquiry.pk).update(state=state.ANSWERING, claimed_at=at):
        _settle(inquiry)
    inquiry.refresh_from_db()
    return inquiry


def wait_for(inquiry: Inquiry, *, seconds: float = 120.0) -> Inquiry:
    """The inquiry once it is answered, by whomever, or as it stands after so many seconds. For commands."""
    until = monotonic() + seconds
    while inquiry.state in (Inquiry.State.ASKED, Inquiry.State.ANSWERING) and monotonic() < until:
        sleep(0.2)
        inquiry.refresh_from_db()
    return inquiry


def _settle(inquiry: Inquiry) -> None:
    """Find the answer and store it; whatever goes wrong becomes a sentence, so that no page waits for ever."""
    found, state = _found(inquiry)
    Inquiry.objects.filter(pk=inquiry.pk, state=Inquiry.State.ANSWERING).update(
        state=state, answer=found, answered_at=timezone.now()
    )


def _found(inquiry: Inquiry) -> tuple[dict[str, Any], str]:
    kind = KINDS.get(inquiry.kind)
    if kind is None:
        return {"sentence": "This version of Slipway does not know this question."}, Inquiry.State.FAILED
    try:
        return kind(inquiry.payload), Inquiry.State.ANSWERED
    except Exception:
        Inquiry.objects.filter(pk=inquiry.pk).update(
            state=Inquiry.State.FAILED,
            answer={"sentence": "Slipway failed while asking; its log says why."},
            answered_at=timezone.now(),
        )
        raise
