"""What storing a page came to. Read by the passes for a run's figures and manifest."""

from dataclasses import dataclass, field

from releases.azure.answers import Malformed


@dataclass(slots=True)
class Stored:
    """Figures of one or more stored pages.

    `manifest` has a line per changed release: its key and the SHA-256 of the document as kept (secrets masked).
    `set_aside` holds what fitted its type but no row, `stages_touched` our ids of stages whose live spans were redone.
    """

    read: int = 0
    changed: int = 0
    rows_written: int = 0
    manifest: list[tuple[str, str]] = field(default_factory=list)
    set_aside: list[Malformed] = field(default_factory=list)
    stages_touched: set[int] = field(default_factory=set)

    def add(self, other: "Stored") -> None:
        """Count what another page came to as well."""
        self.read += other.read
        self.changed += other.changed
        self.rows_written += other.rows_written
        self.manifest += other.manifest
        self.set_aside += other.set_aside
        self.stages_touched |= other.stages_touched
