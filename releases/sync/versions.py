"""The fingerprint of the set of versions a release carries. Called by `sync.mapping`; pure.

"The same set" anywhere in Slipway means an equal fingerprint (decision 7).
"""

from collections.abc import Iterable
from hashlib import sha256

import msgspec

Version = tuple[str, str, str, str, str]
"""Alias, type, sourceId, version id, sourceVersion of one artifact, as Azure tells them."""


def versions_hash(versions: Iterable[Version]) -> str:
    """SHA-256, in hex, of the canonical JSON of the sorted versions; "" for a release without artifacts."""
    ordered = sorted(versions)
    return sha256(msgspec.json.encode(ordered)).hexdigest() if ordered else ""
