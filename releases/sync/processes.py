"""Names processes, so that a lease whose holder died on this very machine is free at once. Used by all leases."""

import os
import socket
from pathlib import Path


def this() -> str:
    """Names this process among all that share the database: machine, process namespace, process."""
    return f"{socket.gethostname()}:{_namespace()}:{os.getpid()}"


def _namespace() -> str:
    try:
        return Path("/proc/self/ns/pid").readlink().name.strip("pid:[]")
    except OSError:
        return "0"


def is_dead(holder: str) -> bool:
    """True only when the holder was a process of this very machine that is no more."""
    machine, _, rest = holder.rpartition(":")[0].rpartition(":")
    if not holder or machine != f"{socket.gethostname()}:{_namespace()}" or not rest.isdigit():
        return False
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
