"""A PostgreSQL of the tests' own: `python -m tests.postgres COMMAND...` runs the command with TEST_DATABASE_URL set.

The cluster lives in a temporary folder, on a free port, without fsync; it is gone when the command ends.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import accepts, die_with_us, free_port, running, wait_until

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


@contextmanager
def running_postgres() -> Iterator[str]:
    """The address of a running cluster, `postgresql://...`, whose user may create databases."""
    bin_folder = programs()
    if bin_folder is None:
        raise FileNotFoundError("PostgreSQL is not installed: no initdb found.")
    folder = Path(tempfile.mkdtemp(prefix="slipway-postgres-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        _make_cluster(bin_folder, folder / "data")
        port = free_port()
        options = [part for setting in [*QUICK, *STEADY] for part in ("-c", setting)]
        sockets = ["-k", str(folder), "-h", "127.0.0.1", "-p", str(port)]
        command = as_postgres([str(bin_folder / "postgres"), "-D", str(folder / "data"), *sockets, *options])
        with running(command, log=folder / "postgres.log", stop=signal.SIGTERM):
            wait_until(lambda: accepts(port), seconds=30, what="PostgreSQL listens")
            yield f"postgresql://slipway@127.0.0.1:{port}/postgres"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make_cluster(bin_folder: Path, data: Path) -> None:
    command = [str(bin_folder / "initdb"), "-D", str(data), "-U", "slipway", "--auth=trust", "--encoding=UTF8"]
    subprocess.run(as_postgres([*command, "--no-sync", "--locale=C.UTF-8"]), check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    with running_postgres() as url:
        env = {**os.environ, "TEST_DATABASE_URL": url}
        sys.exit(subprocess.run(sys.argv[1:], env=env, preexec_fn=die_with_us, check=False).returncode)
