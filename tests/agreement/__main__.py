"""`python -m tests.agreement [--seed S] [--releases N] [--events E]`: prints the differences, 0 when all is well.

Exit code 1 when there was any. Uses a fresh SQLite database in a temporary folder, or the one of TEST_DATABASE_URL,
which must be empty.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

SHOWN = 40


def main() -> int:
    """Set up Django, then compare after the backfill and after further events."""
    parser = argparse.ArgumentParser(prog="python -m tests.agreement", description=__doc__)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--releases", type=int, default=600)
    parser.add_argument("--events", type=int, default=200)
    said = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="slipway-agreement-") as folder:
        os.environ["SLIPWAY_VAR_DIR"] = folder
        os.environ["AZURE_DEVOPS_CACHE_DIR"] = folder
        os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{folder}/slipway.sqlite3"
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
        return compare(Path(folder), seed=said.seed, releases=said.releases, events=said.events)


def compare(folder: Path, *, seed: int, releases: int, events: int) -> int:
    """The number of differences as an exit code, with what was found on stdout."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from tests.agreement.rounds import Round, rounds
    from tests.company import living_company

    began = time.monotonic()
    total = 0
    with living_company(folder, seed=seed, releases=releases) as company:
        for one in rounds(company, events=events):
            show(one)
            total += len(one.differences)
            assert isinstance(one, Round)
    print(f"{total} differences (seed {seed}, {releases} releases, {events} events, {time.monotonic() - began:.0f} s)")
    return 1 if total else 0


def show(one: object) -> None:
    """What was compared in one round, and the first differences."""
    print(one)
    for line in getattr(one, "differences", [])[:SHOWN]:
        print(f"  {line}")


if __name__ == "__main__":
    sys.exit(main())
