"""The trail as files that the program for auditors reads: events.jsonl, private.jsonl, checkpoints.txt, the program.

Whoever builds an export calls it; each function gives lines, so that memory stays flat. What may be exported to whom,
callers decide: an event without its body keeps its place, since its leaf is enough for the chain.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from releases.models import AuditCheckpoint, AuditEvent, AuditPrivate

CHUNK = 2000
EVENTS, PRIVATE, CHECKPOINTS = "events.jsonl", "private.jsonl", "checkpoints.txt"


def event_lines(*, to: int | None = None, shows: Callable[[int], bool] = lambda _: True) -> Iterator[str]:
    """One event a line, first to last or to event `to`; bodies only of those whose number `shows` allows."""
    rows = AuditEvent.objects.order_by("seq").values_list("seq", "body", "leaf", "prev", "link")
    for seq, body, leaf, prev, link in (rows.filter(seq__lte=to) if to else rows).iterator(chunk_size=CHUNK):
        hashes = {"leaf": bytes(leaf).hex(), "prev": bytes(prev).hex(), "link": bytes(link).hex()}
        yield _line({"seq": seq, "body": body if shows(seq) else None, **hashes})


def private_lines(*, to: int | None = None, shows: Callable[[int], bool] = lambda _: True) -> Iterator[str]:
    """One personal value a line, in the order of the events; only of those whose number `shows` allows."""
    rows = AuditPrivate.objects.order_by("seq", "field").values_list("seq", "field", "salt", "value")
    for seq, field, salt, value in (rows.filter(seq__lte=to) if to else rows).iterator(chunk_size=CHUNK):
        if shows(seq):
            yield _line({"seq": seq, "field": field, "salt": bytes(salt).hex(), "value": value})


def checkpoint_lines() -> Iterator[str]:
    """The signed notes, one after the other with an empty line between them."""
    for note in AuditCheckpoint.objects.order_by("pk").values_list("note", flat=True).iterator(chunk_size=CHUNK):
        yield note + "\n"


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"
