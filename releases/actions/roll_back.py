"""Somebody rolls a stage back to a release that ran there well. Called by the roll-back page and the API.

One command like any deployment, marked as a roll-back; what may be gone back to is decided by `last_good`.
"""

from django.utils import timezone

from releases.actions.commands.asked import Asked
from releases.actions.deploy import deploy
from releases.errors import Invalid
from releases.models import Command, ReleaseStage, User
from releases.policies.commands import check_can_deploy
from releases.queries.last_good import last_good
from releases.queries.snapshot import Seen


def roll_back(to: ReleaseStage, *, by: User, asked: Asked, seen: Seen, reason: str) -> Command:
    """Deploy this release to its stage again, as a roll-back.

    Raises what `deploy` raises, and Invalid (`not_good`) for a release that cannot be gone back to.
    """
    if not Command.objects.filter(asked_by=by, key=asked.key).exists():  # sent twice, it changed what is good already
        check_can_deploy(by, to)
        if last_good(to.stage, now=timezone.now()).of(to.release.azure_id) is None:
            raise Invalid(f"{to.stage} cannot be rolled back to {to.release}.", code="not_good")
    return deploy(to, by=by, asked=asked, seen=seen, reason=reason, is_roll_back=True)
