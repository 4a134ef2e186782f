"""The goals P6, P7, P8 and P12: what pages cost at 1,000 and at 100,000 releases. Called by `make bench`.

Both histories are made once per database, by `past.filling`; each round opens pages of one and then of the other.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tests.benchmarks.measuring import Database, Figures, Row, run_side

FEW, MANY = 1_000, 100_000
TEXT = "text"
FIRST_KB, AFTER_KB, SERVER_MS = 100, 30, 200
A_MILLION, APPENDS, WRITERS = 1_000_000, 4_000, 4
APPEND_MS, VERIFY_S = {"SQLite": 5.0, "PostgreSQL": 2.0}, 60


@dataclass
class Shelf:
    """The filled databases of one run, and how often each pair is measured."""

    rounds: int
    folder: Path
    _made: dict[tuple[str, int], str] = field(default_factory=dict)

    def past(self, database: Database, count: int) -> str:
        """The address of a database with so many releases."""
        if (database.name, count) not in self._made:
            url = database.fresh()
            env = {**os.environ, "DATABASE_URL": url, "SLIPWAY_VAR_DIR": str(self.folder)}
            command = [sys.executable, "-m", "tests.benchmarks.past", str(count)]
            subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL)
            self._made[database.name, count] = url
        return self._made[database.name, count]

    def side(self, name: str, url: str) -> Figures:
        """One side in a process of its own."""
        return run_side(name, {}, folder=self.folder, env={"DATABASE_URL": url})


def lists(shelf: Shelf, database: Database) -> Iterator[Row]:
    """P6: the list at 100,000 releases against 1,000; the row names the case that costs most more."""
    rounds = []
    for _ in range(shelf.rounds):
        few, many = (shelf.side("lists", shelf.past(database, size)) for size in (FEW, MANY))
        rounds.append(
            {case: (ms, few["p90_ms"][_held_against(case, few, many)]) for case, ms in many["p90_ms"].items()}
        )
    for what, limit, belongs in KINDS:
        cases = [case for case in rounds[0] if belongs(case)]
        ratios = {case: [one[case][0] / one[case][1] for one in rounds] for case in cases}
        worst = max(cases, key=lambda case: median(ratios[case]))
        large, small = (median(one[worst][at] for one in rounds) for at in (0, 1))
        note = f"{worst}: {large:.0f} ms against {small:.0f} ms"
        yield Row("P6", what, limit, database.name, ratios[worst], note=note)


def _held_against(case: str, few: Figures, many: Figures) -> str:
    """The same page of the small history, or the one without a filter where that page shows fewer releases."""
    as_full = few["shown"][case] >= many["shown"][case]
    return case if as_full else f"no filter, {case.rpartition(', ')[2]}"


def trail(shelf: Shelf, database: Database) -> Iterator[Row]:
    """The trail: what an event costs, and how long a million of them take both verifiers."""
    times: dict[str, list[float]] = {name: [] for name in ("append", *_both())}
    url, folder = database.fresh(), shelf.folder / f"trail-{database.name}"
    asked = {"folder": str(folder), "events": A_MILLION}
    filled = run_side("fill", asked, folder=shelf.folder, env={"DATABASE_URL": url})
    for _ in range(shelf.rounds):
        wanted = {"events": APPENDS, "writers": WRITERS}
        one = run_side("append", wanted, folder=shelf.folder, env={"DATABASE_URL": database.fresh()})
        times["append"].append(1000 * one["seconds"] / one["events"])
        ours = run_side("verified", {}, folder=shelf.folder, env={"DATABASE_URL": url})
        theirs = run_side("verified_outside", {**asked, **filled}, folder=shelf.folder, env={})
        for name, told in (("ours", ours), ("theirs", theirs)):
            times[name].append(told["seconds"])
            times[f"{name} busy"].append(told["busy"])
            times[f"{name} mb"].append(told["peak_mb"])
    limit, note = APPEND_MS[database.name], f"{1000 / median(times['append']):.0f} events a second"
    yield Row("A1", f"an event, {WRITERS} writers", limit, database.name, times["append"], unit="ms", note=note)
    for name, what in (("ours", "Slipway"), ("theirs", "the program for auditors")):
        busy, memory = median(times[f"{name} busy"]), max(times[f"{name} mb"])
        note = f"{busy:.0f} s of processor time, at most {memory:.0f} MB in all"
        yield Row("A2", f"1,000,000 events, {what}", VERIFY_S, database.name, times[name], unit="s", note=note)


def _both() -> list[str]:
    return [f"{name}{what}" for name in ("ours", "theirs") for what in ("", " busy", " mb")]


KINDS: list[tuple[str, float, Callable[[str], bool]]] = [
    ("list, first page, p90, 100,000 releases against 1,000", 1.2, lambda case: case == "no filter, first page"),
    ("list, 2,000 pages deep", 1.2, lambda case: case == "no filter, deep"),
    ("each filter, first page and deep, the worst", 1.2, lambda c: not c.startswith(("no filter", TEXT))),
    ("free text, first page and deep, the worst", 2.0, lambda case: case.startswith(TEXT)),
]


def floors(shelf: Shelf, database: Database) -> Iterator[Row]:
    """P7: pages against their templates alone. P8: what the spans are asked against the list's template."""
    rounds = [shelf.side("floors", shelf.past(database, MANY)) for _ in range(shelf.rounds)]
    for name, what in (("list", "releases list"), ("overview", "overview")):
        ratios = [one[name]["page_ms"] / one[name]["floor_ms"] for one in rounds]
        page, floor = (median(one[name][key] for one in rounds) for key in ("page_ms", "floor_ms"))
        note = f"{page:.1f} ms against {floor:.1f} ms"
        yield Row("P7", f"{what}, p50, against its template alone", 1.5, database.name, ratios, note=note)
    for name, what in (("live now", "what is live now"), ("live then", "what was live at a time")):
        ratios = [one[name] / one["list"]["floor_ms"] for one in rounds]
        note = f"{median(one[name] for one in rounds):.1f} ms"
        yield Row("P8", f"{what}, p90, against the list's template", 1.5, database.name, ratios, note=note)


def weights(shelf: Shelf, database: Database) -> Iterator[Row]:
    """P12: of all pages the heaviest and the slowest."""
    rounds = [shelf.side("weights", shelf.past(database, MANY)) for _ in range(shelf.rounds)]
    pages, missed = rounds[0]["pages"], rounds[0]["missed"]
    measures = [
        ("first_kb", "first visit", FIRST_KB, "KB"),
        ("after_kb", "after it", AFTER_KB, "KB"),
        ("p90_ms", "server time, p90", SERVER_MS, "ms"),
    ]
    for key, what, limit, unit in measures:
        figures = {name: [one["pages"][name][key] for one in rounds] for name in pages}
        worst = sorted(figures, key=lambda name: median(figures[name]), reverse=True)
        next_ones = ", ".join(f"{name} {median(figures[name]):.0f}" for name in worst[1:4])
        note = f"{worst[0]}; then {next_ones}; {len(pages)} pages, not visited: {', '.join(missed) or 'none'}"
        yield Row("P12", f"{what}, the greatest", limit, database.name, figures[worst[0]], unit=unit, note=note)


def logs(shelf: Shelf, database: Database) -> Iterator[Row]:
    """LOG: a log of 15 MB is searched, and a page of it shown."""
    rounds = [shelf.side("long_log", database.fresh()) for _ in range(shelf.rounds)]
    measures = [
        ("search_ms", "search in a log of 15 MB, p90", 300, "ms"),
        ("page_ms", "page with a search in it, 2,000 lines, p90", 1000, "ms"),
    ]
    for key, what, limit, unit in measures:
        yield Row("LOG", what, limit, database.name, [one[key] for one in rounds], unit=unit)


READING: dict[str, Callable[[Shelf, Database], Iterator[Row]]] = {
    "lists": lists,
    "floors": floors,
    "weights": weights,
    "trail": trail,
    "logs": logs,
}
"""By name, as `--goals` takes them."""
