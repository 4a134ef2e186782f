"""Named places where a worker can be made to die, for the tests of what happens then (`SLIPWAY_CRASH_AT`)."""

import os
import signal
from enum import StrEnum


class Point(StrEnum):
    """Where: after `sending` is committed and before the request; after Azure's answer and before it is stored; ..."""

    CLAIMED = "claimed"
    SENDING_COMMITTED = "sending_committed"
    APPLIED = "applied"
    READ_BACK = "read_back"


def point(name: Point) -> None:
    """Die here, as by `kill -9`, when the environment names this point; else nothing."""
    if os.environ.get("SLIPWAY_CRASH_AT") == name:
        os.kill(os.getpid(), signal.SIGKILL)
