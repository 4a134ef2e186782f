"""Takes over into rows what Azure told, only where it differs. Used by feeds that store a few rows at a time."""

from datetime import datetime
from typing import Any

Values = dict[str, Any]


def take_over(row: Any, values: Values, *, now: datetime) -> bool:
    """Set what differs; True if anything did. The row has `changed_at` and `gone_at`."""
    different = {name: value for name, value in values.items() if getattr(row, name) != value}
    if row.gone_at and set(different) == {"gone_at"} and values["gone_at"] is not None:
        return False  # it is known to be gone; when that was first seen stays
    for name, value in different.items():
        setattr(row, name, value)
    if different:
        row.changed_at = now
    return bool(different)
