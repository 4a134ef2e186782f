"""When Slipway last looked at the endpoints of each workspace, and what keeps it from looking. For Clusters."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery

from releases.models import SyncRun, User, Watermark, Workspace
from releases.queries.access import visible_to
from releases.queries.sources import ADVICE, STOPPED
from releases.states import SyncRunState

FEED = "serving"


@dataclass(frozen=True)
class Look:
    """One workspace: when its endpoints were last looked at to the end, and why not since (empty: nothing is wrong)."""

    name: str
    checked_at: datetime | None
    sentence: str = ""
    advice: str = ""
    needs_a_person: bool = False


def looks(user: User) -> list[Look]:
    """The workspaces this person sees, by name."""
    marks = Watermark.objects.filter(workspace=OuterRef("pk"), feed=FEED).values("checked_at")[:1]
    newest = SyncRun.objects.filter(workspace=OuterRef("pk"), kind=FEED).order_by("-started_at")
    parts = {f"run_{name}": Subquery(newest.values(name)[:1]) for name in ("state", "code", "sentence")}
    rows = visible_to(user, Workspace).annotate(looked_at=Subquery(marks), **parts).order_by("name", "id")
    return [_look(row) for row in rows]


def _look(row: Workspace) -> Look:
    state, code, looked_at = (getattr(row, name, None) for name in ("run_state", "run_code", "looked_at"))
    if state not in STOPPED:
        return Look(row.name, looked_at)
    sentence = getattr(row, "run_sentence", "")
    return Look(row.name, looked_at, sentence, ADVICE.get(code or "", ""), state == SyncRunState.PAUSED)
