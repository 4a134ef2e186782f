"""A log of 15 MB, coloured here and there: searched, and pages of its lines. A side of the benchmarks."""

from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.test import Client

from releases.models import StepLog, User
from releases.queries.logs.lines import search, window
from releases.states import Role
from tests import factories

LINES = 165_000
ASKED = ("sample 164", "SLOW", "no such thing", "the one in the middle", "answered 200")
ROUNDS = 10


def long_log(_: dict[str, Any]) -> dict[str, Any]:
    """Milliseconds, p90, of searching, of reading a window, and of a page with a search in it."""
    call_command("collectstatic", interactive=False, verbosity=0)
    settings.ALLOWED_HOSTS = ["testserver"]
    log = factories.step_log(text="".join(_line(number) for number in range(LINES)))
    searching = _p90(lambda at: search(log, ASKED[at % len(ASKED)]))
    showing = _p90(lambda at: window(log, first=1 + at * 3000))
    return {
        "search_ms": searching,
        "window_ms": showing,
        "page_ms": _p90(_page_of(log)),
        "megabytes": log.received_bytes / 1e6,
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
