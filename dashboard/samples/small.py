"""The smallest parts: pills, chips, badges, banners, forms."""

from typing import Any

from dashboard.forms_account import AccountForm
from dashboard.words import EVENTS, WORDS
from releases.queries.sentences import NAMES
from releases.states import ArtifactRole


def shown() -> dict[str, Any]:
    """For `_small.html`."""
    return {
        "words": list(WORDS),
        "events": list(EVENTS),
        "triggers": [(kind.value, name) for kind, name in NAMES.items()],
        "roles": list(ArtifactRole),
        "form": AccountForm({"name": "", "time_zone": "Europe/Helsinki"}),  # one field right, one wrong
    }
