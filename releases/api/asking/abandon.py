"""Abandoning a release through the API."""

from typing import Any

from rest_framework import serializers

from releases.actions.abandon import abandon
from releases.actions.commands.asked import Asked
from releases.api.asking.base import Ask, reason_field, release_id, release_of, seen_of, seen_token
from releases.api.filters.base import LONGEST
from releases.models import Command, User


class AskToAbandon(Ask):
    """A release goes nowhere any more; what runs of it is canceled first, by commands of their own."""

    release = release_id()
    name = serializers.CharField(max_length=LONGEST, help_text="The name of the release, as on the page it is typed.")
    seen = seen_token("seen")
    reason = reason_field()

    def ask(self, *, by: User, asked: Asked) -> Command:
        """Ask to abandon it."""
        given: dict[str, Any] = self.validated_data
        row, seen = release_of(given, by), seen_of(given)
        return abandon(row, by=by, asked=asked, seen=seen, reason=given["reason"], typed_name=given["name"])
