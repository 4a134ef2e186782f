"""What stages ran and run, as lists and details."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.serializers import BaseSerializer

from releases.api.base import Given, Noun
from releases.api.filters import live as filters
from releases.api.serializers.live import LiveSpanSerializer
from releases.models import LiveSpan, User
from releases.queries.live_spans import live_spans
from releases.queries.proofs import proofs_of


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

    def get_serializer(self, *args: Any, **kwargs: Any) -> BaseSerializer[LiveSpan]:
        """With the proofs of all rows at once."""
        shown = args[0] if args else []
        proofs = proofs_of(shown if isinstance(shown, list) else [shown])
        kwargs["context"] = {**self.get_serializer_context(), "proofs": proofs}
        return super().get_serializer(*args, **kwargs)
