"""What a scenario makes: a world, an archive and the ledger of both. Used by `scenarios` and `Company`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.company.archive import Archive
from sandbox.company.world import World

Advance = Callable[[int, datetime, datetime], int]


@dataclass
class Stage:
    """A company ready to be served. `is_uniform` lets handlers render by template."""

    world: World
    archive: Archive
    anchor: datetime
    books: Callable[[], dict[str, Any]]
    advance: Advance
    is_uniform: bool = False
