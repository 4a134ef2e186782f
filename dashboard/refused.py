"""What a page refused goes into the trail. Called where errors become pages, and by dialogs with pages of their own."""

from django.db import transaction
from django.http import HttpRequest

from releases import audit
from releases.audit import Outcome
from releases.errors import ReleasesError
from releases.models import User


def note_refusal(request: HttpRequest, refused: ReleasesError, *, by: User) -> None:
    """In a transaction of its own: what the action had begun was taken back."""
    asked = request.resolver_match.view_name if request.resolver_match else ""
    with transaction.atomic():
        private = {"reason": refused.sentence}
        audit.append("action.refused", by=by, outcome=Outcome.DENIED, object=("address", asked), private=private)
