"""`manage.py up` for real: it starts, serves its first page, and whatever ends it, no process is left."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import wait_until
from tests.up.running import DEMO, PROGRAMS, ROOT, refusal, up, wait_for_programs

pytestmark = pytest.mark.up


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path / "var"


def test_the_demo_opens_ends_and_opens_again_with_what_it_had_and_leaves_no_process(var):
    """Ended by Ctrl-C, then by the loss of its supervisor."""
    with up(var, *DEMO) as run:
        run.wait_ready()
        assert run.browser().get(run.url, timeout=10).url.startswith(f"{run.url}/accounts/login/")
        for person in ("qa", "operator", "manager", "auditor", "admin"):
            page = run.browser(f"{person}@harbour.example").get(run.url, timeout=10)
            assert (page.status_code, page.url) == (200, f"{run.url}/")
        wait_for_programs(run, *PROGRAMS)
        signed = var / "checkpoints" / "checkpoints.txt"
        wait_until(signed.exists, seconds=30, what="the trail is signed")
        assert "\n\u2014 slipway/" in signed.read_text("utf-8")
        assert (var / "signer").stat().st_mode & 0o777 == 0o700
        password = run.password
        run.process.send_signal(signal.SIGINT)
        run.wait_gone()
        assert run.process.wait(1) == 0
    with up(var, *DEMO) as run:
        run.wait_ready()
        assert run.password == password
        assert run.browser("qa@harbour.example").get(run.url, timeout=10).url == f"{run.url}/"
        wait_for_programs(run, *PROGRAMS)
        run.process.kill()
        run.wait_gone()
    assert "holds the demo" in refusal(var=var)


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
