"""Collects the static files when they changed: hashing and compressing them takes most of a start otherwise."""

from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

STAMP = "collected-from"


def collect_when_changed() -> None:
    """Leave the collected files as they are when no source file was added, removed or written since."""
    stamp = Path(settings.STATIC_ROOT) / STAMP
    now = _fingerprint()
    if stamp.exists() and stamp.read_text() == now:
        return
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(now)


def _fingerprint() -> str:
    """Of the names, sizes and times of all source files."""
    digest = sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            facts = Path(storage.path(name)).stat()
            digest.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()
