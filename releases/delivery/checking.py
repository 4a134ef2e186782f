"""Reads Azure back and settles a command by what it shows. Nothing is sent here.

Absent counts only after the settle time, twice, some time apart; then it may be sent again.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from releases.actions.commands.moving import DELIVERY, move
from releases.delivery import crash
from releases.delivery.evidence import Evidence, Shown
from releases.delivery.kinds import kind_of
from releases.delivery.leasing import Lease, database_now
from releases.errors import AzureError, AzureRefused
from releases.models import Command
from releases.policies.limits import request_seconds
from releases.states import CommandCode, CommandState
from releases.sync.connections import Calls

READS_AFTER_A_SEND = (0.0, 0.3, 1.0)
"""Seconds before each read: an attempt shows a moment after Azure took the wish for it."""

UNDER_WAY_AT_MOST = timedelta(minutes=10)
UNSETTLED = (Shown.ABSENT, Shown.UNDER_WAY, Shown.WORKING)
_REASONS = {
    Shown.SUPERSEDED: (CommandState.SUPERSEDED, CommandCode.SAME_RESULT_BY),
    Shown.CONFLICT: (CommandState.CONFLICT, CommandCode.TARGET_CHANGED),
    Shown.AMBIGUOUS: (CommandState.NEEDS_ATTENTION, CommandCode.AMBIGUOUS),
}


@dataclass(frozen=True)
class Pauses:
    """In seconds: the settle time, between two absences, between reads, and between looks at what is held."""

    settle: float
    apart: float
    read: float
    held: float


def pauses() -> Pauses:
    """By the settle time of the settings (60 s: Azure may take that long to show what it took)."""
    settle = float(settings.SLIPWAY_SETTLE_SECONDS)
    return Pauses(settle=settle, apart=settle / 2, read=min(5.0, settle / 4), held=min(30.0, settle))


@contextmanager
def opened(command: Command, *, guard: Callable[[], None] = lambda: None) -> Iterator[Calls]:
    """One connection to the command's organization, behind its gate, with the deadline of an act."""
    with Calls(command.organization, width=1, seconds=request_seconds(), guard=guard) as calls:
        try:
            yield calls
        finally:
            calls.here().close()


def check(lease: Lease) -> float | None:
    """Read Azure once and settle. Raises AzureError when Azure does not tell: it stays as it is."""
    with opened(lease.command) as calls:
        return _settle(lease, kind_of(lease.command).evidence(lease.command, calls))


def after_send(lease: Lease, calls: Calls) -> float | None:
    """Azure said yes. That is not evidence, so it is read, a few times while nothing shows yet."""
    found = Evidence(Shown.ABSENT)
    for pause in READS_AFTER_A_SEND:
        time.sleep(pause)
        try:
            found = kind_of(lease.command).evidence(lease.command, calls)
        except AzureError as error:
            return _unknown(lease, CommandCode.NO_ANSWER, f"Azure took it, but cannot be read: {error.sentence}")
        crash.point(crash.Point.READ_BACK, lease.command)
        if found.shown not in UNSETTLED:
            return _settle(lease, found)
    if found.shown is Shown.WORKING:
        return _working(lease, found)
    sentence = f"Azure answered yes, but does not show it yet. {found.sentence}"
    return _unknown(lease, CommandCode.ACCEPTED_WITHOUT_EFFECT, sentence)


def after_refusal(lease: Lease, calls: Calls, refused: AzureRefused) -> float | None:
    """Azure said no. An earlier send may have worked all the same, so it is read before that is believed."""
    try:
        found = kind_of(lease.command).evidence(lease.command, calls)
    except AzureError as error:
        return _unknown(lease, CommandCode.NO_ANSWER, f"{refused.sentence} Then: {error.sentence}")
    if found.shown is Shown.WORKING:
        return _working(lease, found)
    if found.shown not in UNSETTLED and not found.is_locked_out:
        return _settle(lease, found)
    sentence = f"{refused.sentence} {found.sentence}" if found.is_locked_out else refused.sentence
    with transaction.atomic():
        code, result = CommandCode.REJECTED_BY_AZURE, {"status": refused.status, "type_key": refused.type_key}
        move(lease.command, CommandState.REFUSED, by=DELIVERY, code=code, sentence=sentence, result=result)
    return None


def unanswered(lease: Lease, error: AzureError) -> float:
    """Nobody knows whether Azure took it."""
    return _unknown(lease, CommandCode.NO_ANSWER, error.sentence)


def _unknown(lease: Lease, code: CommandCode, sentence: str) -> float:
    with transaction.atomic():
        lease.keep()
        move(lease.command, CommandState.UNKNOWN, by=DELIVERY, code=code, sentence=sentence, tries=0)
    return pauses().read


def _working(lease: Lease, found: Evidence) -> float:
    """Azure works on it. That is still sending; the reason says that it is read from now on."""
    with transaction.atomic():
        lease.keep()
        told = {"code": CommandCode.UNDER_WAY, "sentence": found.sentence}
        Command.objects.filter(pk=lease.command.pk, state=CommandState.SENDING).update(**told)
    return pauses().read


def _settle(lease: Lease, found: Evidence) -> float | None:
    command = lease.command
    if found.shown in UNSETTLED:
        return _absent(lease, found)
    with transaction.atomic():
        lease.keep()
        if found.shown is Shown.DONE:
            code = found.code or CommandCode.DONE
            fields: dict[str, Any] = {"attempt": found.attempt, "result": found.result}
            fields |= {"release": found.made} if found.made else {}
            move(command, CommandState.CONFIRMED, by=DELIVERY, code=code, sentence=found.sentence, **fields)
            return None
        state, code = _REASONS[found.shown]
        _no_longer_sending(command, found.sentence)
        code = found.code or code
        move(command, state, by=DELIVERY, code=code, sentence=found.sentence, result=found.result)
    return None


def _absent(lease: Lease, found: Evidence) -> float | None:
    """No trace yet: wait, count, or send again; what Azure said yes to and does not do needs a person."""
    command, now, wait = lease.command, database_now(), pauses()
    assert command.sent_at is not None
    Command.objects.filter(pk=command.pk).update(sentence=found.sentence)
    if found.shown in (Shown.UNDER_WAY, Shown.WORKING):
        if now - command.sent_at < UNDER_WAY_AT_MOST:
            return wait.read
        _needs_attention(lease, found, found.sentence)
        return None
    settled_in = wait.settle - (now - command.sent_at).total_seconds()
    if settled_in > 0:
        return min(settled_in, wait.read)
    if command.absent_at is not None:
        apart_in = wait.apart - (now - command.absent_at).total_seconds()
        if apart_in > 0:
            return apart_in
    if command.absences + 1 < 2:
        Command.objects.filter(pk=command.pk).update(absences=1, absent_at=Now())
        return wait.apart
    if command.code == CommandCode.ACCEPTED_WITHOUT_EFFECT:
        sentence = f"Azure answered yes and did nothing. {found.sentence}"
        _needs_attention(lease, found, sentence)
        return None
    with transaction.atomic():
        lease.keep()
        sentence = f"{found.sentence} Read twice, so it is sent again."
        move(command, CommandState.AUTHORISED, by=DELIVERY, sentence=sentence, absences=2, tries=0)
    return 0.0


def _needs_attention(lease: Lease, found: Evidence, sentence: str) -> None:
    """Azure said yes, and it does not show."""
    state, code = CommandState.NEEDS_ATTENTION, CommandCode.ACCEPTED_WITHOUT_EFFECT
    with transaction.atomic():
        lease.keep()
        _no_longer_sending(lease.command, sentence)
        move(lease.command, state, by=DELIVERY, code=code, sentence=sentence, result=found.result)


def _no_longer_sending(command: Command, sentence: str) -> None:
    """From `sending` the way to what is in doubt is over `unknown`."""
    if command.state == CommandState.SENDING:
        is_taken = command.code == CommandCode.UNDER_WAY
        code = CommandCode.ACCEPTED_WITHOUT_EFFECT if is_taken else CommandCode.NO_ANSWER
        move(command, CommandState.UNKNOWN, by=DELIVERY, code=code, sentence=sentence)
