"""Reads back the documents that a sync stored. Used by the tests of what is stored and what is masked."""

import zstandard

from releases.models import SourceDocument


def text_of(row: SourceDocument) -> bytes:
    """The document a row holds."""
    result: bytes = zstandard.decompress(bytes(row.body))
    return result
