"""Makes the rows of releases before they are stored: in another thread, on a connection of its own, while the page
before is being written. Called by the backfill; what cannot be made here is made, or set aside, by the store.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import Error as AnyDatabaseError

from releases.azure.answers import Line, Malformed
from releases.models import Project
from releases.states import Depth
from releases.sync.mapping import mapped_release
from releases.sync.store.fitting import fit
from releases.sync.store.parents import known_of
from releases.sync.store.told import Told, read


@dataclass(frozen=True, slots=True)
class Ready:
    """Releases of a list page, those that cannot be read, and how many rows were written for what they refer to."""

    told: list[Told]
    malformed: list[Malformed]
    parents_written: int = 0


def ready(project: Project, lines: Iterable[Line], *, now: datetime, maps: bool) -> Ready:
    """These lines of a list read and, where it `maps`, with their rows. `now`: when they were asked for."""
    told, malformed = read(lines)
    if not (maps and told):
        return Ready(told, malformed)
    try:
        known, written = known_of(project, [one.answer for one in told], now=now)
        rows = [mapped_release(one.answer, known, depth=Depth.LISTED, sha256=one.heard, now=now) for one in told]
        fit(rows)
    except (AnyDatabaseError, ValueError, OverflowError):  # the store meets it again and finds whose it is
        return Ready(told, malformed)
    return Ready([replace(one, mapped=row) for one, row in zip(told, rows, strict=True)], malformed, written)
