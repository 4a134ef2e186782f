"""Reads the chain from its first event and says what is wrong. Needs no secret; used by tests and by the verifier.

It proves that the rows agree with each other. That nobody rewrote all of them, or cut off the newest, only a checkpoint
kept elsewhere can prove.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from releases.audit.chain import GENESIS_PREV, canonical, commitment, leaf_of, link_of
from releases.audit.index import index_columns
from releases.models import AuditEvent, AuditPrivate

CHUNK = 2000


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: at which event, in which part of it, and a sentence."""

    seq: int
    part: str
    sentence: str


def findings() -> Iterator[Finding]:
    """Everything that is wrong with the chain, first event first; nothing when it is intact."""
    expected, prev, last_ts = 1, GENESIS_PREV, None
    for event in AuditEvent.objects.order_by("seq").iterator(chunk_size=CHUNK):
        if event.seq != expected:
            yield Finding(event.seq, "seq", f"Event {expected} should come here; events are missing.")
        yield from _links(event, prev)
        body = _body(event)
        yield from _columns(event, body)
        if last_ts is not None and event.ts < last_ts:
            yield Finding(event.seq, "ts", "The clock went backwards between this event and the one before it.")
        expected, prev, last_ts = event.seq + 1, bytes(event.link), event.ts
    yield from _private()


def _links(event: AuditEvent, prev: bytes) -> Iterator[Finding]:
    if bytes(event.leaf) != leaf_of(event.body):
        yield Finding(event.seq, "body", "The body is not the one that was hashed.")
    if bytes(event.prev) != prev:
        yield Finding(event.seq, "prev", "It does not link to the event before it.")
    if bytes(event.link) != link_of(bytes(event.prev), event.seq, bytes(event.leaf)):
        yield Finding(event.seq, "link", "Its link is not made from its leaf and the link before it.")


def _columns(event: AuditEvent, body: dict[str, Any]) -> Iterator[Finding]:
    if not body:
        yield Finding(event.seq, "body", "The body cannot be read as canonical JSON.")
        return
    if body["seq"] != event.seq:
        yield Finding(event.seq, "seq", f"The body says it is event {body['seq']}.")
    for column, value in index_columns(body).items():
        if getattr(event, column) != value:
            yield Finding(event.seq, column, f"The column {column} does not say what the body says.")


def _body(event: AuditEvent) -> dict[str, Any]:
    try:
        body: dict[str, Any] = json.loads(event.body)
        return body if canonical(body) == event.body and _is_whole(body) else {}
    except (ValueError, AttributeError, TypeError, KeyError):
        return {}


def _is_whole(body: dict[str, Any]) -> bool:
    """Whether everything that is compared can be read from it. Raises what an odd body makes of that."""
    return isinstance(body["seq"], int) and bool(index_columns(body)["actor_ref"])


def _private() -> Iterator[Finding]:
    """Every value still kept apart must be the one its event committed to; an erased one is simply not there."""
    rows = AuditPrivate.objects.order_by("seq", "field").iterator(chunk_size=CHUNK)
    bodies = _Bodies()
    for row in rows:
        body = bodies.of(row.seq)
        committed = body.get("actor", {}).get("c") if row.field == "actor" else body.get(f"{row.field}_c")
        if committed != commitment(bytes(row.salt), row.value):
            yield Finding(row.seq, f"private {row.field}", "The value kept apart is not the one the event commits to.")


class _Bodies:
    """Bodies by number, read a stretch at a time because private values come in the order of their events."""

    def __init__(self) -> None:
        self._read: dict[int, dict[str, Any]] = {}

    def of(self, seq: int) -> dict[str, Any]:
        if seq not in self._read:
            events = AuditEvent.objects.filter(seq__gte=seq, seq__lt=seq + CHUNK)
            self._read = {seq: {}} | {event.seq: _body(event) for event in events}
        return self._read[seq]
