"""Stores what Azure DevOps told of releases. The only writer of history rows; called by the passes and read-backs."""

from collections.abc import Sequence
from datetime import datetime

from releases.azure.answers import Item, ReleaseAnswer
from releases.models import Project
from releases.states import Depth
from releases.sync.store.pages import store
from releases.sync.store.stored import Stored

__all__ = ["Stored", "store_detailed", "store_listed"]


def store_listed(project: Project, items: Sequence[Item[ReleaseAnswer]], *, now: datetime) -> Stored:
    """Store releases as a list page tells them. What only the release itself tells (steps, ...) is left as it is."""
    return store(project, items, depth=Depth.LISTED, now=now)


def store_detailed(project: Project, items: Sequence[Item[ReleaseAnswer]], *, now: datetime) -> Stored:
    """Store releases as `get_release` tells them, with the steps of attempts and the history of approvals."""
    return store(project, items, depth=Depth.DETAILED, now=now)
