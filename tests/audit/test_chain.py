"""The rules of the chain, held against values worked out by hand."""

import hashlib
import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releases.audit.chain import GENESIS_PREV, LARGEST_INTEGER, canonical, commitment, leaf_of, link_of

KEYS = st.text(st.characters(max_codepoint=127), max_size=8)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def test_canonical_json_is_sorted_tight_and_keeps_unicode() -> None:
    assert canonical({"b": [1, None, True], "a": 'Ä "x" \\ \n\x00\x7f€😀'}) == (
        '{"a":"Ä \\"x\\" \\\\ \\n\\u0000\x7f€😀","b":[1,null,true]}'
    )


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_canonical_json_reads_back_and_is_the_only_form(body: dict[str, object]) -> None:
    text = canonical(body)  # type: ignore[arg-type]
    assert json.loads(text) == body
    assert canonical(json.loads(text)) == text
    assert canonical(dict(reversed(body.items()))) == text  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [1.5, 2**53, -(2**53), "\ud800", {"ä": 1}, {1: 2}, b"x", {1, 2}, (1,)])
def test_what_the_subset_does_not_hold_is_refused(value: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        canonical({"deep": [{"er": value}]})  # type: ignore[dict-item]


def test_leaf_and_link_are_the_published_formulas() -> None:
    leaf = hashlib.sha256(b"\x00" + b'{"seq":1}').digest()
    assert leaf_of('{"seq":1}') == leaf
    assert hashlib.sha256(b"SWAUDIT1").digest() == GENESIS_PREV
    head = b"SWLINK1\x00" + GENESIS_PREV
    assert link_of(GENESIS_PREV, 1, leaf) == hashlib.sha256(head + struct.pack(">Q", 1) + leaf).digest()


def test_a_commitment_is_the_salted_hash() -> None:
    salt = bytes(range(16))
    assert commitment(salt, "Äsa") == hashlib.sha256(salt + "Äsa".encode()).hexdigest()
    assert commitment(bytes(16), "Äsa") != commitment(salt, "Äsa")
