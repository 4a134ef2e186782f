"""One program that is kept running: started in a session of its own, started again when it ends, gone with us.

Linux ends it with the supervisor even when that is killed outright. Its output goes to a log file that is cut when it
grows too large. Stops are sent to the main process only: Celery's pools hang when their children are signalled too.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60.0
"""A program that lived this long is not in a loop of failing starts."""
LARGEST_LOG = 10_000_000

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass
class Program:
    """What to run, and how it is doing. `fds` are inherited; `output` takes standard output when it is not the log."""

    name: str
    command: Sequence[str]
    log: Path
    env: dict[str, str] = field(default_factory=dict)
    fds: tuple[int, ...] = ()
    output: Path | None = None
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    failures: int = 0

    def start(self) -> None:
        """Run it now."""
        us = os.getpid()
        with self.log.open("ab") as log, (self.output or self.log).open("wb" if self.output else "ab") as output:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=log,
                env={**os.environ, **self.env},
                pass_fds=self.fds,
                start_new_session=True,
                preexec_fn=lambda: _die_with(us),
            )
        self.started_at = time.monotonic()

    def is_running(self) -> bool:
        """Whether its main process is there."""
        return self.process is not None and self.process.poll() is None

    def after_end(self) -> float:
        """It ended by itself: end what it left behind and return the seconds after which it is started again."""
        self.kill()
        now = time.monotonic()
        self.failures = 1 if now - self.started_at > STEADY_SECONDS else self.failures + 1
        pause: float = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (self.failures - 1))
        self.process, self.start_at = None, now + pause
        return pause

    def terminate(self) -> None:
        """Ask the main process to stop."""
        if self.is_running() and self.process:
            self.process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End everything of it that is left, at once."""
        if self.process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def trim_log(self) -> None:
        """Keep one old log beside a new one when it has grown too large. Writers append, so they go on at the start."""
        with suppress(FileNotFoundError):
            if self.log.stat().st_size > LARGEST_LOG:
                self.log.with_suffix(".log.1").write_bytes(self.log.read_bytes())
                os.truncate(self.log, 0)


def _die_with(parent: int) -> None:
    """Runs in the child before its program: Linux sends it SIGTERM when the supervisor is gone, however it went."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)
