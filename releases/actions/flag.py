"""Somebody flags a release "do not promote", or lifts the flag. Called by the release page and the API.

A flagged release is deployed nowhere: the checks of the buttons and of delivery ask for the flag; nothing is sent here.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from releases import audit
from releases.actions.acting import acting
from releases.actions.commands.asked import Asked
from releases.actions.commands.recording import reason_of
from releases.actions.commands.targets import locked_release, release_target
from releases.errors import Conflict
from releases.models import Command, Release, ReleaseFlag, User
from releases.nudge import nudge
from releases.policies.commands import check_can_flag, flag_of
from releases.states import CommandCode, CommandState


def flag(release: Release, *, by: User, reason: str, asked: Asked, now: datetime | None = None) -> ReleaseFlag:
    """From now on it must go nowhere. What was asked for and not sent yet waits.

    Raises Denied, Invalid (the reason), Conflict when somebody flagged it already.
    """
    reason = reason_of(reason)
    with acting(by):
        row = locked_release(release)
        check_can_flag(by, row.project)
        if (known := flag_of(row)) is not None and (known.set_by, known.reason) == (by, reason):
            return known  # the form was sent twice
        if known is not None:
            raise Conflict(f"{known.set_by.name} flagged {row} already: {known.reason}", code="flagged_already")
        made = ReleaseFlag.objects.create(release=row, reason=reason, set_by=by, set_at=now or timezone.now())
        _tell("flag.set", row, by=by, reason=reason, asked=asked)
    return made


def lift(release: Release, *, by: User, reason: str, asked: Asked, now: datetime | None = None) -> ReleaseFlag:
    """It may go on; what waits for that is looked at again at once.

    Raises Denied, Invalid (the reason), Conflict when it is not flagged.
    """
    reason = reason_of(reason)
    with acting(by):
        row = locked_release(release)
        check_can_flag(by, row.project)
        known = flag_of(row)
        if known is None and (done := _lifted_so(row, by=by, reason=reason)) is not None:
            return done
        if known is None:
            raise Conflict(f"{row} is not flagged, or somebody lifted the flag meanwhile.", code="not_flagged")
        known.lifted_by, known.lifted_at, known.lifted_reason = by, now or timezone.now(), reason
        known.save(update_fields=["lifted_by", "lifted_at", "lifted_reason"])
        held = Command.objects.filter(release=row, state=CommandState.HELD, code=CommandCode.FLAGGED)
        held.update(due_at=timezone.now())
        transaction.on_commit(lambda: nudge("commands.deliver"))
        _tell("flag.lifted", row, by=by, reason=reason, asked=asked)
    return known


def _lifted_so(row: Release, *, by: User, reason: str) -> ReleaseFlag | None:
    """The newest flag, when this person lifted it with these words: the form was sent twice."""
    newest = ReleaseFlag.objects.filter(release=row).order_by("-set_at", "-pk").first()
    return newest if newest and (newest.lifted_by, newest.lifted_reason) == (by, reason) else None


def _tell(type: str, row: Release, *, by: User, reason: str, asked: Asked) -> None:
    was, now = ("none", "do not promote") if type == "flag.set" else ("do not promote", "none")
    audit.append(
        type,
        by=by,
        project=row.project,
        object=("release", release_target(row)),
        change={"flag": (was, now)},
        private={"reason": reason},
        via=asked.via,
    )
