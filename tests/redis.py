"""A real redis-server on a free port, for tests that need the broker or the shared cache to be the real thing."""

import shutil
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen

from tests.servers import accepts, free_port, running, wait_until


@dataclass
class RedisServer:
    """A server that keeps nothing on disk, so that a restart is a loss of everything."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: Popen[bytes] | None = None
    _stack: ExitStack = field(default_factory=ExitStack)

    @property
    def url(self) -> str:
        """Its address, `redis://...`."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Run it, on the same port as before."""
        program = shutil.which("redis-server")
        if program is None:
            raise FileNotFoundError("redis-server is not installed.")
        quiet = ["--save", "", "--appendonly", "no", "--bind", "127.0.0.1", "--dir", str(self.folder)]
        command = [program, "--port", str(self.port), *quiet]
        self.process = self._stack.enter_context(running(command, log=self.folder / "redis.log"))
        wait_until(lambda: accepts(self.port), seconds=10, what="redis-server listens")

    def kill(self) -> None:
        """As by `kill -9`."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def lose(self) -> None:
        """Killed, and back without anything it held."""
        self.kill()
        self.start()

    def freeze(self) -> None:
        """It takes connections and answers nothing."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """It is gone."""
        if self.process is not None and self.process.poll() is None:
            self.thaw()
        self._stack.close()


@contextmanager
def redis_server(folder: Path) -> Iterator[RedisServer]:
    """A running server that can be lost, frozen and brought back."""
    server = RedisServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def running_redis(folder: Path) -> Iterator[str]:
    """The address of a running server."""
    with redis_server(folder) as server:
        yield server.url
