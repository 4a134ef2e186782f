"""Commands for tests, asked for and moved as in life: each with its moves and its events."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from releases.actions.commands.asked import Asked
from releases.actions.commands.moving import DELIVERY, move
from releases.actions.deploy import deploy
from releases.models import Command, Project, ReleaseStage, User
from releases.queries.snapshot import seen_of
from releases.states import COMMAND_CODES, CommandCode, CommandState, Role, StageStatus
from tests import factories

REASON = "the scoring service is to be restarted"
_S = CommandState
PATHS: dict[CommandState, list[CommandState]] = {
    _S.AUTHORISED: [],
    _S.HELD: [_S.HELD],
    _S.SENDING: [_S.SENDING],
    _S.UNKNOWN: [_S.SENDING, _S.UNKNOWN],
    _S.NEEDS_ATTENTION: [_S.SENDING, _S.UNKNOWN, _S.NEEDS_ATTENTION],
    _S.CONFIRMED: [_S.SENDING, _S.CONFIRMED],
    _S.REFUSED: [_S.REFUSED],
    _S.SUPERSEDED: [_S.SUPERSEDED],
    _S.CONFLICT: [_S.CONFLICT],
    _S.CANCELLED: [_S.CANCELLED],
}
"""The moves by which a new command comes to stand so."""

USUAL = {
    _S.HELD: CommandCode.SENDING_STOPPED,
    _S.UNKNOWN: CommandCode.NO_ANSWER,
    _S.NEEDS_ATTENTION: CommandCode.AMBIGUOUS,
    _S.CONFIRMED: CommandCode.DONE,
    _S.REFUSED: CommandCode.REJECTED_BY_AZURE,
    _S.CONFLICT: CommandCode.TARGET_CHANGED,
    _S.CANCELLED: CommandCode.BY_AUTHOR,
}


def stage_of(project: Project | None = None, *, is_production: bool = False, **fields: Any) -> ReleaseStage:
    """A stage of an active release that succeeded at its first attempt."""
    pipeline = factories.pipeline(**({"project": project} if project else {}))
    stage = factories.stage(pipeline=pipeline, is_production=is_production)
    release = factories.release(pipeline=pipeline)
    row = factories.release_stage(release=release, stage=stage, status=StageStatus.SUCCEEDED, **fields)
    factories.deployment(release_stage=row)
    return row


def asked_for(stage: ReleaseStage | None = None, *, by: User | None = None, key: str = "") -> Command:
    """Somebody asked to redeploy it."""
    stage = stage or stage_of()
    stage = ReleaseStage.objects.select_related("release__project", "stage").get(pk=stage.pk)
    who = by or factories.user(role=Role.OPERATOR)
    return deploy(stage, by=who, asked=Asked(key=key or uuid4().hex), seen=seen_of(stage), reason=REASON)


def command(state: CommandState = _S.AUTHORISED, *, code: str = "", sentence: str = "", **more: Any) -> Command:
    """A command that stands so; `fields` are columns set with the last move, the rest is for `asked_for`."""
    fields = more.pop("fields", {})
    row = asked_for(**more)
    path = PATHS[state]
    for number, to in enumerate(path):
        is_last = number == len(path) - 1
        allowed = COMMAND_CODES[to]
        chosen = CommandCode(code) if code and is_last else USUAL.get(to, CommandCode.SAME_RESULT_BY)
        sent: dict[str, Any] = {}
        if to == _S.SENDING:
            at = timezone.now() - timedelta(seconds=8)
            sent = {
                "sends": 1,
                "sent_at": at,
                "first_sent_at": at,
                "base_attempt": 1,
                "marker": "[slipway cmd=0 audit=0:0]",
            }
        with transaction.atomic():
            move(
                row,
                to,
                by=DELIVERY,
                code=chosen if chosen in allowed else None,
                sentence=sentence if is_last else "",
                **sent,
                **(fields if is_last else {}),
            )
    if not path and fields:
        Command.objects.filter(pk=row.pk).update(**fields)
        row.refresh_from_db()
    return row
