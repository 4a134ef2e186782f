"""Named places where a worker can be made to die or to stand still, for the tests of what happens then.

`SLIPWAY_CRASH_AT` and `SLIPWAY_STOP_AT` name the point, or `point:id` for one command only.
"""

import os
import signal
import time
from enum import StrEnum

from releases.models import Command


class Point(StrEnum):
    """Where: lease taken; `sending` committed, nothing sent; Azure answered, nothing stored; Azure read back."""

    CLAIMED = "claimed"
    SENDING_COMMITTED = "sending_committed"
    APPLIED = "applied"
    READ_BACK = "read_back"


STOPS_WITHIN_SECONDS = 0.5


def point(name: Point, command: Command) -> None:
    """Send ourselves the signal when the environment names this point and not another command; else nothing."""
    asked = {
        signal.SIGKILL: os.environ.get("SLIPWAY_CRASH_AT", ""),
        signal.SIGSTOP: os.environ.get("SLIPWAY_STOP_AT", ""),
    }
    for how, where in asked.items():
        wanted, _, only = where.partition(":")
        if wanted == name and only in ("", str(command.pk)):
            os.kill(os.getpid(), how)
            time.sleep(STOPS_WITHIN_SECONDS)  # a stop reaches the threads of a process one after the other
