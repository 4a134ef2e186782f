"""A log of 15 MB, coloured here and there: taken in, searched, and pages of its lines. A side of the benchmarks."""

import resource
from time import perf_counter
from typing import Any

from django.test import Client

from releases.models import StepLog, User
from releases.queries.logs.lines import search, window
from releases.states import Role
from releases.sync.logs.receiving import Receiver
from tests import factories

LINES = 165_000
ASKED = ("sample 164", "SLOW", "no such thing", "the one in the middle", "answered 200")
ROUNDS = 10


def long_log(_: dict[str, Any]) -> dict[str, Any]:
    """Milliseconds, p90, of searching and of showing a page; seconds of taking in 100 MB, and MB of memory for that."""
    log = factories.step_log(text="".join(_line(number) for number in range(LINES)))
    searching = _p90(lambda at: search(log, ASKED[at % len(ASKED)]))
    showing = _p90(lambda at: window(log, first=1 + at * 3000))
    return {
        "search_ms": searching,
        "window_ms": showing,
        "page_ms": _p90(_page_of(log)),
        "megabytes": log.received_bytes / 1e6,
        **_taking_in(),
    }


def _line(number: int) -> str:
    word = "\x1b[33mslow\x1b[0m" if number % 50 == 0 else "the one in the middle" if number == LINES // 2 else "fine"
    at = f"2026-11-22T{number // 36000:02}:{number // 600 % 60:02}:{number // 10 % 60:02}.{number:07}Z"
    return f"{at} sample {number:>8} answered 200 in {number % 97:>3} ms, {word}, checked again\r\n"


def _page_of(log: StepLog) -> Any:
    reader: User = factories.user(role=Role.QA)
    client, step = Client(), log.step
    client.force_login(reader)
    stage = step.deployment.release_stage
    path = f"/p/{stage.release.project.slug}/releases/{stage.release.azure_id}/logs/?q=slow"

    def ask(at: int) -> None:
        answer = client.get(f"{path}&hit={at * 100 + 1}")
        assert answer.status_code == 200

    return ask


def _p90(ask: Any) -> float:
    times = []
    for at in range(ROUNDS * len(ASKED)):
        began = perf_counter()
        ask(at)
        times.append((perf_counter() - began) * 1000)
    return sorted(times)[len(times) * 9 // 10]


def _taking_in() -> dict[str, float]:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    receiver, piece, began = Receiver(), "".join(map(_line, range(2500))).encode(), perf_counter()
    size = 0
    while size < 100_000_000:
        receiver(piece)
        size += len(piece)
    receiver.finish()
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"take_seconds": perf_counter() - began, "take_megabytes": (after - before) / 1024}
