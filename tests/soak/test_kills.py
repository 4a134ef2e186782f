"""The whole product while its programs are killed at random: pages come back, sync goes on, nothing is left behind."""

import os
import random
import signal
import time

import pytest

from tests.servers import wait_until
from tests.up.running import up

pytestmark = pytest.mark.soak
MINUTES = float(os.environ.get("SOAK_MINUTES", "10"))
PROGRAMS = ["gunicorn", "celery -A dashboard worker", "celery -A dashboard beat", "manage.py sign", "-m sandbox"]


def test_programs_killed_at_random_come_back_and_history_is_whole(tmp_path):
    chance = random.Random(7)
    with up(tmp_path / "var", "--demo", "--releases", "300") as run:
        run.wait_ready()
        until, kills = time.monotonic() + MINUTES * 60, 0
        while time.monotonic() < until:
            time.sleep(chance.uniform(3, 12))
            for pid in run.processes(running=chance.choice(PROGRAMS)):
                os.kill(pid, signal.SIGKILL)
            kills += 1
        wait_until(
            lambda: all(run.processes(running=name) for name in PROGRAMS),
            seconds=60,
            what=f"all run after {kills} kills",
        )
        wait_until(lambda: _is_whole(run), seconds=180, every=2, what="the history is read in")
    assert not run.processes()


def _is_whole(run) -> bool:
    """Whether pages answer, releases are listed and none is said to be missing."""
    try:
        reader = run.browser("manager@harbour.example")
        releases, overview = (reader.get(f"{run.url}{path}", timeout=20).text for path in ("/releases/", "/"))
    except OSError:
        return False
    return "data-row" in releases and "lder releases may still be missing" not in overview
