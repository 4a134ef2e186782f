"""A process that was told to stop waits for no answer that hangs. Called by the sync command and Celery's doors."""

import threading

from releases.azure.deadline import cut_all

GRACE_SECONDS = 2.0
"""How long a request under way may still take, so that most of them end well."""


def stop_asking() -> None:
    """From `GRACE_SECONDS` on this process asks nobody any more. Returns at once; may be called by signal handlers."""
    timer = threading.Timer(GRACE_SECONDS, cut_all)
    timer.daemon = True
    timer.start()
