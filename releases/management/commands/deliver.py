"""`manage.py deliver`: carries out the commands that are due, as the worker does. For cron while a broker is down.

Exit code 0 when nothing that is due is left, 1 when the time was over before.
"""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from releases.delivery import leasing, rounds


class Command(BaseCommand):
    """Deliver in the foreground."""

    help = "Carry out the commands that are due."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--seconds."""
        parser.add_argument("--seconds", type=float, default=55.0, help="for so long at most (55)")

    def handle(self, *_: Any, **options: Any) -> None:
        """Until nothing is due, or the time is over."""
        until, steps = time.monotonic() + options["seconds"], 0
        while (left := until - time.monotonic()) > 0:
            done = rounds.deliver(seconds=min(left, rounds.UNIT_SECONDS))
            steps += done
            if not done:
                break
        self.stdout.write(f"{steps} steps done.")
        if next(leasing.due(), None) is not None:
            raise SystemExit(1)
