"""How long and how often a command is tried. Kept by delivery, told by the pages; docs/commands.md says the same."""

from datetime import timedelta

REQUEST_SECONDS = 90.0
"""Total deadline of one request to Azure; a lease that covers less than this sends nothing."""

MOST_SENDS = 5
AGE_AT_MOST = timedelta(minutes=30)
"""From the first send; how long a command waited before that does not count."""

MOST_LOSSES = 5
"""How many workers may die while they carry one command out."""

HELD_AT_MOST = timedelta(hours=24)
