"""The private key of the checkpoints, in a file that only its owner may read. Never replaces a key that is there."""

import os
from base64 import b64decode, b64encode
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from releases.errors import Conflict, Invalid

KEY, NEXT_KEY = "key", "key.next"


def made(path: Path) -> Ed25519PrivateKey:
    """A new key, on disk before it is used. Raises Conflict where there is one."""
    key = Ed25519PrivateKey.generate()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Conflict(f"There already is a key in {path}.", code="key_there") from None
    with os.fdopen(descriptor, "w") as file:
        file.write(b64encode(key.private_bytes_raw()).decode() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return key


def kept(path: Path) -> Ed25519PrivateKey:
    """The key in this file. Raises Invalid where there is none, or others could have read it."""
    try:
        if path.stat().st_mode & 0o077:
            raise Invalid(f"{path} can be read by others: chmod 600 it, or rotate the key.", code="key_open")
        return Ed25519PrivateKey.from_private_bytes(b64decode(path.read_text().strip(), validate=True))
    except FileNotFoundError:
        raise Invalid(f"There is no key in {path}. Make one: manage.py sign --new-key.", code="key_missing") from None
    except (OSError, ValueError) as error:
        raise Invalid(f"{path} does not hold a key that can be read ({error}).", code="key_unreadable") from error
