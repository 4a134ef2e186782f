"""What can be asked for through the API: one module for each kind of command, found by `form_of`.

A new kind is a subclass of `Ask` in a module of its own and a line in `KINDS`; the view and the OpenAPI file follow.
"""

from typing import Any

from rest_framework.exceptions import ValidationError

from releases.api.asking.abandon import AskToAbandon
from releases.api.asking.attach_cluster import AskToAttachCluster
from releases.api.asking.base import Ask
from releases.api.asking.cancel import AskToCancel
from releases.api.asking.create import AskToCreate
from releases.api.asking.deploy import AskToDeploy, AskToRedeploy, AskToRollBack
from releases.api.asking.start import AskToStart
from releases.api.asking.trigger import AskToChangeTriggers

KINDS: dict[str, type[Ask]] = {
    "deploy": AskToDeploy,
    "redeploy": AskToRedeploy,
    "roll_back": AskToRollBack,
    "cancel": AskToCancel,
    "abandon": AskToAbandon,
    "create": AskToCreate,
    "start": AskToStart,
    "attach_cluster": AskToAttachCluster,
    "trigger": AskToChangeTriggers,
}
"""The form of each kind, by the word in `kind`."""


def form_of(given: Any) -> type[Ask]:
    """The form for the kind that the body names. Raises ValidationError for none and for one there is not."""
    kind = given.get("kind") if isinstance(given, dict) else None
    if not isinstance(kind, str) or kind not in KINDS:
        raise ValidationError({"kind": [f"Use one of {', '.join(KINDS)}."]})
    return KINDS[kind]
