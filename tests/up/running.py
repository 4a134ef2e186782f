"""Runs the real `manage.py up` in a folder of its own and knows its processes. Used by tests and scripts."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.servers import die_with_us, wait_until

ROOT = Path(__file__).resolve().parents[2]
READY = "Ctrl-C stops everything."
ALL_GONE_SECONDS = 10
DEMO = ("--demo", "--releases", "20")
PROGRAMS = ["gunicorn", "celery -A dashboard worker", "celery -A dashboard beat", "manage.py sign", "-m sandbox"]


@dataclass
class Product:
    """One run that somebody started: its folder, what it printed."""

    var: Path
    printed: Path

    @property
    def said(self) -> str:
        """Everything it printed so far."""
        return self.printed.read_text()

    @property
    def url(self) -> str:
        """The address it printed."""
        return re.search(r"http://127\.0\.0\.1:\d+", self.said)[0]  # type: ignore[index]

    @property
    def password(self) -> str:
        """The demo's password as printed."""
        return re.search(r"with the password\s+(\S+)", self.said)[1]  # type: ignore[index]

    def processes(self, *, running: str = "") -> dict[int, str]:
        """The processes of this run that still exist, by id, with their command lines."""
        return {pid: line for pid, line in processes_of(self.var).items() if running in line}

    @property
    def is_ready(self) -> bool:
        """Whether it said that it runs."""
        return READY in self.said

    def wait_gone(self, *, seconds: float = ALL_GONE_SECONDS) -> None:
        """Return when no process of it is left."""
        wait_until(lambda: not processes_of(self.var), seconds=seconds, what=f"{self.processes()} ended")

    def browser(self, email: str | None = None) -> requests.Session:
        """A signed-in browser without a window, or a visitor's."""
        browser = requests.Session()
        if email:
            page = browser.get(f"{self.url}/accounts/login/", timeout=10)
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]  # type: ignore[index]
            form = {"login": email, "password": self.password, "csrfmiddlewaretoken": token}
            browser.post(page.url, data=form, headers={"Referer": page.url}, timeout=10).raise_for_status()
        return browser


@dataclass
class Up(Product):
    """One run that is ours: its process too."""

    process: subprocess.Popen[bytes]

    def wait_ready(self, *, seconds: float = 60) -> None:
        """Return when it said that it runs."""
        wait_until(lambda: self.is_ready or self.process.poll() is not None, seconds=seconds, what="up is ready")
        assert self.process.poll() is None, self.said


def processes_of(var: Path) -> dict[int, str]:
    """Every living process whose environment names this folder, by id."""
    mark = f"SLIPWAY_VAR_DIR={var}".encode()
    found = {}
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and mark in (folder / "environ").read_bytes().split(b"\0"):
                found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue  # it ended while we looked, or is not ours
    return found


@contextmanager
def up(var: Path, *options: str, port: int = 0, **env: str) -> Iterator[Up]:
    """`manage.py up` while the block runs; nothing of it is left afterwards, whatever the block did."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("SLIPWAY_", "DATABASE_"))}
    clean |= {"SLIPWAY_VAR_DIR": str(var), "DJANGO_SETTINGS_MODULE": "dashboard.settings", **env}
    handle, name = tempfile.mkstemp(prefix="slipway-up-")
    os.close(handle)
    printed = Path(name)
    command = [sys.executable, "manage.py", "up", "--port", str(port), *options]
    with printed.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=clean,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=die_with_us,
        )
    try:
        yield Up(var, printed, process)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(ALL_GONE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
        for pid in processes_of(var):
            os.kill(pid, signal.SIGKILL)
        process.wait()
        printed.unlink()


def refusal(*options: str, var: Path, port: int = 0) -> str:
    """What a start that is refused prints: one line."""
    with up(var, *options, port=port) as run:
        assert run.process.wait(30) == 1, run.said
        assert len(run.said.strip().splitlines()) == 1, run.said
        return run.said


def wait_for_programs(run: Up, *programs: str) -> None:
    """Return when each of these runs."""
    wait_until(lambda: all(run.processes(running=name) for name in programs), seconds=60, what=f"{programs} run")
