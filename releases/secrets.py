"""Encrypts what must be kept secret, bound to the row it stands in; the key comes from the environment.

A kept text reads `v1.KEY_ID.BASE64`: AES-256-GCM, a nonce of its own, the row's name as associated data, so that a
text copied into another row does not open. Called by actions; `manage.py rotate_secrets` brings all to the first key.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from secrets import token_bytes

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

VERSION = "v1"
KEY_BYTES = 32
NONCE_BYTES = 12


class Unreadable(Exception):
    """A kept secret does not open: its key is gone from the environment, or the text is not of this row. Whoever runs
    Slipway must know, so nobody turns it into an answer."""


def key_of(text: str) -> bytes:
    """The 32 bytes of a key as it is written in the environment: 43 characters of base64. Raises ValueError."""
    key = urlsafe_b64decode(text.strip().rstrip("=") + "=")
    if len(key) != KEY_BYTES:
        raise ValueError(f"A key has {KEY_BYTES} bytes; this one has {len(key)}.")
    return key


def encrypt(text: str, *, row: str) -> str:
    """Encrypt with the first key, for this row alone."""
    name, key = next(iter(_keys().items()))
    nonce = token_bytes(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), _bound(name, row))
    return f"{VERSION}.{name}.{urlsafe_b64encode(nonce + sealed).decode()}"


def decrypt(kept: str, *, row: str) -> str:
    """What was encrypted for this row, with whichever key. Raises Unreadable."""
    version, _, rest = kept.partition(".")
    name, _, text = rest.partition(".")
    key = _keys().get(name)
    if version != VERSION or key is None:
        raise Unreadable(f"A kept secret was encrypted with the key {name[:16]}, which is not in the environment.")
    try:
        whole = urlsafe_b64decode(text)
        return AESGCM(key).decrypt(whole[:NONCE_BYTES], whole[NONCE_BYTES:], _bound(name, row)).decode()
    except (InvalidTag, ValueError):
        raise Unreadable("A kept secret does not belong where it stands.") from None


def is_current(kept: str) -> bool:
    """Whether it was encrypted with the first key."""
    return kept.startswith(f"{VERSION}.{next(iter(_keys()))}.")


def _keys() -> dict[str, bytes]:
    """The keys by name, the one that encrypts first. A name is the beginning of the key's SHA-256."""
    keys = [key_of(text) for text in settings.SLIPWAY_SECRET_KEYS]
    return {sha256(key).hexdigest()[:16]: key for key in keys}


def _bound(name: str, row: str) -> bytes:
    return f"{VERSION}|{name}|{row}".encode()
