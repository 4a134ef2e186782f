"""Somebody deploys a release to one of its stages, again or for the first time, or rolls a stage back to it.

Called by the release page, the pipeline page and the API. Success is shown only after Azure was read back.
"""

from releases.actions.acting import acting
from releases.actions.commands.asked import Asked
from releases.actions.commands.recording import Wish, reason_of, record, recorded_before
from releases.actions.commands.targets import locked_stage, stage_target
from releases.actions.commands.unchanged import check_nothing_changed
from releases.audit import Actor
from releases.models import Command, ReleaseStage
from releases.policies.commands import check_can_deploy
from releases.queries.snapshot import Seen, differences, seen_of
from releases.states import CommandKind


def deploy(
    release_stage: ReleaseStage, *, by: Actor, asked: Asked, seen: Seen, reason: str, is_roll_back: bool = False
) -> Command:
    """Ask for a new attempt at this stage of this release. `seen` is what the person saw of it (`snapshot.seen_of`).

    Raises Denied, Invalid (a reason too short), Conflict: `changed` when the release or the stage is not as seen, and
    what `record` raises.
    """
    reason = reason_of(reason)
    with acting(by):
        row = locked_stage(release_stage)
        attempt = int(seen.get("attempt", 0)) + 1
        wish = Wish(
            kind=CommandKind.DEPLOY if attempt == 1 else CommandKind.REDEPLOY,
            project=row.release.project,
            target=stage_target(row, attempt=attempt),
            payload={"release": row.release.azure_id, "stage": row.azure_id, "attempt": attempt},
            release=row.release,
            release_stage=row,
            stage=row.stage,
            pipeline=row.stage.pipeline,
            seen=seen,
            reason=reason,
            is_roll_back=is_roll_back,
        )
        known = recorded_before(wish, by=by, asked=asked)
        if known is not None:
            return known
        check_can_deploy(by, row)
        check_nothing_changed(row.release, differences(seen, seen_of(row)))
        return record(wish, by=by, asked=asked)
