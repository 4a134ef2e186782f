"""Connections that are cut when an exchange takes too long, and that check who really answered. Used by `wire`.

Time-outs of sockets count from byte to byte, so a server that drips one byte a second would hold a worker for ever.
The address is checked on the open socket, after name resolution: a name that changes its address gains nothing.
"""

import contextlib
import math
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError

from releases.errors import AzureStopped

Allowed = Callable[[str, str, int, str], bool]
"""scheme, host, port, IP address -> may we talk to it"""


_stopped = threading.Event()
_under_way: set[socket.socket] = set()
_changing = threading.Lock()


def cut_all() -> None:
    """This process was told to end: shut every exchange under way, of every thread, and let none begin any more."""
    _stopped.set()
    with _changing:
        sockets = list(_under_way)
    for sock in sockets:
        _shut(sock)


def is_cut() -> bool:
    """Whether `cut_all` was called."""
    return _stopped.is_set()


class Deadline:
    """The moment by which the exchange under way must be over; each thread that uses a wire has its own.

    Its socket is shut at that moment, because reading may go on below us without ever giving us a turn: the size of a
    piece that comes digit by digit, a packed body of which nothing can be unpacked yet.
    """

    def __init__(self) -> None:
        self._local = threading.local()

    def start(self, seconds: float) -> None:
        """A new exchange begins and may take this long. Raises AzureStopped when none may begin any more."""
        if is_cut():
            raise AzureStopped("Slipway was stopped before it asked.")
        self._local.at = min(time.monotonic() + seconds, self.latest())
        self._local.has_left = False

    def latest(self) -> float:
        """After this moment of `time.monotonic` nothing of this thread's leaves any more; usually never."""
        return float(getattr(self._local, "latest", math.inf))

    def not_after(self, moment: float) -> None:
        """Set that moment for this thread, until it is set again."""
        self._local.latest = moment

    def leave(self) -> None:
        """Bytes of the request leave now. Raises TimeoutError when it is too late: a process can be stopped anywhere,
        and what it wanted before may be wrong by the time it goes on."""
        if self.is_over():
            raise TimeoutError("the time was up before the request left")
        self._local.has_left = True

    @property
    def has_left(self) -> bool:
        """Whether anything of this thread's request may have reached the server."""
        return bool(getattr(self._local, "has_left", False))

    def guard(self, sock: socket.socket | None) -> None:
        """Shut this socket when the time is up, unless the exchange ends before."""
        self.end()
        if sock is not None:
            self._local.sock = sock
            with _changing:
                _under_way.add(sock)
            if is_cut():  # meanwhile
                _shut(sock)
        self._local.timer = timer = threading.Timer(self.left(), _shut, args=(sock,))
        timer.daemon = True
        timer.start()

    def end(self) -> None:
        """The exchange is over, well or not."""
        timer: threading.Timer | None = getattr(self._local, "timer", None)
        if timer is not None:
            timer.cancel()
            self._local.timer = None
        with _changing:
            _under_way.discard(getattr(self._local, "sock", None))
        self._local.sock = None

    def left(self) -> float:
        """Seconds left, never negative."""
        at: float = getattr(self._local, "at", 0.0)
        return max(0.0, at - time.monotonic())

    def is_over(self) -> bool:
        """Whether the time is up, or everything was cut."""
        return self.left() == 0.0 or is_cut()


class CutConnections:
    """Makes the connection pools of one wire."""

    def __init__(self, deadline: Deadline, *, allowed: Allowed) -> None:
        self._deadline = deadline
        self._allowed = allowed

    def pools(self) -> dict[str, Any]:
        """Pool classes by scheme, for a urllib3 PoolManager."""
        plain = _cut(HTTPConnection, self._deadline, self._allowed, scheme="http")
        secure = _cut(HTTPSConnection, self._deadline, self._allowed, scheme="https")
        return {
            "http": type("Pool", (urllib3.HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("SecurePool", (urllib3.HTTPSConnectionPool,), {"ConnectionCls": secure}),
        }


def _cut(base: Any, deadline: Deadline, allowed: Allowed, *, scheme: str) -> Any:
    """A connection class over urllib3's own, bound to one deadline and one rule."""

    class Cut(base):  # type: ignore[misc]
        _is_connecting = False

        def connect(self) -> None:
            self._is_connecting = True
            try:
                super().connect()
            finally:
                self._is_connecting = False

        def send(self, data: Any) -> None:
            if self.sock is None:
                self.connect()
            if not self._is_connecting:  # a proxy is asked for its tunnel before anything of the request leaves
                deadline.leave()
            super().send(data)

        def _new_conn(self) -> socket.socket:
            found: socket.socket = super()._new_conn()
            # Behind a proxy the open socket is the proxy's, which the machine's administrator chose.
            if self.proxy is None and not allowed(scheme, self.host, self.port, found.getpeername()[0]):
                found.close()
                raise NewConnectionError(self, f"{self.host} leads to an address inside a private network")
            return found

        def getresponse(self) -> Any:
            deadline.guard(self.sock)
            answer = super().getresponse()
            if deadline.is_over():  # headers cut in the middle look complete
                answer.close()
                raise TimeoutError("the headers took too long")
            return answer

    return Cut


def _shut(sock: socket.socket | None) -> None:
    with contextlib.suppress(OSError):
        if sock is not None:
            socket.socket.shutdown(sock, socket.SHUT_RDWR)  # below TLS, which another thread is using
