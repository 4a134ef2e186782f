"""Somebody starts a draft: it becomes a release and its automatic stages start. Called by the release page, the API."""

from releases.actions.acting import acting
from releases.actions.commands.asked import Asked
from releases.actions.commands.recording import Wish, record, recorded_before
from releases.actions.commands.targets import locked_release, release_target
from releases.actions.commands.unchanged import check_nothing_changed
from releases.audit import Actor
from releases.models import Command, Release
from releases.policies.commands import check_can_start
from releases.queries.snapshot import Seen, differences, seen_of_release
from releases.states import CommandKind


def start(release: Release, *, by: Actor, asked: Asked, seen: Seen, reason: str = "") -> Command:
    """Ask to start this draft. `seen` is what the person saw of it; a reason may be given, none is needed.

    Raises Denied, Conflict (`changed`) and what `record` raises.
    """
    with acting(by):
        row = locked_release(release)
        wish = Wish(
            kind=CommandKind.START,
            project=row.project,
            target=release_target(row),
            payload={"release": row.azure_id},
            release=row,
            pipeline=row.pipeline,
            seen=seen,
            reason=" ".join(reason.split()),
        )
        known = recorded_before(wish, by=by, asked=asked)
        if known is not None:
            return known
        check_can_start(by, row)
        check_nothing_changed(row, differences(seen, seen_of_release(row)))
        return record(wish, by=by, asked=asked)
