"""The goals P1-P4, P9, P10 and P13, each as rows of ratios or seconds. Called by `python -m tests.benchmarks`."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from tests.benchmarks.measuring import Bench, Database, Figures, Row
from tests.delivery.crew import running_quays
from tests.redis import running_redis

PAGES_MOST = 10_000
PAGES_FEW = 2_000
PLAIN = 1_000
DETAILS = 1_000
CONFIRMED = 20


@dataclass
class Rounds:
    """The ratios of one goal, and the figures of its sides for the note."""

    ratios: list[float] = field(default_factory=list)
    sides: dict[str, list[float]] = field(default_factory=dict)

    def add(self, ours: float, theirs: float, **figures: float) -> None:
        """One round."""
        self.ratios.append(ours / theirs)
        for name, figure in {"ours": ours, "theirs": theirs, **figures}.items():
            self.sides.setdefault(name, []).append(figure)

    def seconds(self, name: str) -> float:
        """The median of one side."""
        ordered = sorted(self.sides[name])
        return ordered[len(ordered) // 2]

    def note(self) -> str:
        """Both sides in seconds."""
        return f"{self.seconds('ours'):.1f} s against {self.seconds('theirs'):.1f} s"


def pages(bench: Bench, database: Database) -> Iterator[Row]:
    """P1, P2, P3: the list read and stored, over 1 and 4 connections, and read again unchanged."""
    one, four, again = Rounds(), Rounds(), Rounds()
    written = 0
    for _ in range(bench.rounds):
        url = database.fresh()
        bare = bench.side("crawl", connections=1)["seconds"]
        one.add(bench.side("sync_pages", database_url=url, connections=1)["seconds"], bare)
        reread = bench.side("sync_pages", database_url=url, connections=1, again=True)
        again.add(reread["seconds"], bare)
        written += reread["rows_written"]
        bare = bench.side("crawl", connections=4)["seconds"]
        four.add(bench.side("sync_pages", database_url=database.fresh(), connections=4)["seconds"], bare)
    yield Row("P1", "full sync, 1 connection, against the bare crawl", 1.15, database.name, one.ratios, note=one.note())
    yield Row(
        "P2", "full sync, 4 connections, against the bare crawl", 2.0, database.name, four.ratios, note=four.note()
    )
    note = f"{again.note()}; {written} rows written"
    yield Row("P3", "10,000 unchanged releases read again", 1.10, database.name, again.ratios, note=note)


def nothing_new(few: Bench, many: Bench, database: Database) -> Iterator[Row]:
    """P3, second half: an incremental sync with nothing new, at 1,000 and at 100,000 stored releases."""
    urls = [(bench, _filled(bench, database)) for bench in (few, many)]
    rounds, requests = Rounds(), []
    for _ in range(few.rounds):
        small, large = (bench.side("sync_nothing_new", database_url=url) for bench, url in urls)
        rounds.add(large["seconds"], small["seconds"])
        requests.append((small["requests"], large["requests"]))
    asked = f"{requests[-1][0]} and {requests[-1][1]} requests"
    note = f"{1000 * rounds.seconds('ours'):.0f} ms against {1000 * rounds.seconds('theirs'):.0f} ms; {asked}"
    what = "nothing new, 100,000 stored releases against 1,000"
    yield Row("P3", what, 1.10, database.name, rounds.ratios, note=note)


def plain_loop(bench: Bench, database: Database) -> Iterator[Row]:
    """P4: against the loop over the client's own models, which stores nothing."""
    rounds = Rounds()
    for _ in range(bench.rounds):
        theirs = bench.side("plain")
        ours = bench.side("sync_pages", database_url=database.fresh(), connections=1)
        rounds.add(ours["seconds"] / ours["read"], theirs["seconds"] / theirs["read"])
    per_release = f"{1000 * rounds.seconds('ours'):.1f} ms a release against {1000 * rounds.seconds('theirs'):.1f} ms"
    yield Row("P4", "full sync against the plain client loop", 0.15, database.name, rounds.ratios, note=per_release)


def memory(few: Bench, most: Bench, database: Database) -> Iterator[Row]:
    """P9: how much a full sync takes above the idle process, and whether that grows with the history."""
    above: dict[int, list[float]] = {PAGES_FEW: [], PAGES_MOST: []}
    for _ in range(few.rounds):
        for size, bench in ((PAGES_FEW, few), (PAGES_MOST, most)):
            figures = bench.side("sync_pages", database_url=database.fresh(), connections=4)
            above[size].append(figures["peak_mb"] - figures["idle_mb"])
    growth = [most_mb / few_mb for few_mb, most_mb in zip(above[PAGES_FEW], above[PAGES_MOST], strict=True)]
    yield Row("P9", "memory of a full sync above idle", 150, database.name, above[PAGES_MOST], unit="MB")
    yield Row("P9", "the same, 10,000 releases against 2,000", 1.2, database.name, growth)


def details(bench: Bench, database: Database) -> Iterator[Row]:
    """P13: 1,000 releases read in full over 4 connections, against the bare crawl of the same answers.

    Meanwhile somebody turns pages, of which 90 of 100 should take the server no longer than P12 allows.
    """
    rounds, turned = Rounds(), 0
    pages_ms: list[float] = []
    ids = list(range(1, DETAILS + 1))
    for _ in range(bench.rounds):
        url = _filled(bench, database)
        bare = bench.side("crawl_details", connections=4, ids=ids)["seconds"]
        with ThreadPoolExecutor(1) as reader:
            seen = reader.submit(bench.side, "turn_pages", database_url=url, seconds=0.8 * bare)
            rounds.add(bench.side("sync_details", database_url=url, connections=4)["seconds"], bare)
            pages_ms.append(1000 * seen.result()["p90_seconds"])
            turned += seen.result()["pages"]
    what = "1,000 releases in full, 4 connections, against the bare crawl"
    yield Row("P13", what, 1.3, database.name, rounds.ratios, note=rounds.note())
    note = f"{turned} pages turned"
    yield Row("P13", "server time of pages meanwhile, p90", 200, database.name, pages_ms, unit="ms", note=note)


def confirming(bench: Bench, database: Database) -> Iterator[Row]:
    """P10: from confirming a redeployment to the request for it, by the broker; on small pipelines."""
    brokers: dict[str, list[Figures]] = {"Redis": [], "the broker in a folder": []}
    for number in range(bench.rounds):
        for broker, figures in brokers.items():
            folder = bench.folder / f"{database.name}-{broker.split()[-1]}-{number}"
            folder.mkdir()
            with (
                running_quays(folder) as quays,
                ExitStack() as stack,
            ):
                redis_url = stack.enter_context(running_redis(folder)) if broker == "Redis" else ""
                side = Bench(quays, 1, folder)
                given = {"folder": str(folder), "sandbox": quays.url, "count": CONFIRMED, "broker": redis_url}
                figures.append(side.side("confirm", database_url=database.fresh(), redis_url=redis_url, **given))
    for broker, limit in (("Redis", 1.0), ("the broker in a folder", 3.0)):
        p95, p50 = ([one[name] for one in brokers[broker]] for name in ("p95", "p50"))
        note = f"p50 {sorted(p50)[len(p50) // 2]:.2f} s; {CONFIRMED} confirmed a round"
        what = f"from confirming a redeployment to the PATCH, p95, with {broker}"
        yield Row("P10", what, limit, database.name, p95, unit="s", note=note)


def _filled(bench: Bench, database: Database) -> str:
    url = database.fresh()
    figures: Figures = bench.side("sync_whole", database_url=url, connections=4)
    assert figures["ended"] == "done", f"the database could not be filled: {figures}"
    return url


Goal = Callable[..., Iterator[Row]]
GOALS: dict[str, Any] = {
    "pages": (pages, (PAGES_MOST,)),
    "nothing-new": (nothing_new, (1_000, 100_000)),
    "plain": (plain_loop, (PLAIN,)),
    "memory": (memory, (PAGES_FEW, PAGES_MOST)),
    "details": (details, (DETAILS,)),
    "confirming": (confirming, (0,)),
}
"""By name: the goal and how many releases each of its sandboxes has."""
