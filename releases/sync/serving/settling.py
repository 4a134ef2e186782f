"""The end of a look, in one transaction: it is noted as whole, stages are bound where that may differ, drift is judged.

What was judged is remembered (`judged`: endpoint by stage), so that a stage that is served elsewhere now is judged from
the first look on, and one that is served nowhere any more keeps no drift.
"""

from datetime import datetime

from django.db import transaction

from releases.models import StageBinding, Workspace
from releases.sync import watermarks
from releases.sync.runs import Run
from releases.sync.serving import binds
from releases.sync.serving.facts import Facts
from releases.sync.serving.reading import Turn
from releases.sync.store import drifts
from releases.sync.watermarks import Lease

OF_ONE_LOOK = ("began", "read", "changed")


def settle(workspace: Workspace, run: Run, lease: Lease, turn: Turn) -> None:
    """Everything the look saw was so when it began, or later."""
    mark = lease.mark
    changed, before = turn.changed, mark.checked_at
    mark.checked_at = turn.began
    mark.completed_at = mark.completed_at or turn.began
    for name in OF_ONE_LOOK:
        mark.cursor.pop(name)
    with transaction.atomic():
        lease.keep()
        watermarks.save(mark, "checked_at", "completed_at")
        rows = _bind(workspace, lease, now=turn.now)
        lines = drifts.judge(_to_judge(workspace, lease, changed, before))
        watermarks.save(mark)
        run.add(changed=len(lines), rows_written=rows + len(lines), manifest=lines)


def _bind(workspace: Workspace, lease: Lease, *, now: datetime) -> int:
    """Bind anew when anything that decides is different; how many rows were written."""
    facts = Facts(workspace)
    fingerprint, cursor = facts.fingerprint, lease.mark.cursor
    if cursor.get("bound") == fingerprint:
        return 0
    cursor["bound"] = fingerprint
    return binds.bind(facts, now=now)


def _to_judge(
    workspace: Workspace, lease: Lease, changed: dict[int, datetime], before: datetime | None
) -> dict[int, datetime | None]:
    """Since when each stage is judged again: the look before, or when its endpoint changed; None is from the first."""
    rows = StageBinding.objects.filter(endpoint__workspace=workspace)
    bound = {str(stage): endpoint for stage, endpoint in rows.values_list("stage_id", "endpoint_id")}
    judged = lease.mark.cursor.get("judged", {})
    since: dict[int, datetime | None] = {int(stage): None for stage in judged.keys() - bound.keys()}
    for stage, endpoint in bound.items():
        is_known = judged.get(stage) == endpoint and before is not None
        since[int(stage)] = min(before, changed.get(endpoint, before)) if is_known and before else None
    lease.mark.cursor["judged"] = bound
    return since
