"""A real Celery worker in a process of its own, on the database of the running test and a broker of its own."""

import subprocess
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
    """A worker of threads that has started; yields its log. `env` is added to its environment. Ask it by `send_to`."""
    with worker_process(folder, pool="threads", count=threads, redis_url=redis_url, **env):
        yield folder / "worker.log"


@contextmanager
def worker_process(
    folder: Path, *, pool: str, count: int, redis_url: str = "", **env: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A worker that has started, with so many threads or children (`pool` threads or prefork); it leads its group."""
    log = folder / "worker.log"
    said = log.stat().st_size if log.exists() else 0
    command = [sys.executable, "-m", "celery", "-A", "dashboard", "worker", "-P", pool, "-c", str(count)]
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
            lambda: READY in log.read_bytes()[said:] or process.poll() is not None,
            seconds=30,
            what="the worker is ready",
        )
        if process.poll() is not None:
            raise RuntimeError(log.read_text())
        yield process


def children_of(pid: int) -> list[int]:
    """The processes that this one started and that live."""
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
