"""Signed notes and checkpoints as C2SP writes them (c2sp.org/signed-note, c2sp.org/tlog-checkpoint), with Ed25519.

Used where checkpoints are made and verified. It holds no key; `releases.audit.verifier.rules` reads notes.
"""

import hashlib
from base64 import b64encode
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"


def log_name(installation: str) -> str:
    """The name of an installation's trail: origin of its checkpoints and name of its key."""
    return f"slipway/{installation}/audit"


def origin_of(log: str, *, epoch: int) -> str:
    """The origin line of a checkpoint; each declared restore begins the next epoch."""
    return log if epoch == 1 else f"{log}/{epoch}"


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    """The 32 bytes of its public key."""
    return key.public_key().public_bytes_raw()


def key_id(name: str, public: bytes) -> bytes:
    """Four bytes that tell keys apart; no proof of anything."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def vkey(name: str, public: bytes) -> str:
    """The public key as verifiers take it: name+id+base64."""
    return f"{name}+{key_id(name, public).hex()}+{b64encode(ED25519 + public).decode()}"


def checkpoint_text(origin: str, *, size: int, root: bytes) -> str:
    """What is signed of the first `size` events."""
    return f"{origin}\n{size}\n{b64encode(root).decode()}\n"


def signed_note(text: str, *, key: Ed25519PrivateKey, name: str) -> str:
    """The text with one signature below it."""
    blob = key_id(name, public_bytes(key)) + key.sign(text.encode())
    return f"{text}\n\u2014 {name} {b64encode(blob).decode()}\n"


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether this is a signature by this public key."""
    try:
        _public_key(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=16)
def _public_key(public: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(public)
