"""A PostgreSQL of the tests' own: `python -m tests.postgres COMMAND...` runs the command with TEST_DATABASE_URL set.

The cluster lives in a temporary folder, on a free port, without fsync; it is gone when the command ends.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers import die_with_us, free_port, running, wait_until

QUICK = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "shared_buffers=256MB"]
STEADY = ["autovacuum=off"]  # it counts rows at moments of its own, and with the counts the plans of tests would change


def programs() -> Path | None:
    """The folder of the newest PostgreSQL server programs, or None where there are none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    there = shutil.which("initdb")
    return Path(there).parent if there else None


def as_postgres(command: list[str]) -> list[str]:
    """The command, as the user postgres where we are root: initdb and postgres refuse to run as root."""
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command


@dataclass
class PostgresServer:
    """A cluster in a folder of its own. Its user may create databases; `settings` come after those of all."""

    folder: Path
    programs: Path
    settings: Sequence[str] = ()
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    _stack: ExitStack = field(default_factory=ExitStack)

    def url(self, database: str = "postgres") -> str:
        """The address of one of its databases."""
        return f"postgresql://slipway@127.0.0.1:{self.port}/{database}"

    def make(self) -> None:
        """Its files."""
        command = [str(self.programs / "initdb"), "-D", str(self.folder / "data"), "-U", "slipway", "--auth=trust"]
        quiet = ["--no-sync", "--locale=C.UTF-8", "--encoding=UTF8"]
        subprocess.run(as_postgres([*command, *quiet]), check=True, stdout=subprocess.DEVNULL)

    def start(self) -> None:
        """Run it, on the same port as before."""
        options = [part for setting in [*QUICK, *STEADY, *self.settings] for part in ("-c", setting)]
        where = ["-D", str(self.folder / "data"), "-k", str(self.folder), "-h", "127.0.0.1", "-p", str(self.port)]
        command = as_postgres([str(self.programs / "postgres"), *where, *options])
        log = self.folder / "postgres.log"
        self.process = self._stack.enter_context(running(command, log=log, stop=signal.SIGTERM))
        wait_until(self.is_ready, seconds=30, what="PostgreSQL takes connections")

    def is_ready(self) -> bool:
        """Whether it takes connections: after a crash it listens before it does."""
        asked = [str(self.programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(asked, check=False).returncode == 0

    def restart(self) -> None:
        """At once: whoever is connected is cut off in the middle of what they do."""
        stop = [str(self.programs / "pg_ctl"), "stop", "-D", str(self.folder / "data"), "-m", "immediate"]
        subprocess.run(as_postgres(stop), check=True, stdout=subprocess.DEVNULL)
        self.start()

    def stop(self) -> None:
        """It is gone."""
        self._stack.close()


@contextmanager
def postgres_server(*settings: str) -> Iterator[PostgresServer]:
    """A running cluster that can be restarted; its files are gone afterwards."""
    found = programs()
    if found is None:
        raise FileNotFoundError("PostgreSQL is not installed: no initdb found.")
    folder = Path(tempfile.mkdtemp(prefix="slipway-postgres-"))
    server = PostgresServer(folder, found, settings)
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        server.make()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running_postgres() -> Iterator[str]:
    """The address of a running cluster, `postgresql://...`, whose user may create databases."""
    with postgres_server() as server:
        yield server.url()


if __name__ == "__main__":
    with running_postgres() as url:
        env = {**os.environ, "TEST_DATABASE_URL": url}
        sys.exit(subprocess.run(sys.argv[1:], env=env, preexec_fn=die_with_us, check=False).returncode)
