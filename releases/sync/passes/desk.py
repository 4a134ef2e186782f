"""The desk: a second thread that makes releases ready while the pass stores those before.

Called by the passes. It has a database connection of its own; at most a few pages lie on it, so that memory stays
bounded.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from django.db import connections

from releases.errors import AzureError

A = TypeVar("A")
B = TypeVar("B")

Begin = Callable[[A], "Future[B]"]
WAITING = 1
"""Pages that may lie on the desk while another one is stored."""


@contextmanager
def desk() -> Iterator[ThreadPoolExecutor]:
    """One thread, gone at the end of the block together with its connection."""
    with ThreadPoolExecutor(1, thread_name_prefix="desk") as threads:
        try:
            yield threads
        finally:
            threads.submit(connections.close_all)


def read_ahead(answers: Iterator[A], begin: "Begin[A, B]") -> Iterator[tuple[A, B]]:
    """Each answer with what `begin` made of it on the desk, in order. An error of the answers comes after the last."""
    waiting: deque[tuple[A, Future[B]]] = deque()
    failed: AzureError | None = None
    while True:
        try:
            answer = next(answers)
        except StopIteration:
            break
        except AzureError as error:
            failed = error
            break
        waiting.append((answer, begin(answer)))
        if len(waiting) > WAITING:
            yield _done(waiting.popleft())
    while waiting:
        yield _done(waiting.popleft())
    if failed is not None:
        raise failed


def _done(one: tuple[A, "Future[B]"]) -> tuple[A, B]:
    return one[0], one[1].result()
