"""A real redis-server on a free port, for tests that need the broker or the shared cache to be the real thing."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import accepts, free_port, running, wait_until


@contextmanager
def running_redis(folder: Path) -> Iterator[str]:
    """The address of a running server that keeps nothing on disk, `redis://...`."""
    program = shutil.which("redis-server")
    if program is None:
        raise FileNotFoundError("redis-server is not installed.")
    port = free_port()
    quiet = ["--save", "", "--appendonly", "no", "--bind", "127.0.0.1", "--dir", str(folder)]
    with running([program, "--port", str(port), *quiet], log=folder / "redis.log"):
        wait_until(lambda: accepts(port), seconds=10, what="redis-server listens")
        yield f"redis://127.0.0.1:{port}/0"
