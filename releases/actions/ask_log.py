"""Asks for one step's log on behalf of a page that shows it. Called by the logs page whenever it refreshes.

However many look, Azure is asked once in a few seconds: all share one `Inquiry`, which `sync.inquiries` answers.
"""

from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from releases.actions.acting import acting
from releases.models import Inquiry, Step, User
from releases.nudge import nudge
from releases.queries.access import visible_to

KIND = "step_log"
EVERY = timedelta(seconds=3)
LOST = timedelta(minutes=1)
"""So long after asking, a question that nobody answered is asked again."""

_OURS = UUID("6a5b0a4e-5d0c-4d6e-9a3e-0c1a5f2b7d11")


def ask_log(step: Step, *, by: User, now: datetime | None = None) -> Inquiry | None:
    """The question as it stands, asked (again) where it is time to; None where this person may not see the step."""
    at = now or timezone.now()
    pk = uuid5(_OURS, f"step:{step.pk}")
    if known := Inquiry.objects.filter(pk=pk).exclude(_due(at)).first():
        return known
    if not visible_to(by, Step).filter(pk=step.pk).exists():
        return None
    with acting(by):
        asked = {"kind": KIND, "payload": {"step": step.pk}, "asked_by": by, "asked_at": at}
        inquiry, is_new = Inquiry.objects.get_or_create(pk=pk, defaults=asked)
        again = Inquiry.objects.filter(_due(at), pk=pk)
        if is_new or again.update(state=Inquiry.State.ASKED, asked_by=by, asked_at=at):
            transaction.on_commit(lambda: nudge("inquiries.answer", inquiry=str(pk)))
    inquiry.refresh_from_db()
    return inquiry


def _due(at: datetime) -> Q:
    is_open = Q(state=Inquiry.State.ASKED) | Q(state=Inquiry.State.ANSWERING)
    return ~is_open & Q(asked_at__lte=at - EVERY) | is_open & Q(asked_at__lte=at - LOST)
