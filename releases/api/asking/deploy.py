"""Deploying, redeploying and rolling back through the API."""

from typing import Any, ClassVar

from releases.actions.commands.asked import Asked
from releases.actions.deploy import deploy
from releases.api.asking.base import Ask, reason_field, release_stage_id, release_stage_of, seen_of, seen_token
from releases.errors import Invalid
from releases.models import Command, User


class _Deploying(Ask):
    """A new attempt at one stage of one release."""

    release_stage = release_stage_id()
    seen = seen_token("stages[].seen")
    reason = reason_field()
    is_roll_back: ClassVar[bool] = False

    def ask(self, *, by: User, asked: Asked) -> Command:
        """Ask for the attempt after the newest one that was looked at."""
        given: dict[str, Any] = self.validated_data
        seen = seen_of(given)
        self.check_attempt(int(seen.get("attempt", 0)))
        row = release_stage_of(given, by)
        return deploy(row, by=by, asked=asked, seen=seen, reason=given["reason"], is_roll_back=self.is_roll_back)

    def check_attempt(self, _newest: int) -> None:
        """Whether the kind fits the newest attempt that was looked at."""


class AskToDeploy(_Deploying):
    """A stage's first attempt."""

    def check_attempt(self, newest: int) -> None:
        """None was made yet. Raises Invalid."""
        if newest:
            raise Invalid("This release was deployed to this stage before: ask to redeploy it.", code="not_the_first")


class AskToRedeploy(_Deploying):
    """Every later attempt of a stage."""

    def check_attempt(self, newest: int) -> None:
        """One was made. Raises Invalid."""
        if not newest:
            raise Invalid("This release was never deployed to this stage: ask to deploy it.", code="is_the_first")


class AskToRollBack(_Deploying):
    """Another attempt with an earlier release, told as what it is."""

    is_roll_back = True
