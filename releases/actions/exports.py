"""Somebody takes data along as a file. The file is made first, on disk, so that its event can hold its hash.

Doors send the file after the event is written: nothing leaves without one. Making it changes nothing and holds no lock.
"""

import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from typing import IO

from releases import audit
from releases.actions.acting import acting
from releases.audit import JSON, Actor
from releases.models import Project

PIECE = 64 * 1024
Check = Callable[[Actor, Project | None], None]


@dataclass(frozen=True)
class Made:
    """A file that was made: open at its beginning, its length, its SHA-256 and how many rows it has."""

    file: IO[bytes]
    size: int
    digest: str
    rows: int


def written(lines: Iterable[str], *, headings: int = 1) -> Made:
    """The lines as a file; `headings` of them are not rows. Memory stays flat: they go to the disk as they come."""

    def write(file: IO[bytes]) -> int:
        count = -headings
        for line in lines:
            file.write(line.encode())
            count += 1
        return count

    return made(write)


def made(write: Callable[[IO[bytes]], int]) -> Made:
    """The file that `write` fills, which returns its number of rows. It is gone from the disk once it is closed."""
    with ExitStack() as stack:
        file: IO[bytes] = stack.enter_context(tempfile.TemporaryFile())
        rows = write(file)
        found = _hashed(file, rows=rows)
        stack.pop_all()
    return found


def _hashed(file: IO[bytes], *, rows: int) -> Made:
    digest, size = sha256(), file.tell()
    file.seek(0)
    while piece := file.read(PIECE):
        digest.update(piece)
    file.seek(0)
    return Made(file, size, digest.hexdigest(), rows)


def note_export(
    type: str,
    made: Made,
    *,
    name: str,
    by: Actor,
    project: Project | None = None,
    check: Check | None = None,
    asked: Mapping[str, JSON] | None = None,
    private: Mapping[str, str] | None = None,
) -> None:
    """Append the event of an export: what was asked for, how many rows, the file's SHA-256. Raises Denied.

    `asked` holds the filters where they say nothing about a person; words that somebody typed go into `private`.
    """
    figures: JSON = {"rows": made.rows, "bytes": made.size}
    more: dict[str, JSON] = {"figures": figures, "subject": {"filters": dict(asked or {})}}
    key, proof = ("export", name), [(name, made.digest)]
    with ExitStack() as stack:
        stack.callback(made.file.close)  # nothing leaves without its event
        with acting(by):
            if check is not None:
                check(by, project)
            audit.append(type, by=by, project=project, object=key, evidence=proof, private=private, more=more)
        stack.pop_all()
