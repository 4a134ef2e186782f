"""`python -m tests.faults.killable SLUG SEED KILLS`: syncs a project in child processes and kills each after a while.

Every child is a process of its own with its own database connections, killed by SIGKILL at a random moment; the last
one is left alone until it is done. Prints how many were killed before they were done. Run by the test beside it.
"""

import os
import random
import signal
import sys
import time
import traceback

MOST_SECONDS = 60.0


def main(slug: str, seed: int, kills: int) -> int:
    """Exit code 0 when the last child came to its end."""
    import django

    django.setup()
    chance = random.Random(seed)
    killed = 0
    for _ in range(kills):
        child = _start(slug)
        time.sleep(chance.uniform(0.05, 0.9))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status)
    _, status = os.waitpid(_start(slug), 0)
    print(killed, flush=True)
    return os.waitstatus_to_exitcode(status)


def _start(slug: str) -> int:
    child = os.fork()
    if child:
        return child
    try:
        _sync(slug)
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def _sync(slug: str) -> None:
    """As the sync command does: both lines to their end."""
    from releases.models import Project
    from releases.sync.passes import lines
    from releases.sync.passes.work import Budget

    signal.alarm(round(MOST_SECONDS))
    project = Project.objects.select_related("organization").get(slug=slug)
    for line in (lines.HISTORY, lines.DETAILS):
        outcome = lines.advance(line, project, budget=Budget(), insist=True)
        if outcome.ended is not lines.Ended.DONE:
            raise SystemExit(f"{line.feed}: {outcome}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
