"""Typed answers to rows: pure, no database. Called by `sync.store`, which looks up what the rows refer to.

A row is a list of values in the order of its table's columns; the id of the row it belongs to is filled in later.
"""

from releases.sync.mapping.attempts import MappedAttempt
from releases.sync.mapping.known import Known
from releases.sync.mapping.releases import Mapped, MappedStage, mapped_release

__all__ = ["Known", "Mapped", "MappedAttempt", "MappedStage", "mapped_release"]
