"""Watches the programs until somebody asks to stop, then sees to it that none is left. Called by `manage.py up`."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from releases.management.supervisor.programs import Program

STOP_SECONDS = 7.0
"""How long programs have to finish what they do before they are ended."""
LOOK_EVERY_SECONDS = 0.2
TRIM_EVERY_SECONDS = 600.0
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Watch:
    """The programs under watch, in the order they were added; `say` prints a line for the person at the terminal."""

    def __init__(self, *, say: Callable[[str], None]) -> None:
        self.programs: list[Program] = []
        self.asked_to_stop = threading.Event()
        self.say = say
        self._trim_at = time.monotonic() + TRIM_EVERY_SECONDS

    def add(self, program: Program) -> Program:
        """Start the program and keep it running from now on."""
        program.trim_log()
        program.start()
        self.programs.append(program)
        return program

    @contextmanager
    def until_stopped(self) -> Iterator[None]:
        """The block runs with Ctrl-C and its kin meaning "stop"; whatever happens in it, no program is left after."""
        before = {number: signal.signal(number, self._stop) for number in STOPPING}
        try:
            yield
        finally:
            self.stop_all()
            for number, handler in before.items():
                signal.signal(number, handler)

    def wait(self, *, seconds: float | None = None, done: Callable[[], object] = lambda: False) -> bool:
        """Keep programs running until `done()`, a stop, or the time is over. True only when done."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while not self.asked_to_stop.wait(LOOK_EVERY_SECONDS):
            if done():
                return True
            if deadline is not None and time.monotonic() > deadline:
                return False
            self._look_after_all()
        return False

    def stop_all(self) -> None:
        """Ask all to stop, wait, then end what is left."""
        for program in reversed(self.programs):
            program.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        while any(program.is_running() for program in self.programs) and time.monotonic() < deadline:
            time.sleep(0.05)
        for program in self.programs:
            program.kill()

    def _stop(self, _number: int, _frame: Any) -> None:
        self.asked_to_stop.set()

    def _look_after_all(self) -> None:
        now = time.monotonic()
        for program in self.programs:
            if program.process is None and now >= program.start_at:
                program.start()
            elif program.process is not None and not program.is_running():
                code = program.process.returncode
                pause = program.after_end()
                self.say(f"{program.name} ended (code {code}); it starts again in {pause:g} s. Why: {program.log}")
        if now >= self._trim_at:
            self._trim_at = now + TRIM_EVERY_SECONDS
            for program in self.programs:
                program.trim_log()
