"""What a key or a person may not do goes into the trail. Called where errors become answers.

A program in a loop must not fill the trail: one event an hour for each asker and address, the rest goes into the log.
"""

import logging

from django.core.cache import cache
from django.db import transaction
from rest_framework.request import Request

from releases import audit
from releases.audit import Outcome, Via
from releases.errors import Denied, ReleasesError
from releases.models import ApiKey, User

log = logging.getLogger(__name__)

AGAIN_AFTER_SECONDS = 3600


def note_refusal(request: Request, refused: ReleasesError) -> None:
    """Append the event, in a transaction of its own: what the request had begun was taken back."""
    by, key = request.user, request.auth
    if not isinstance(by, User):
        return
    asked = request.resolver_match.view_name if request.resolver_match else ""
    prefix = key.prefix if isinstance(key, ApiKey) else ""
    log.warning("Refused: %s asked for %s with the key %s: %s", by.subject, asked, prefix or "-", refused.sentence)
    kind = "" if isinstance(refused, Denied) else refused.code
    if not cache.add(f"api-denied:{prefix or by.subject}:{asked}:{kind}", 1, timeout=AGAIN_AFTER_SECONDS):
        return
    with transaction.atomic():
        audit.append(
            "action.refused",
            by=by,
            outcome=Outcome.DENIED,
            object=("address", asked),
            private={"reason": refused.sentence},
            via=Via.API,
            more={"auth": {"key": prefix}} if prefix else {},
        )
