"""`make bench`: measures the goals side by side and prints one table. `--help` lists what can be chosen."""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import django

LATENCY_MS = "80"
"""About what the real service takes for a page of 100 releases."""

COLUMNS = ("Goal", "What", "Database", "Median", "Spread", "Limit", "", "Both sides")
HEAD = f"| {' | '.join(COLUMNS)} |\n|{' --- |' * len(COLUMNS)}"


def main() -> int:
    """Measure what was chosen; exit 0 whether goals are met or missed, as the table says which."""
    from tests.benchmarks.goals import GOALS
    from tests.benchmarks.reading import READING

    names = [*GOALS, *READING]
    choose = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    choose.add_argument("--goals", nargs="*", default=names, choices=names)
    choose.add_argument("--databases", nargs="*", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    choose.add_argument("--rounds", type=int, default=5)
    chosen = choose.parse_args()
    print(HEAD, flush=True)
    for line in _lines(chosen):
        print(line, flush=True)
    return 0


def _lines(chosen: argparse.Namespace) -> Iterator[str]:
    from tests.benchmarks import measuring
    from tests.benchmarks.goals import GOALS
    from tests.company import living_company

    yield from _reading(chosen)
    for name in [one for one in chosen.goals if one in GOALS]:
        goal, sizes = GOALS[name]
        for kind in chosen.databases:
            with tempfile.TemporaryDirectory(prefix="slipway-bench-") as temporary, ExitStack() as stack:
                folder = Path(temporary)
                benches = []
                for size in sizes:
                    (home := folder / str(size)).mkdir()
                    started = living_company(home, releases=size, scenario="bench", latency_ms=LATENCY_MS)
                    company = stack.enter_context(started)
                    benches.append(measuring.Bench(company, chosen.rounds, folder))
                database = stack.enter_context(getattr(measuring, kind)(folder))
                for row in goal(*benches, database):
                    yield row.as_markdown()


def _reading(chosen: argparse.Namespace) -> Iterator[str]:
    """The goals of pages: they need no sandbox, and share a filled database."""
    from tests.benchmarks import measuring
    from tests.benchmarks.reading import READING, Shelf

    names = [one for one in chosen.goals if one in READING]
    for kind in chosen.databases if names else ():
        with tempfile.TemporaryDirectory(prefix="slipway-bench-") as temporary:
            folder = Path(temporary)
            with getattr(measuring, kind)(folder) as database:
                shelf = Shelf(chosen.rounds, folder)
                for name in names:
                    for row in READING[name](shelf, database):
                        yield row.as_markdown()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
    os.environ.setdefault("SLIPWAY_VAR_DIR", tempfile.mkdtemp(prefix="slipway-bench-var-"))
    django.setup()
    sys.exit(main())
