"""Stores what Azure DevOps told of releases. The only writer of history rows; called by the passes and read-backs."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from releases.models import Project
from releases.states import Depth
from releases.sync.store.ahead import Ready, ready
from releases.sync.store.existing import known_hashes
from releases.sync.store.pages import Release, azure_id, store
from releases.sync.store.stored import Stored
from releases.sync.store.told import Told

__all__ = ["Ready", "Release", "Stored", "Told", "azure_id", "ready", "store_detailed", "store_listed", "unchanged"]


def unchanged(project: Project, hashes: Mapping[int, str], *, depth: Depth) -> set[int]:
    """Those of these releases, by Azure's id, whose answer has the SHA-256 of the one that is stored already."""
    known = known_hashes(project, hashes, depth=depth)
    return {number for number, heard in hashes.items() if known.get(number) == heard}


def store_listed(
    project: Project, items: Sequence[Release], *, now: datetime, held: Mapping[int, str] | None = None
) -> Stored:
    """Store releases as a list page tells them. What only the release itself tells (steps, ...) is left as it is.

    `held`: the SHA-256 by Azure's id of all of them that the database holds, where the caller has just locked them.
    """
    return store(project, items, depth=Depth.LISTED, now=now, held=held)


def store_detailed(
    project: Project, items: Sequence[Release], *, now: datetime, held: Mapping[int, str] | None = None
) -> Stored:
    """Store releases as `get_release` tells them, with the steps of attempts and the history of approvals."""
    return store(project, items, depth=Depth.DETAILED, now=now, held=held)
