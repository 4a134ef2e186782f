"""Reads the events of an export and says what is wrong. Part of the program for auditors: runs on Python 3.9."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from typing import Iterable, Iterator  # noqa: UP035 - Python 3.9

from releases.audit.verifier.rules import Body, Book, Checkpoint, Finding, Tree, commitments


class Chain:
    """Reads events one after the other; `findings` says what is wrong with them."""

    def __init__(self, book: Book, checkpoints: Iterable[Checkpoint], private: Iterator[Body] | None) -> None:
        self.book, self.tree, self.link, self.ts = book, Tree(), hashlib.sha256(b"SWAUDIT1").digest(), ""
        self.private, self.row, self.at = private, next(private, None) if private else None, defaultdict(list)
        for one in checkpoints:
            self.at[one.size].append(one)

    def findings(self, rows: Iterable[Body]) -> Iterator[Finding]:
        """Everything that is wrong with these events and with what was signed of them."""
        yield from self._signed()
        seq = 0
        for row in rows:
            if row["seq"] != seq + 1:
                yield Finding(row["seq"], "seq", f"Event {seq + 1} should come here; events are missing.")
            seq = row["seq"]
            yield from self._event(row, seq, row["body"])
            yield from self._signed()
        for row in self._rows_to(float("inf")):
            yield Finding(row["seq"], f"private {row['field']}", "A value is kept for an event that is not there.")
        for one in [one for size in sorted(self.at) for one in self.at[size]]:
            yield from filter(None, [self.book.judge(one, size=self.tree.size, root=None)])
        yield from self.book.closing()

    def _signed(self) -> Iterator[Finding]:
        for one in self.at.pop(self.tree.size, []):
            yield from filter(None, [self.book.judge(one, size=self.tree.size, root=self.tree.root())])

    def _event(self, row: Body, seq: int, text: str | None) -> Iterator[Finding]:
        leaf, prev, link = (bytes.fromhex(row[name]) for name in ("leaf", "prev", "link"))
        if text is not None and hashlib.sha256(b"\0" + text.encode()).digest() != leaf:
            yield Finding(seq, "body", "The body is not the one that was hashed.")
        if prev != self.link:
            yield Finding(seq, "prev", "It does not link to the event before it.")
        if hashlib.sha256(b"SWLINK1\0" + prev + seq.to_bytes(8, "big") + leaf).digest() != link:
            yield Finding(seq, "link", "Its link is not made from its leaf and the link before it.")
        self.tree.add(leaf)
        self.link = link
        if text is not None:
            yield from self._body(seq, text)

    def _body(self, seq: int, text: str) -> Iterator[Finding]:
        try:
            body = json.loads(text)
            says, ts, wanted = body["seq"], body["ts"], commitments(body)
        except (ValueError, TypeError, KeyError, AttributeError):
            yield Finding(seq, "body", "The body cannot be read as canonical JSON.")
            says, ts, wanted, body = seq, self.ts, {}, {}
        if says != seq:
            yield Finding(seq, "seq", f"The body says it is event {says}.")
        if ts < self.ts and body.get("type") != "audit.clock_anomaly":
            yield Finding(seq, "ts", "The clock went backwards between this event and the one before it.")
        self.ts = ts
        if self.private is None:
            return
        for row in self._rows_to(seq):
            given = hashlib.sha256(bytes.fromhex(row["salt"]) + row["value"].encode()).hexdigest()
            if row["seq"] != seq or wanted.pop(row["field"], "") != given:
                yield Finding(row["seq"], f"private {row['field']}", "The value is not the one the event commits to.")
        for part in [part for part in wanted if not self.book.is_erased(body, part)]:
            yield Finding(seq, f"private {part}", "The value is gone, and no later event says that it was erased.")

    def _rows_to(self, seq: float) -> Iterator[Body]:
        while self.private is not None and self.row is not None and self.row["seq"] <= seq:
            row, self.row = self.row, next(self.private, None)
            yield row
