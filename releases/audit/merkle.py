"""Inclusion proofs in the RFC 6962 tree of the leaves: that one event is under a checkpoint, without the others.

The tree itself is `releases.audit.verifier.rules.Tree`. Pure functions; evidence packs call them.
"""

import hashlib
from collections.abc import Iterable, Sequence

from releases.audit.verifier.rules import Tree


def inclusion_proof(leaves: Iterable[bytes], *, index: int, size: int) -> list[bytes]:
    """The hashes with which the leaf at `index` (from 0) leads to the root over the first `size`; nearest first.

    Reads the leaves once and keeps a few hashes. Raises ValueError where there are fewer, or no such index.
    """
    if not 0 <= index < size:
        raise ValueError(f"There is no leaf {index} among {size}.")
    stretches = _siblings(index, 0, size)
    trees = {stretch: Tree() for stretch in stretches}
    by_start = sorted(stretches)
    read = 0
    for position, leaf in enumerate(leaves):
        if position == size:
            break
        read += 1
        while by_start and by_start[0][1] <= position:
            by_start.pop(0)
        if by_start and by_start[0][0] <= position:
            trees[by_start[0]].add(leaf)
    if read < size:
        raise ValueError(f"There are {read} leaves, not {size}.")
    return [trees[stretch].root() for stretch in stretches]


def root_of_proof(leaf: bytes, *, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The root that this leaf and this proof lead to. Raises ValueError for a proof of another length."""
    stretches = _siblings(index, 0, size)
    if len(stretches) != len(proof):
        raise ValueError(f"A proof for leaf {index} of {size} has {len(stretches)} hashes.")
    found = leaf
    for (start, _), other in zip(stretches, proof, strict=True):
        pair = other + found if start < index else found + other
        found = hashlib.sha256(b"\x01" + pair).digest()
    return found


def _siblings(index: int, start: int, end: int) -> list[tuple[int, int]]:
    """The stretches of leaves beside the way from the leaf to the root, nearest first."""
    found: list[tuple[int, int]] = []
    while end - start > 1:
        middle = start + (1 << ((end - start - 1).bit_length() - 1))
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]
