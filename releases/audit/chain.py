"""The rules of the chain: canonical JSON, leaf and link hashes, commitments. Pure functions; docs/audit.md states them.

Whoever verifies the trail elsewhere must come to the same bytes, so nothing here may change once events exist.
"""

import hashlib
import json
from collections.abc import Mapping
from struct import pack

GENESIS_PREV = hashlib.sha256(b"SWAUDIT1").digest()
"""What the first event links to."""

LARGEST_INTEGER = 2**53 - 1
"""Beyond it JSON readers disagree (RFC 8785 takes numbers as IEEE doubles)."""

JSON = None | bool | int | str | list["JSON"] | dict[str, "JSON"]


def canonical(body: Mapping[str, JSON]) -> str:
    """The body as canonical JSON: the subset of RFC 8785 with ASCII keys and whole numbers only.

    Raises ValueError for what the subset does not hold: floats, large numbers, other keys, lone surrogates.
    """
    _require_subset(dict(body))
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def leaf_of(body: str) -> bytes:
    """The hash of one event's body, as RFC 6962 hashes a leaf."""
    return hashlib.sha256(b"\x00" + body.encode()).digest()


def link_of(prev: bytes, seq: int, leaf: bytes) -> bytes:
    """The hash that ties an event to its place after `prev`."""
    return hashlib.sha256(b"SWLINK1\x00" + prev + pack(">Q", seq) + leaf).digest()


def commitment(salt: bytes, value: str) -> str:
    """What an event says of a personal value; once the salt is deleted nobody can tie it to the value again."""
    return hashlib.sha256(salt + value.encode()).hexdigest()


def _require_subset(value: object) -> None:
    match value:
        case None | bool():
            return
        case int():
            if abs(value) > LARGEST_INTEGER:
                raise ValueError(f"{value} is too large a number for the trail.")
        case str():
            value.encode()  # a lone surrogate raises UnicodeEncodeError, which is a ValueError
        case list():
            for item in value:
                _require_subset(item)
        case dict():
            _require_keys(value)
            for item in value.values():
                _require_subset(item)
        case _:
            raise ValueError(f"The trail holds no {type(value).__name__}.")


def _require_keys(value: dict[object, object]) -> None:
    for key in value:
        if not isinstance(key, str) or not key.isascii():
            raise ValueError(f"{key!r} is no key for the trail.")
