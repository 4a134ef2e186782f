"""`python -m tests.benchmarks.past N` fills the database of DATABASE_URL, migrated and empty, with N releases.

Then `manage.py create_user` and `manage.py up` show the pages at that size; see docs/performance.md.
"""

import argparse
import os
from datetime import datetime
from time import perf_counter

import django


def main() -> None:
    """Fill, and say how long it took."""
    choose = argparse.ArgumentParser(prog="python -m tests.benchmarks.past", description=__doc__)
    choose.add_argument("count", type=int)
    choose.add_argument("--seed", type=int, default=7)
    choose.add_argument("--end", type=datetime.fromisoformat, help="when the newest was made, with its zone")
    chosen = choose.parse_args()
    from tests.benchmarks.past.filling import END, fill

    began = perf_counter()
    fill(chosen.count, seed=chosen.seed, end=chosen.end or END)
    print(f"{chosen.count} releases in {perf_counter() - began:.0f} s")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
    django.setup()
    main()
