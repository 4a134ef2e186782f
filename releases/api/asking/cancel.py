"""Canceling through the API."""

from typing import Any

from rest_framework import serializers

from releases.actions.cancel import cancel
from releases.actions.commands.asked import Asked
from releases.api.asking.base import Ask, reason_field, release_stage_id, release_stage_of
from releases.models import Command, User

LARGEST_ATTEMPT = 2**31 - 1


class AskToCancel(Ask):
    """One attempt ends before its time; a newer one is never canceled in its place."""

    release_stage = release_stage_id()
    attempt = serializers.IntegerField(min_value=1, max_value=LARGEST_ATTEMPT, help_text="The attempt that is meant.")
    reason = reason_field(required=False, allow_blank=True)

    def ask(self, *, by: User, asked: Asked) -> Command:
        """Ask to cancel it."""
        given: dict[str, Any] = self.validated_data
        row = release_stage_of(given, by)
        return cancel(row, by=by, asked=asked, attempt=given["attempt"], reason=given.get("reason", ""))
