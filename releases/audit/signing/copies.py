"""Copies of checkpoints outside the database: a file of notes, one after the other, with the public key beside it."""

import os
from pathlib import Path

from django.utils import timezone

from releases.audit.signing.state import synced
from releases.audit.verifier.rules import Checkpoint, checkpoints_in
from releases.models import AuditCheckpoint, AuditCheckpointCopy

CHECKPOINTS, PUBLIC_KEY = "checkpoints.txt", "public-key.txt"


def export(folder: Path, *, vkey: str) -> int:
    """Append every checkpoint that this place does not have yet; how many. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    place = str(folder / CHECKPOINTS)
    last = AuditCheckpointCopy.objects.filter(place=place).order_by("-checkpoint").values_list("checkpoint", flat=True)
    done = 0
    for row in AuditCheckpoint.objects.filter(pk__gt=last.first() or 0).order_by("pk").iterator():
        _append(folder / CHECKPOINTS, row.note)
        AuditCheckpointCopy.objects.create(checkpoint=row, place=place, written_at=timezone.now())
        done += 1
    _write_key(folder / PUBLIC_KEY, vkey)
    return done


def exported(folder: Path) -> list[Checkpoint]:
    """The checkpoints that lie there. Raises ValueError for a file that holds something else, OSError."""
    path = folder / CHECKPOINTS
    return checkpoints_in(path.read_text("utf-8")) if path.exists() else []


def _append(path: Path, note: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(note + "\n")
        file.flush()
        os.fsync(file.fileno())


def _write_key(path: Path, vkey: str) -> None:
    if not path.exists() or path.read_text("utf-8").strip() != vkey:
        draft = path.with_name(f"{path.name}.draft")
        draft.write_text(vkey + "\n", "utf-8")
        draft.replace(path)
        synced(path.parent)
