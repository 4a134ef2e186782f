"""What must be right before anything starts: a folder that can be written, used by nobody else, and a free port.

Each check raises GroundMissing with one sentence that says what to do; `manage.py up` prints it and exits with 1.
"""

import errno
import fcntl
import os
import socket
from pathlib import Path
from typing import IO


class GroundMissing(Exception):
    """Something the start needs is not there; the message is for the person at the terminal."""


def writable(folder: Path) -> None:
    """The folder exists and files can be made in it."""
    probe = folder / f".probe-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise GroundMissing(
            f"{folder} cannot be written ({error.strerror}). "
            "Make it writable or name another folder in SLIPWAY_VAR_DIR."
        ) from error


def taken_for_us(folder: Path) -> IO[str]:
    """A lock on the folder that ends with this process; keep the file open."""
    file = (folder / "up.lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        owner = file.read().strip() or "unknown"
        raise GroundMissing(
            f"Slipway already runs from {folder} (process {owner}). Stop it, or name another folder in SLIPWAY_VAR_DIR."
        ) from None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def listening(host: str, port: int) -> socket.socket:
    """A socket on the address that the web server inherits, so that the port stays ours while it is restarted.

    Port 0 takes any free one.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    server = socket.socket(family, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        server.bind((host, port))
        server.listen(128)
    except (OSError, OverflowError) as error:
        server.close()
        raise GroundMissing(_why_not(error, host, port)) from error
    server.set_inheritable(True)
    return server


def _why_not(error: OSError | OverflowError, host: str, port: int) -> str:
    code = getattr(error, "errno", None)
    if code == errno.EADDRINUSE:
        return f"Port {port} is taken. Choose another one: make run PORT={port + 1}, or manage.py up --port {port + 1}."
    if code == errno.EACCES:
        return f"Port {port} may not be used by this user. Choose one above 1023: manage.py up --port 8000."
    return f"{host} port {port} cannot be used: {getattr(error, 'strerror', None) or error}."
