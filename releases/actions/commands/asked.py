"""How an act was asked for. Made by the doors, kept with the command and its events."""

from dataclasses import dataclass
from typing import Any

from releases.audit import Via


@dataclass(frozen=True)
class Asked:
    """Its idempotency key, through which door it came, and how the person had signed in.

    `key` is made when the form is drawn (or comes as `Idempotency-Key`), so that sending it twice is one act.
    """

    key: str
    via: Via = Via.SESSION
    auth: dict[str, Any] | None = None


ITSELF = Asked(key="", via=Via.TASK)
"""Slipway by itself."""
