"""Parameters of the list of sync runs."""

from releases.api.filters.base import PageFilter, one_of, time, word
from releases.states import SyncRunState


class SyncRunFilter(PageFilter):
    """Parameters of `sync-runs`."""

    project = word("Slug of the project.")
    workspace = word("Name of the workspace.")
    kind = word("Which feed.")
    state = one_of(SyncRunState, "Where it stands.")
    started_after = time("Started at or after.")
    started_before = time("Started before.")
