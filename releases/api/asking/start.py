"""Starting a draft through the API."""

from typing import Any

from releases.actions.commands.asked import Asked
from releases.actions.start import start
from releases.api.asking.base import Ask, reason_field, release_id, release_of, seen_of, seen_token
from releases.models import Command, User


class AskToStart(Ask):
    """A draft becomes a release; its automatic stages start."""

    release = release_id()
    seen = seen_token("seen")
    reason = reason_field(required=False, allow_blank=True, default="")

    def ask(self, *, by: User, asked: Asked) -> Command:
        """Ask to start it."""
        given: dict[str, Any] = self.validated_data
        return start(release_of(given, by), by=by, asked=asked, seen=seen_of(given), reason=given["reason"])
