"""A real Celery worker in a process of its own, on the database of the running test and a broker of its own."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from tests.servers import running, wait_until

READY = b" ready."


def database_url() -> str:
    """The address of the database that the running test uses."""
    now = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{now['NAME']}"
    return f"postgresql://{now['USER']}@{now['HOST']}:{now['PORT']}/{now['NAME']}"


@contextmanager
def running_worker(folder: Path, *, redis_url: str = "", threads: int = 4, **env: str) -> Iterator[Path]:
    """A worker that has started; yields its log. `env` is added to its environment. Ask it by `send_to`."""
    log = folder / "worker.log"
    command = [sys.executable, "-m", "celery", "-A", "dashboard", "worker", "-P", "threads", "-c", str(threads)]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "INFO"]
    environment = {
        "DATABASE_URL": database_url(),
        "REDIS_URL": redis_url,
        "SLIPWAY_VAR_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        "SLIPWAY_LOG_LEVEL": "info",
        **env,
    }
    with running([*command, *quiet], log=log, env=environment) as process:
        wait_until(
            lambda: READY in log.read_bytes() or process.poll() is not None, seconds=30, what="the worker is ready"
        )
        if process.poll() is not None:
            raise RuntimeError(log.read_text())
        yield log
