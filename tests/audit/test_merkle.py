"""The tree of the leaves: roots held against the published ones of RFC 6962's reference, proofs against the roots."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releases.audit.merkle import inclusion_proof, root_of_proof
from releases.audit.verifier.rules import Tree

INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
LEAVES = [hashlib.sha256(b"\x00" + bytes.fromhex(text)).digest() for text in INPUTS]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def root_of(leaves: list[bytes]) -> bytes:
    """As RFC 6962 defines it, by halves."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    half = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\x01" + root_of(leaves[:half]) + root_of(leaves[half:])).digest()


def test_roots_are_the_published_ones() -> None:
    tree = Tree()
    assert tree.root().hex() == ROOTS[0]
    for leaf, root in zip(LEAVES, ROOTS[1:], strict=True):
        tree.add(leaf)
        assert tree.root().hex() == root


@given(st.integers(1, 70), st.data())
def test_a_tree_grows_as_the_definition_says_and_every_proof_leads_to_its_root(size: int, data: st.DataObject) -> None:
    leaves = [hashlib.sha256(bytes([number])).digest() for number in range(size)]
    cut, index = data.draw(st.integers(0, size)), data.draw(st.integers(0, size - 1))
    first = Tree()
    for leaf in leaves[:cut]:
        first.add(leaf)
    tree = Tree(first.size, first.peaks)  # as it is put away and taken up again
    for leaf in leaves[cut:]:
        tree.add(leaf)
    assert tree.root() == root_of(leaves)
    proof = inclusion_proof(iter([*leaves, b"more"]), index=index, size=size)
    assert root_of_proof(leaves[index], index=index, size=size, proof=proof) == tree.root()
    assert root_of_proof(b"other", index=index, size=size, proof=proof) != tree.root()


def test_a_proof_of_what_is_not_there_is_refused() -> None:
    for index, size in ((8, 8), (-1, 8), (0, 9)):
        with pytest.raises(ValueError, match=r"leaf \S+ among|leaves, not"):
            inclusion_proof(LEAVES, index=index, size=size)
    with pytest.raises(ValueError, match="3 hashes"):
        root_of_proof(LEAVES[0], index=0, size=8, proof=LEAVES[:2])
