"""Signed notes: held against the published vectors of RFC 8032 and C2SP, by both implementations of Ed25519."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from releases.audit.signatures import checkpoint_text, is_signed, public_bytes, signed_note, vkey
from releases.audit.verifier.ed25519 import ed25519
from releases.audit.verifier.rules import checkpoints_in, key_of

RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
]
C2SP_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.mark.parametrize("verify", [ed25519, is_signed])
@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032, ids=["empty", "one byte"])
def test_the_vectors_of_the_standard_verify_and_nothing_else_does(verify, public, message, signature) -> None:
    key, text, signed = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert verify(key, text, signed)
    assert not verify(key, text + b"x", signed)
    assert not verify(key, text, bytes([signed[0] ^ 1]) + signed[1:])
    assert not verify(key, text, signed[:32] + (int.from_bytes(signed[32:], "little") + 1).to_bytes(32, "little"))
    assert not verify(key, text, signed[:63])


@settings(max_examples=10)
@given(st.binary(max_size=80), st.integers(0, 511))
def test_both_implementations_agree(message: bytes, bit: int) -> None:
    signature = KEY.sign(message)
    bent = (int.from_bytes(signature, "big") ^ (1 << bit)).to_bytes(64, "big")
    for one in (signature, bent):
        assert ed25519(public_bytes(KEY), message, one) == is_signed(public_bytes(KEY), message, one)


def test_a_public_key_is_written_as_c2sp_writes_it() -> None:
    name, identity, public = key_of(C2SP_KEY)
    assert (name, identity.hex(), vkey(name, public)) == ("example.com/foo", "530d903a", C2SP_KEY)
    for bad in ("", "a+b", C2SP_KEY.replace("530d", "531d"), C2SP_KEY[:-4]):
        with pytest.raises(ValueError):  # noqa: PT011
            key_of(bad)


def test_a_checkpoint_reads_back_and_is_one_note_among_others() -> None:
    name = "slipway/0123/audit"
    texts = [checkpoint_text(f"{name}/{epoch}", size=epoch, root=bytes([epoch] * 32)) for epoch in (2, 3)]
    notes = [signed_note(text, key=KEY, name=name) for text in texts]
    assert notes[0].startswith(f"{name}/2\n2\nAgIC")
    read = checkpoints_in("\n".join([*notes, ""]))
    assert [(one.epoch, one.size, one.root) for one in read] == [(2, 2, b"\x02" * 32), (3, 3, b"\x03" * 32)]
    ((signer, identity, signature),) = read[0].signatures
    assert (signer, identity) == key_of(vkey(name, public_bytes(KEY)))[:2]
    assert is_signed(public_bytes(KEY), read[0].text, signature)
    with pytest.raises(ValueError, match="no signed note"):
        checkpoints_in(notes[0] + "and something else\n")
