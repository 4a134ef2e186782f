"""Which unit of work comes next in a worker. Called by the tasks; a lost nudge is found by the next tick.

In one process at most two units run at a time, so that short work always finds a free slot; those that find none wait
in turn, so that no project starves another.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

from releases.models import Inquiry, Project, RoleUpdate, Watermark, Workspace
from releases.nudge import nudge
from releases.sync import runs
from releases.sync.passes import lines
from releases.sync.passes.lines import DETAILS, HISTORY, LOGS, Ended, Line
from releases.sync.passes.work import Budget

UNIT_SECONDS = 5.0
SLOTS = 2
TASKS = {HISTORY.feed: "sync.project", DETAILS.feed: "sync.details", LOGS.feed: "sync.logs"}
FOLLOWED_BY = {HISTORY.feed: DETAILS, DETAILS.feed: LOGS}
"""What a line brought is work for the next."""

Turn = tuple[str, int]


class Turns:
    """The slots of this process and who waits for one. Safe to use from several threads."""

    def __init__(self, slots: int = SLOTS) -> None:
        self._free = slots
        self._waiting: dict[Turn, None] = {}
        self._lock = threading.Lock()

    @contextmanager
    def slot(self, turn: Turn) -> Iterator[bool]:
        """Whether there was a free slot; when there was none the turn waits."""
        with self._lock:
            got = self._free > 0
            self._free -= got
            if not got:
                self._waiting[turn] = None
        try:
            yield got
        finally:
            with self._lock:
                self._free += got

    def next(self, again: Turn | None = None) -> Turn | None:
        """Whose turn is next; `again` goes to the end of the line first."""
        with self._lock:
            if again is not None:
                self._waiting.setdefault(again)
            first = next(iter(self._waiting), None)
            if first is not None:
                del self._waiting[first]
            return first


TURNS = Turns()


def tick() -> None:
    """Wake whatever is due, those longest unread first."""
    for line in (HISTORY, DETAILS, LOGS):
        for project_id in due(line):
            nudge(TASKS[line.feed], project=project_id)
    for workspace_id in Workspace.objects.order_by("read_at").values_list("pk", flat=True):
        nudge("sync.registry", workspace=workspace_id)
        nudge("sync.serving", workspace=workspace_id)
        nudge("sync.health", workspace=workspace_id)
    if RoleUpdate.objects.filter(is_open=True).exists():
        nudge("sync.roles")
    for inquiry_id in Inquiry.objects.filter(state=Inquiry.State.ASKED).values_list("pk", flat=True):
        nudge("inquiries.answer", inquiry=str(inquiry_id))


def due(line: Line) -> list[int]:
    """Followed projects whose line nobody told to rest, those checked longest ago first."""
    marks = {mark.project_id: mark for mark in Watermark.objects.filter(feed=line.feed, project__isnull=False)}
    now = timezone.now()

    def age(project_id: int) -> float:
        mark = marks.get(project_id)
        return mark.checked_at.timestamp() if mark and mark.checked_at else 0.0

    ids = Project.objects.filter(is_followed=True).values_list("pk", flat=True)
    resting = {key for key, mark in marks.items() if mark.due_at and mark.due_at > now}
    return sorted((one for one in ids if one not in resting), key=age)


def unit(line: Line, project_id: int, *, insist: bool = False) -> None:
    """Do one unit of a line, then wake whoever is next."""
    turn = (line.feed, project_id)
    with TURNS.slot(turn) as is_free:
        if not is_free:
            return
        ended = _advance(line, project_id, insist=insist)
    if line.feed in FOLLOWED_BY and ended in (Ended.DONE, Ended.MORE):
        nudge(TASKS[FOLLOWED_BY[line.feed].feed], project=project_id)
    following = TURNS.next(turn if ended is Ended.MORE else None)
    if following is not None:
        nudge(TASKS[following[0]], project=following[1])


def _advance(line: Line, project_id: int, *, insist: bool) -> Ended:
    project = Project.objects.select_related("organization").filter(pk=project_id, is_followed=True).first()
    if project is None:
        return Ended.DONE
    return lines.advance(line, project, budget=Budget(UNIT_SECONDS), insist=insist).ended


def stop(project: Project) -> None:
    """Somebody interrupted the sync of this project; its runs say so."""
    for row in runs.running(project):
        runs.Run(row).stop("Stopped before the end; the next sync goes on from here.")
