"""The details line: older revisions, releases in full, what they brought. Runs beside the history line."""

from releases.sync.passes import details
from releases.sync.passes.changes import changes
from releases.sync.passes.definitions import revisions
from releases.sync.passes.work import Work

FEED = details.FEED


def step(work: Work) -> bool:
    """Go on with whatever is due; True when nothing is left to do now."""
    return revisions(work) and details.details(work) and changes(work)
