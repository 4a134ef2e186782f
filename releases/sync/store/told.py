"""Releases as kept: without secrets, compressed. Pure, so that it can be done in another thread than the one that
stores. Called by the store and, ahead of it, by the passes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from releases.azure.answers import Item, Line, Malformed, ReleaseAnswer, read_line
from releases.azure.answers.pages import decoded
from releases.sync.mapping import Mapped
from releases.sync.masking import without_secrets
from releases.sync.store.documents import compressed


@dataclass(frozen=True, slots=True)
class Told:
    """One release as Azure told it and as we keep it: without secrets. `heard` is the SHA-256 of what came, `kept`
    that of `document`, which `packed` holds compressed; `mapped` are its rows where they were made ahead."""

    answer: ReleaseAnswer
    heard: str
    document: bytes
    kept: str
    packed: bytes
    mapped: Mapped | None = None

    @property
    def key(self) -> str:
        """Its name in manifests and documents."""
        return f"release:{self.answer.id}"


def told(item: Item[ReleaseAnswer], *, heard: str = "") -> Told:
    """The release without its secrets: rows are made from what is kept, so they cannot hold more than it."""
    heard = heard or sha256(item.raw).hexdigest()
    document = without_secrets(item.raw)
    if document is item.raw:
        return Told(item.value, heard, document, heard, compressed(document))
    return Told(decoded(document, ReleaseAnswer), heard, document, sha256(document).hexdigest(), compressed(document))


def read(lines: Iterable[Line]) -> tuple[list[Told], list[Malformed]]:
    """These releases read, and those that cannot be."""
    good: list[Told] = []
    malformed: list[Malformed] = []
    for line in lines:
        item = read_line(line)
        if isinstance(item, Malformed):
            malformed.append(item)
        else:
            good.append(told(item, heard=line.sha256 if item.raw is line.raw else ""))
    return good, malformed
