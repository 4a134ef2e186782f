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
_SIGNALS = {"SLIPWAY_CRASH_AT": signal.SIGKILL, "SLIPWAY_STOP_AT": signal.SIGSTOP}


def point(name: Point, command: Command) -> None:
    """Send ourselves the signal when the environment names this point and not another command; else nothing."""
    for variable in ("SLIPWAY_CRASH_AT", "SLIPWAY_STOP_AT"):
        asked, _, only = os.environ.get(variable, "").partition(":")
        if asked == name and only in ("", str(command.pk)):
            os.kill(os.getpid(), _SIGNALS[variable])
            time.sleep(STOPS_WITHIN_SECONDS)  # a stop reaches the threads of a process one after the other
