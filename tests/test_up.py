"""`manage.py up` for real: it starts, serves its first page, and whatever ends it, no process is left."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import wait_until
from tests.up import ROOT, up

pytestmark = pytest.mark.up
DEMO = ("--demo", "--releases", "20")
PROGRAMS = ["gunicorn", "celery -A dashboard worker", "celery -A dashboard beat", "-m sandbox"]


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path / "var"


def wait_for_programs(run, *programs):
    wait_until(lambda: all(run.processes(running=name) for name in programs), seconds=60, what=f"{programs} run")


def test_the_demo_opens_its_people_sign_in_and_ctrl_c_ends_all_of_it(var):
    with up(var, *DEMO) as run:
        run.wait_ready()
        assert run.browser().get(run.url, timeout=10).url.startswith(f"{run.url}/accounts/login/")
        for person in ("qa", "operator", "manager", "auditor", "admin"):
            page = run.browser(f"{person}@harbour.example").get(run.url, timeout=10)
            assert (page.status_code, page.url) == (200, f"{run.url}/")
        wait_for_programs(run, *PROGRAMS)
        run.process.send_signal(signal.SIGINT)
        run.wait_gone()
        assert run.process.wait(1) == 0


def test_a_killed_supervisor_takes_everything_with_it(var):
    with up(var, *DEMO) as run:
        run.wait_ready()
        wait_for_programs(run, *PROGRAMS)
        run.process.kill()
        run.wait_gone()


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


def test_a_second_start_keeps_what_the_first_made(var):
    with up(var, *DEMO) as run:
        run.wait_ready()
        password = run.password
    with up(var, *DEMO) as run:
        run.wait_ready()
        assert run.password == password
        assert run.browser("qa@harbour.example").get(run.url, timeout=10).url == f"{run.url}/"
    assert "holds the demo" in refusal(var=var)


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


def refusal(*options: str, var: Path, port: int = 0) -> str:
    """What a start that is refused prints: one line."""
    with up(var, *options, port=port) as run:
        assert run.process.wait(30) == 1, run.said
        assert len(run.said.strip().splitlines()) == 1, run.said
        return run.said


def test_a_taken_port_is_one_sentence(var):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert f"Port {port} is taken" in refusal(var=var, port=port)


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    assert "cannot be written" in refusal(var=tmp_path / "file" / "var")


def test_plain_http_is_not_served_to_other_machines(var):
    assert "Plain http is only served on this machine" in refusal("--host", "0.0.0.0", var=var)


def test_an_old_python_is_one_sentence():
    pretend = (
        "import runpy, sys; sys.version_info = (3, 9, 2); sys.argv = ['manage.py', 'up']; "
        "runpy.run_path('manage.py', run_name='__main__')"
    )
    run = subprocess.run([sys.executable, "-c", pretend], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr.strip()) == (1, "Slipway needs Python 3.11 or newer; this is 3.9.")
