"""How long and how often a command is tried. Kept by delivery, told by the pages; docs/commands.md says the same."""

from datetime import timedelta

from django.conf import settings

MOST_SENDS = 5
AGE_AT_MOST = timedelta(minutes=30)
"""From the first send; how long a command waited before that does not count."""

MOST_LOSSES = 5
"""How many workers may die while they carry one command out."""

LONGEST_PAUSE_SECONDS = 900.0
"""Between two looks at a command that Azure does not answer for, or does not let us do."""

HELD_AT_MOST = timedelta(hours=24)


def lease_seconds() -> float:
    """How long a worker may hold a command without a word, by the settings."""
    return float(settings.SLIPWAY_LEASE_SECONDS)


def request_seconds() -> float:
    """Total deadline of one request to Azure: half a lease. A lease that covers less than this sends nothing."""
    return lease_seconds() / 2
