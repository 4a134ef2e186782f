"""What stages ran and run, as lists and details."""

from django.db.models import QuerySet

from releases.api.base import Given, Noun
from releases.api.filters import live as filters
from releases.api.serializers.live import LiveSpanSerializer
from releases.models import LiveSpan, User
from releases.queries.live_spans import live_spans


class LiveSpans(Noun):
    """The times in which one stage ran one release, from (inclusive) until (exclusive), newest first."""

    scope = "read:live-spans"
    model = LiveSpan
    serializer_class = LiveSpanSerializer
    filters = filters.LiveSpanFilter
    order = ("live_from", "id")

    def rows(self, user: User, given: Given) -> QuerySet[LiveSpan]:
        """With stage, release and what it carries."""
        return live_spans(user, given)
