"""Somebody cancels what a stage of a release does or is going to do. Called by the release page and the API."""

from releases.actions.acting import acting
from releases.actions.commands.asked import Asked
from releases.actions.commands.recording import Wish, record, recorded_before
from releases.actions.commands.targets import locked_stage, stage_target
from releases.audit import Actor
from releases.models import Command, ReleaseStage
from releases.policies.commands import check_can_cancel
from releases.states import CommandKind


def cancel(release_stage: ReleaseStage, *, by: Actor, asked: Asked, attempt: int, reason: str = "") -> Command:
    """Ask to cancel this attempt, the newest one the person saw; a newer one is never canceled in its place.

    Raises Denied and what `record` raises. A reason may be given; none is needed.
    """
    with acting(by):
        row = locked_stage(release_stage)
        wish = wish_to_cancel(row, attempt=attempt, reason=" ".join(reason.split()))
        known = recorded_before(wish, by=by, asked=asked)
        if known is not None:
            return known
        check_can_cancel(by, row)
        return record(wish, by=by, asked=asked)


def wish_to_cancel(row: ReleaseStage, *, attempt: int, reason: str, parent: Command | None = None) -> Wish:
    """The wish for it; `parent` is the command that abandons the release."""
    return Wish(
        kind=CommandKind.CANCEL,
        project=row.release.project,
        target=stage_target(row, attempt=attempt),
        payload={"release": row.release.azure_id, "stage": row.azure_id, "attempt": attempt},
        release=row.release,
        release_stage=row,
        stage=row.stage,
        pipeline=row.stage.pipeline,
        parent=parent,
        reason=reason,
    )
