"""Keeps a random secret in a file that only its owner may read. Used where one machine runs everything and nobody gave
a key; `dashboard.settings` calls it. Must never replace a key that exists: sessions would end, secrets be lost."""

import contextlib
import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 64


def kept(path: Path, *, size: int = KEY_BYTES) -> str:
    """The secret of `size` random bytes in `path`, made on first use. Raises ImproperlyConfigured when the folder
    cannot be written."""
    try:
        return path.read_text() if path.exists() else _made(path, size)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{path.parent} cannot be written ({error.strerror}). "
            "Make it writable or name another folder in SLIPWAY_VAR_DIR."
        ) from error


def _made(path: Path, size: int) -> str:
    """Write a new secret completely before it gets its name, so that two processes starting at once agree on one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(size))
    with contextlib.suppress(FileExistsError):  # another process was first: its key is the key
        path.hardlink_to(draft)
    draft.unlink()
    return path.read_text()
