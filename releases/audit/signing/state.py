"""What the signer remembers of its last checkpoint, outside the database: or it would not see a trail shrink."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from releases.errors import Invalid

FILE = "state.json"


@dataclass(frozen=True)
class State:
    """The last checkpoint: its epoch, size, root and the link of its last event (hex), the tree's peaks (hex), the note
    as it was signed, and the day (UTC) it was made."""

    epoch: int = 1
    size: int = 0
    root: str = ""
    link: str = ""
    peaks: list[str] = field(default_factory=list)
    note: str = ""
    day: str = ""


def load(folder: Path) -> State | None:
    """What was remembered, None before the first checkpoint. Raises Invalid for a file that cannot be read."""
    try:
        return State(**json.loads((folder / FILE).read_text()))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise Invalid(f"{folder / FILE} cannot be read ({error}).", code="state_unreadable") from error


def store(folder: Path, state: State) -> None:
    """Remember it, wholly or not at all, and on disk."""
    draft = folder / f"{FILE}.draft"
    with draft.open("w") as file:
        json.dump(asdict(state), file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / FILE)
    synced(folder)


def synced(folder: Path) -> None:
    """The folder's entries are on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
