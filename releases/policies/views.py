"""Whose saved views these are: a view is its owner's alone, whatever role anybody holds."""

from releases.errors import Denied
from releases.models import SavedView, User


def check_can_change_view(by: User, view: SavedView) -> None:
    """Only the person who saved it. Raises Denied."""
    if view.user_id != by.pk or not by.is_active:
        raise Denied("A saved view is changed by whoever saved it.")
