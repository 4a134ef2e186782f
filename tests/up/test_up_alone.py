"""`manage.py up` without the demo: what dies is started again, and the first administrator is made once."""

import os
import re
import signal
from pathlib import Path

import pytest

from tests.servers import wait_until
from tests.up.running import DEMO, PROGRAMS, refusal, up, wait_for_programs

pytestmark = pytest.mark.up


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path / "var"


def kill_and_wait_for_the_next(run, program):
    killed = set(run.processes(running=program))
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: set(run.processes(running=program)) - killed, seconds=20, what=f"{program} runs again")


def test_a_killed_program_is_started_again_and_a_second_slipway_is_one_sentence(var):
    with up(var) as run:
        run.wait_ready()
        wait_for_programs(run, *PROGRAMS[:3])
        for program in PROGRAMS[:3]:
            kill_and_wait_for_the_next(run, program)
            wait_until(lambda: run.browser().get(f"{run.url}/health", timeout=10).ok, seconds=10, what="pages again")
        assert run.said.count("starts again") == 3
        assert f"already runs from {var} (process {run.process.pid})" in refusal(var=var)


def test_the_first_administrator_is_made_by_a_link_that_works_once(var):
    with up(var) as run:
        run.wait_ready()
        link = re.findall(r"http://\S+/accounts/first/\S+/", run.said)[0]
        browser = run.browser()
        token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(link, timeout=10).text)[0]
        form = {"name": "Ada", "email": "ada@harbour.example", "password": "a long enough sentence"}
        made = browser.post(link, data={**form, "csrfmiddlewaretoken": token}, headers={"Referer": link}, timeout=10)
        assert made.url == f"{run.url}/connect/"
        assert run.browser().get(link, timeout=10).status_code == 410
    with up(var) as run:
        run.wait_ready()
        assert "/accounts/first/" not in run.said
    assert "holds accounts that are not the demo's" in refusal(*DEMO, var=var)
