"""The pages over a made-up past of any size, served without a worker and without a sandbox. Used by the pictures."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.servers import accepts, free_port, running, wait_until
from tests.up.running import ROOT

PASSWORD = "a long enough sentence"
ROLES = {"qa": "qa", "operator": "operator", "manager": "manager", "auditor": "auditor", "admin": "administrator"}
"""The demo's people, by the beginning of their address, with their role in every project."""
TO_THE_END = timedelta(hours=4)
"""The newest release was made so long ago: its attempts have ended by now."""


@dataclass(frozen=True)
class Past:
    """Where its pages are, and the password of everybody in it."""

    url: str
    password: str


@contextmanager
def past(count: int) -> Iterator[Past]:
    """So many releases, the newest made lately, and the demo's people, while the block runs."""
    with tempfile.TemporaryDirectory(prefix="slipway-past-") as folder:
        env = {"SLIPWAY_VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "dashboard.settings", "PAST_PASSWORD": PASSWORD}
        _make(count, env)
        port = free_port()
        serve = ["-m", "gunicorn", "dashboard.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "4"]
        log = Path(folder) / "pages.log"
        with running([sys.executable, *serve, "--no-control-socket"], log=log, env=env):
            wait_until(lambda: accepts(port), seconds=60, what="the pages are served")
            yield Past(f"http://127.0.0.1:{port}", PASSWORD)


def _make(count: int, env: dict[str, str]) -> None:
    def run(*command: str) -> None:
        subprocess.run([sys.executable, *command], cwd=ROOT, env={**os.environ, **env}, check=True)

    run("manage.py", "migrate", "-v", "0")
    end = datetime.now(UTC) - TO_THE_END
    run("-m", "tests.benchmarks.past", str(count), "--end", end.isoformat())
    for name, role in ROLES.items():
        who = [f"{name}@harbour.example", "--name", name.capitalize(), "--role", role]
        run("manage.py", "create_user", *who, "--password-variable", "PAST_PASSWORD")
    run("manage.py", "collectstatic", "--noinput", "-v", "0")
