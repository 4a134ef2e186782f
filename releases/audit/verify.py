"""Reads the chain from its first event and says what is wrong. Needs no secret; used by tests, task and command.

It proves that the rows agree with each other and with the checkpoints that are known. That nobody rewrote all of them,
or cut off the newest, only a checkpoint kept elsewhere can prove.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn

from releases.audit.chain import GENESIS_PREV, LARGEST_INTEGER, canonical, commitment, leaf_of, link_of
from releases.audit.index import index_columns
from releases.audit.signatures import is_signed
from releases.audit.verifier.rules import (
    ABOUT_ITSELF,
    Book,
    Checkpoint,
    Finding,
    Tree,
    checkpoints_in,
    commitments,
)
from releases.models import AuditCheckpoint, AuditEvent, AuditPrivate

CHUNK = 2000
INDEX = ("ts", "type", "outcome", "project_id", "object_kind", "object_id", "actor_ref")
COLUMNS = ("seq", "body", "leaf", "prev", "link", *INDEX)
Body = dict[str, Any]


@dataclass
class Place:
    """How far a reading has come: the last event, its link and time, the tree so far, and up to which event it goes."""

    end: int
    seq: int = 0
    link: bytes = GENESIS_PREV
    ts: datetime | None = None
    tree: Tree = field(default_factory=Tree)
    read: int = 0


def findings(*, known: Iterable[Checkpoint] = (), pinned: str = "") -> Iterator[Finding]:
    """Everything that is wrong with the trail, first event first; nothing when it is whole.

    `known` are checkpoints from outside; `pinned` is the public key to trust, without which the trail names its own.
    """
    reading = Reading(Place(end=last_seq()), book=book(pinned=pinned), known=known)
    while not reading.is_done:
        yield from reading.chunk()
    yield from reading.closing()


def last_seq() -> int:
    """The number of the newest event, 0 before the first."""
    return AuditEvent.objects.order_by("-seq").values_list("seq", flat=True).first() or 0


def book(*, pinned: str = "") -> Book:
    """What the trail says of its keys, restores and erasures, as its rows stand now."""
    rows = AuditEvent.objects.filter(type__in=ABOUT_ITSELF).order_by("seq").values_list("body", flat=True)
    bodies = [body for body in map(readable, rows) if body.get("type") in ABOUT_ITSELF]
    return Book(bodies, pinned=pinned, verify=is_signed)


class Reading:
    """One reading of the trail, a chunk at a time; `place` is all that must be kept to go on later."""

    def __init__(self, place: Place, *, book: Book, known: Iterable[Checkpoint] = ()) -> None:
        self.place, self.book, self.is_done = place, book, False
        self.known: dict[int, list[Checkpoint]] = defaultdict(list)
        for one in known:
            self.known[one.size].append(one)
        self.sizes = sorted(self.known)

    def chunk(self) -> Iterator[Finding]:
        """What is wrong with the next events."""
        place = self.place
        rows = list(_events(after=place.seq, to=place.end))
        if not rows:
            self.is_done = True
            return
        upto = rows[-1][0]
        private, signed = _private(after=place.seq, to=upto), self._signed(after=place.seq, to=upto)
        for row in rows:
            yield from self._event(row, private.pop(row[0], []))
            for one in signed.pop(row[0], []):
                yield from self._judged(one, root=place.tree.root())
        for seq, kept in private.items():
            yield from _orphans(seq, kept)
        for one in [one for rest in signed.values() for one in rest]:
            yield from self._judged(one, root=None)

    def closing(self) -> Iterator[Finding]:
        """What is wrong beyond the last event: values and checkpoints of events that are gone, and the keys."""
        if self.place.seq < self.place.end:
            yield Finding(self.place.seq + 1, "seq", f"Events to {self.place.end} were there just now and are gone.")
        newest = AuditPrivate.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
        if newest > (end := last_seq()):  # in this order: an event comes together with its values
            for seq, kept in _private(after=end, to=newest).items():
                yield from _orphans(seq, kept)
        for size, signed in self._signed(after=self.place.end, to=None).items():
            for one in signed if size > end else ():
                yield from self._judged(one, root=None)
        yield from self.book.closing()

    def _signed(self, *, after: int, to: int | None) -> dict[int, list[Checkpoint | Finding]]:
        """The checkpoints of these sizes: what cannot be read as one is a finding already."""
        found: dict[int, list[Checkpoint | Finding]] = defaultdict(list)
        for size in [size for size in self.known if size > after and (to is None or size <= to)]:
            found[size] += self.known.pop(size)
        rows = AuditCheckpoint.objects.filter(size__gt=after, **({} if to is None else {"size__lte": to}))
        for row in rows.order_by("size", "pk").iterator():
            found[row.size].append(_checkpoint(row))
        return found

    def _judged(self, one: Checkpoint | Finding, *, root: bytes | None) -> Iterator[Finding]:
        found = one if isinstance(one, Finding) else self.book.judge(one, size=self.place.end, root=root)
        if found:
            yield found

    def _event(self, row: tuple[Any, ...], kept: list[tuple[str, bytes, str]]) -> Iterator[Finding]:
        place = self.place
        seq, text = row[0], row[1]
        leaf, prev, link = bytes(row[2]), bytes(row[3]), bytes(row[4])
        if seq != place.seq + 1:
            yield Finding(seq, "seq", f"Event {place.seq + 1} should come here; events are missing.")
        if leaf != leaf_of(text):
            yield Finding(seq, "body", "The body is not the one that was hashed.")
        if prev != place.link:
            yield Finding(seq, "prev", "It does not link to the event before it.")
        if link != link_of(prev, seq, leaf):
            yield Finding(seq, "link", "Its link is not made from its leaf and the link before it.")
        body, columns, wanted = _taken_apart(text)
        yield from _columns(row, body, columns)
        if place.ts is not None and row[5] < place.ts and body.get("type") != "audit.clock_anomaly":
            yield Finding(seq, "ts", "The clock went backwards between this event and the one before it.")
        yield from self._values(seq, body, wanted, kept)
        place.tree.add(leaf)
        place.seq, place.link, place.ts, place.read = seq, link, row[5], place.read + 1

    def _values(
        self, seq: int, body: Body, wanted: dict[str, str], kept: list[tuple[str, bytes, str]]
    ) -> Iterator[Finding]:
        """Every value kept apart is the one its event commits to; the others were erased, and an event says so."""
        for part, salt, value in kept:
            if wanted.pop(part, "") != commitment(salt, value):
                yield Finding(seq, f"private {part}", "The value is not the one the event commits to.")
        for part in wanted:
            if not self.book.is_erased(body, part) and not self._is_erased_since(body, part):
                yield Finding(seq, f"private {part}", "The value is gone, and no later event says that it was erased.")

    def _is_erased_since(self, body: Body, part: str) -> bool:
        """Whether an event that came after the book was filled says so."""
        newest = max([0, *(said["seq"] for said in self.book.erasures)])
        rows = AuditEvent.objects.filter(type="audit.erased", seq__gt=newest).order_by("seq")
        for text in rows.values_list("body", flat=True):
            self.book.take(readable(text))
        return self.book.is_erased(body, part)


def _events(*, after: int, to: int) -> Iterator[tuple[Any, ...]]:
    rows = AuditEvent.objects.filter(seq__gt=after, seq__lte=to).order_by("seq")
    return rows.values_list(*COLUMNS)[:CHUNK].iterator(chunk_size=CHUNK)


def _private(*, after: int, to: int) -> dict[int, list[tuple[str, bytes, str]]]:
    found: dict[int, list[tuple[str, bytes, str]]] = defaultdict(list)
    rows = AuditPrivate.objects.filter(seq__gt=after, seq__lte=to).order_by("seq", "field")
    for seq, part, salt, value in rows.values_list("seq", "field", "salt", "value").iterator(chunk_size=CHUNK):
        found[seq].append((part, bytes(salt), value))
    return found


def _orphans(seq: int, kept: list[tuple[str, bytes, str]]) -> Iterator[Finding]:
    for part, _, _ in kept:
        yield Finding(seq, f"private {part}", "A value is kept for an event that is not there.")


def _checkpoint(row: AuditCheckpoint) -> Checkpoint | Finding:
    try:
        (one,) = checkpoints_in(row.note)
        is_same = (one.size, one.root) == (row.size, bytes(row.root))
    except ValueError:
        is_same = False
    return one if is_same else Finding(row.size, "checkpoint", "The checkpoint does not say what its columns say.")


def _columns(row: tuple[Any, ...], body: Body, columns: Body) -> Iterator[Finding]:
    seq = row[0]
    if not body:
        yield Finding(seq, "body", "The body cannot be read as canonical JSON.")
        return
    if body["seq"] != seq:
        yield Finding(seq, "seq", f"The body says it is event {body['seq']}.")
    for place, column in enumerate(INDEX, 5):
        if row[place] != columns[column]:
            yield Finding(seq, column, f"The column {column} does not say what the body says.")


def _whole(number: str) -> int:
    if abs(value := int(number)) > LARGEST_INTEGER:
        raise ValueError(f"{number} is too large a number for the trail.")
    return value


def _refused(text: str) -> NoReturn:
    raise ValueError(f"The trail holds no {text}.")


_read = json.JSONDecoder(parse_float=_refused, parse_int=_whole, parse_constant=_refused).decode
_write = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def readable(text: str) -> Body:
    """The body, or nothing where it is not canonical or lacks what is compared."""
    return _taken_apart(text)[0]


def _taken_apart(text: str) -> tuple[Body, Body, dict[str, str]]:
    """The body, what its columns must say, and what it commits to; nothing of a body that is not as it must be.

    A body of ASCII alone needs no look at each of its keys.
    """
    try:
        body: Body = _read(text)
        is_canonical = (_write(body) if text.isascii() else canonical(body)) == text
        columns, wanted = index_columns(body), commitments(body)
        is_whole = is_canonical and isinstance(body["seq"], int) and columns["actor_ref"]
    except (ValueError, AttributeError, TypeError, KeyError):
        is_whole = False
    return (body, columns, wanted) if is_whole else ({}, {}, {})
