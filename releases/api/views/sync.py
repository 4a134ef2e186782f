"""What the sync did, as a list and a detail."""

from django.db.models import QuerySet

from releases.api.base import Given, Noun
from releases.api.filters import sync as filters
from releases.api.serializers.sync import SyncRunSerializer
from releases.models import SyncRun, User
from releases.queries.sync_runs import sync_runs


class SyncRuns(Noun):
    """What each run of the sync read and wrote, newest first."""

    scope = "read:sync-runs"
    model = SyncRun
    serializer_class = SyncRunSerializer
    filters = filters.SyncRunFilter

    def rows(self, user: User, given: Given) -> QuerySet[SyncRun]:
        """With project or workspace."""
        return sync_runs(user, given)
