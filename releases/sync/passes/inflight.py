"""Keeps several requests in flight while pages are being stored. Called by the passes; knows no database, no Azure."""

from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from releases.errors import AzureError
from releases.sync.connections import Calls

Q = TypeVar("Q")
A = TypeVar("A")


class Source(Protocol[Q, A]):
    """What there is to ask. All is called by the thread that stores.

    `ahead`: how many questions may wait for a free thread, so that fetching goes on while answers are stored.
    """

    ahead: int

    def take(self) -> Q | None:
        """The next question, or None while there is none; counts as taken."""

    def ask(self, question: Q, calls: Calls) -> "Future[A]":
        """Send it in another thread."""

    def came(self, question: Q, answer: A) -> None:
        """An answer came; it may open the way to further questions."""


@dataclass
class _Flight(Generic[Q, A]):
    running: "dict[Future[A], Q]" = field(default_factory=dict)
    error: AzureError | None = None


def in_flight(source: Source[Q, A], calls: Calls) -> Iterator[tuple[Q, A]]:
    """Answers as they come; the next requests leave before an answer is handed out for storing.

    After an error nothing more is asked; what is in flight is still handed out, then the first error is raised.
    """
    flight: _Flight[Q, A] = _Flight()
    _top_up(flight, source, calls)
    while flight.running:
        answers = _landed(flight, source)
        _top_up(flight, source, calls)
        yield from answers
    if flight.error is not None:
        raise flight.error


def _top_up(flight: _Flight[Q, A], source: Source[Q, A], calls: Calls) -> None:
    while flight.error is None and len(flight.running) < calls.width + source.ahead:
        question = source.take()
        if question is None:
            return
        try:
            flight.running[source.ask(question, calls)] = question
        except AzureError as error:
            flight.error = error


def _landed(flight: _Flight[Q, A], source: Source[Q, A]) -> list[tuple[Q, A]]:
    done, _ = wait(flight.running, return_when=FIRST_COMPLETED)
    answers = []
    for future in done:
        question = flight.running.pop(future)
        try:
            answer = future.result()
            source.came(question, answer)
        except AzureError as error:
            flight.error = flight.error or error
            continue
        answers.append((question, answer))
    return answers
