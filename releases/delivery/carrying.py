"""One step of one command: what is to be done next depends on where it stands. Called by the rounds.

Every change is conditional on the lease: a worker that lost it stores nothing and, if it had sent, says so.
"""

import logging
import random
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from releases.actions.commands.moving import DELIVERY, move
from releases.delivery import checking, crash, leasing, sending
from releases.delivery.leasing import Lease, LeaseLost
from releases.errors import AzureError, AzureThrottled, Conflict
from releases.models import Command, CommandMove
from releases.policies.limits import HELD_AT_MOST, LONGEST_PAUSE_SECONDS, MOST_LOSSES
from releases.states import CommandCode, CommandState

log = logging.getLogger(__name__)


def carry(pk: str) -> bool:
    """Do the next step of this command; whether there was one."""
    lease = leasing.claim(pk)
    if lease is None:
        return False
    with lease:
        return _carried(lease)


def _carried(lease: Lease) -> bool:
    due_in: float | None = None
    try:
        due_in = _step(lease)
    except AzureError as error:  # nothing was sent, or the read-back did not come: what is known stays as it is
        due_in = _pause(lease.command, error)
    except (LeaseLost, Conflict):
        log.info("Command %s moved on elsewhere.", lease.command.pk)
        return True
    except Exception:
        log.exception("Command %s could not be carried out.", lease.command.pk)
        due_in = _pause(lease.command)
    lease.release(due_in=due_in)
    return True


def _step(lease: Lease) -> float | None:
    """Seconds until somebody looks at it again; None when nobody needs to."""
    command = lease.command
    if command.losses >= MOST_LOSSES and command.state != CommandState.HELD:
        _dead(command, f"{command.losses} workers died while they carried it out.")
        return None
    crash.point(crash.Point.CLAIMED, command)
    match CommandState(command.state):
        case CommandState.AUTHORISED:
            return sending.send(lease)
        case CommandState.HELD:
            return _held(lease)
        case CommandState.SENDING if command.code != CommandCode.UNDER_WAY:
            with transaction.atomic():
                sentence = "The worker that sent it is gone; nobody heard Azure's answer."
                move(command, CommandState.UNKNOWN, by=DELIVERY, code=CommandCode.WORKER_LOST, sentence=sentence)
            return checking.check(lease)
        case _:
            return checking.check(lease)


def _held(lease: Lease) -> float | None:
    """Goes on when what held it is gone; expires after a day."""
    command = lease.command
    if timezone.now() - _held_since(command) > HELD_AT_MOST:
        with transaction.atomic():
            sentence = "It was held for a day and is not sent any more."
            move(command, CommandState.CANCELLED, by=DELIVERY, code=CommandCode.EXPIRED, sentence=sentence)
        return None
    if sending.is_still_held(command):
        return _longer(command)
    with transaction.atomic():
        lease.keep()
        move(command, CommandState.AUTHORISED, by=DELIVERY, sentence="What held it is gone.")
    return sending.send(lease)


def _held_since(command: Command) -> datetime:
    """When it was first held for this reason: letting it go and holding it again does not begin a new day."""
    same = CommandMove.objects.filter(command=command, after=CommandState.HELD, code=command.code)
    return same.order_by("number").values_list("at", flat=True).first() or command.moved_at


def _dead(command: Command, sentence: str) -> None:
    """A person must look. From `sending` the way there is over `unknown`, which is what it is."""
    with transaction.atomic():
        if command.state == CommandState.SENDING:
            move(command, CommandState.UNKNOWN, by=DELIVERY, code=CommandCode.WORKER_LOST, sentence=sentence)
        move(command, CommandState.NEEDS_ATTENTION, by=DELIVERY, code=CommandCode.DEAD, sentence=sentence)


def _pause(command: Command, error: AzureError | None = None) -> float:
    """Full jitter below a doubling cap; never shorter than Azure asks for."""
    if error is not None:
        Command.objects.filter(pk=command.pk).update(sentence=error.sentence)
    asked_for = error.retry_after if isinstance(error, AzureThrottled) else 0.0
    return max(asked_for, _longer(command))


def _longer(command: Command) -> float:
    Command.objects.filter(pk=command.pk).update(tries=command.tries + 1)
    cap = min(LONGEST_PAUSE_SECONDS, float(2 ** min(command.tries + 1, 10)))
    return random.uniform(cap / 2, cap)  # noqa: S311 - spreads load only
