"""A process that wants to deploy a stage and stops itself on the way, twice: before it connects, and while it does.

Run by test_changing: `python -m tests.azure.stopped_sender URL RELEASE STAGE`. Prints the errors of both tries.
"""

import math
import os
import signal
import sys
import time
from typing import Any

from releases.azure.credentials import authentication
from releases.azure.devops import Access, DevOps
from releases.errors import ReleasesError
from tests.azure.conftest import VARIABLE

PROJECT = "MLOps"
MAY_SEND_FOR_SECONDS = 0.6


def main(url: str, release: int, stage: int) -> None:
    """Learn where to send, then try both."""
    for place, total in (("before_request", MAY_SEND_FOR_SECONDS), ("_may_connect", 60.0)):
        armed: list[str] = []

        def stop(*_: Any, now: str = place, armed: list[str] = armed) -> Any:
            if now in armed:
                armed.clear()
                os.kill(os.getpid(), signal.SIGSTOP)
            return True

        devops = DevOps(
            Access(url, authentication("pat", VARIABLE), total_seconds=total),
            before_request=stop,
        )
        devops.stage(PROJECT, release, stage)
        devops.close()
        devops._wire._may_connect = stop  # type: ignore[method-assign, assignment]
        armed.append(place)
        try:
            with devops.sent_before(time.monotonic() + (math.inf if place == "before_request" else total / 100)):
                devops.deploy(PROJECT, release, stage, comment="Too late")
            print("sent", flush=True)
        except ReleasesError as error:
            print(error.code, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
