"""The state directory: the anchor and everything done from outside, one JSON line each, replayed at a restart.

Used by `Company` only. Without a directory nothing is kept.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Entry = dict[str, Any]
_FILE = "company.jsonl"


class Journal:
    """Append-only; a last line cut off by a kill is dropped, as the act it names was never answered."""

    def __init__(self, directory: Path | None) -> None:
        self._path = directory / _FILE if directory else None
        if directory:
            directory.mkdir(parents=True, exist_ok=True)

    def read(self) -> Iterator[Entry]:
        """All whole entries, oldest first; what is broken at the end is cut off the file."""
        if self._path is None or not self._path.exists():
            return
        good = 0
        with self._path.open("rb") as lines:
            for line in lines:
                try:
                    entry: Entry = json.loads(line)
                except ValueError:
                    break
                if not line.endswith(b"\n"):
                    break
                good += len(line)
                yield entry
        if good < self._path.stat().st_size:
            with self._path.open("r+b") as file:
                file.truncate(good)

    def write(self, entry: Entry) -> None:
        """Appends one entry and pushes it to the disk's cache."""
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry, ensure_ascii=False) + "\n")
