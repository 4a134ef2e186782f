"""The log as lines of a CSV file, and in order which of its entries match. Asked by the exports; pure reads.

Read a batch at a time by number, so memory stays the same however many entries match.
"""

from collections.abc import Callable, Iterator

from releases.queries.audit_log.entries import Entry, entries_of
from releases.queries.audit_log.listing import Listing
from releases.queries.audit_log.words import OUTCOME_WORDS
from releases.queries.cells import BYTE_ORDER_MARK, Value, line

BATCH = 500

COLUMNS: dict[str, Callable[[Entry], Value]] = {
    "number": lambda entry: entry.seq,
    "time_utc": lambda entry: str(entry.body.get("ts", "")),
    "who": lambda entry: entry.who,
    "what": lambda entry: entry.sentence,
    "outcome": lambda entry: OUTCOME_WORDS.get(entry.event.outcome, entry.event.outcome),
    "source": lambda entry: entry.source,
    "project": lambda entry: entry.project,
    "type": lambda entry: entry.event.type,
    "object_kind": lambda entry: entry.event.object_kind,
    "object_id": lambda entry: entry.event.object_id,
    "leaf": lambda entry: bytes(entry.event.leaf).hex(),
    "link": lambda entry: entry.link,
}
"""The columns and what each holds. Programs read them by name: none is renamed, new ones come last."""


def csv_lines(listing: Listing, *, to: int) -> Iterator[str]:
    """The header, then every entry of the list up to number `to`, newest first, as the log shows it."""
    yield BYTE_ORDER_MARK + line(COLUMNS)
    before = to + 1
    while found := listing.numbers(before=before, size=BATCH):
        for entry in entries_of(found):
            yield line(column(entry) for column in COLUMNS.values())
        before = found[-1]


def matching(listing: Listing) -> Callable[[int], bool]:
    """Whether the entry of a number is in the list; asked with growing numbers only."""
    numbers = _ascending(listing)
    at = next(numbers, 0)

    def is_in(seq: int) -> bool:
        nonlocal at
        while 0 < at < seq:
            at = next(numbers, 0)
        return at == seq

    return is_in


def _ascending(listing: Listing) -> Iterator[int]:
    after = 0
    while found := listing.numbers(after=after, size=BATCH):
        yield from found
        after = found[-1]
