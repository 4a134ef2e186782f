"""The doors of delivery: carry out what is due. Called by the tasks on nudges and ticks, and by `manage.py deliver`.

Any number of them may run at once, on any number of machines: each command is claimed by one.
"""

import logging
import threading
import time

from django.db.models import Min
from django.db.models.functions import Now

from releases.delivery import leasing
from releases.delivery.carrying import carry
from releases.models import Command
from releases.nudge import nudge

log = logging.getLogger(__name__)

UNIT_SECONDS = 5.0
SLOTS = 2
"""How many commands one process carries out at a time, so that a silent Azure leaves threads for short work."""

LATE_SECONDS = 120.0
_free = threading.BoundedSemaphore(SLOTS)


def deliver(*, seconds: float = UNIT_SECONDS) -> int:
    """Carry out what is due for about so long; how many steps were done. The rest is for the next one."""
    if not _free.acquire(blocking=False):
        return 0
    until, steps = time.monotonic() + seconds, 0
    try:
        while time.monotonic() < until:
            done = 0
            for pk in leasing.due():
                done += carry(pk)
                if time.monotonic() >= until:
                    nudge("commands.deliver")
                    break
            steps += done
            if not done:
                break
    finally:
        _free.release()
    return steps


def reconcile() -> int:
    """The same, and say in the log what is late: commands that nobody carried out in time, or that need a person."""
    steps = deliver()
    oldest = Command.objects.filter(state__in=leasing.WORKED, due_at__lte=Now()).aggregate(due=Min("due_at"))["due"]
    late = (leasing.database_now() - oldest).total_seconds() if oldest else 0.0
    if late > LATE_SECONDS:
        log.warning("A command has been due for %.0f s.", late)
    return steps
