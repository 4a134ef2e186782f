"""Wakes the worker by task name. Called on commit; losing the call is harmless, because the table is the queue.

A thread of its own talks to the broker, so that a page waits a moment for it at most, also when the broker is frozen.
"""

import logging
import queue
import threading
from typing import Any

from celery import current_app

log = logging.getLogger(__name__)

NUDGE_EXPIRES_SECONDS = 30
WAIT_SECONDS = 1.0
MOST_WAITING = 100


class _Nudge(threading.Event):
    """One call to be made; set when it was, or could not be."""

    def __init__(self, task: str, arguments: dict[str, Any]) -> None:
        super().__init__()
        self.task = task
        self.arguments = arguments


class _Caller:
    """The thread and what waits for it; begun with the first call of the process it is in."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[_Nudge] = queue.Queue(MOST_WAITING)
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def call(self, one: _Nudge) -> None:
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="nudge", daemon=True)
                self._thread.start()
        try:
            self._waiting.put_nowait(one)
        except queue.Full:
            log.warning("The broker does not answer; the nudge %s is left out.", one.task)
            return
        if not one.wait(WAIT_SECONDS):
            log.warning("The broker takes its time over the nudge %s.", one.task)

    def _run(self) -> None:
        while True:
            one = self._waiting.get()
            _send(one)
            one.set()


_caller = _Caller()


def nudge(task: str, **arguments: object) -> None:
    """Ask a worker to run the named task soon. Never raises; waits a second at most: the next tick finds the row."""
    _caller.call(_Nudge(task, arguments))


def _send(one: _Nudge) -> None:
    try:
        current_app.send_task(one.task, kwargs=one.arguments, expires=NUDGE_EXPIRES_SECONDS, retry=False)
    except Exception as error:  # the broker's client may raise anything it likes
        log.warning("The broker did not take the nudge %s: %s", one.task, error)
