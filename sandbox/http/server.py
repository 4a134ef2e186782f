"""The sockets: one thread per connection, HTTP/1.1 with keep-alive, plain or TLS.

Started by `sandbox.__main__` and by tests.
"""

import contextlib
import io
import socket
import socketserver
import ssl
import sys
import threading

from sandbox.http.application import Application
from sandbox.http.faults import Exchange
from sandbox.http.wire import Arrived, BadRequest, head_of, read_request

_JOINED = 65_536
_IDLE = 120.0


class Server(socketserver.ThreadingTCPServer):
    """Listens on loopback. `start()` returns at once; `stop()` closes every connection and leaves no busy thread."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(
        self,
        application: Application,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Raises OSError when the port is taken or may not be used."""
        self.application = application
        self.tls = tls
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__((host, port), Connection)
        self.port = int(self.server_address[1])
        self.url = f"{'https' if tls else 'http'}://{host}:{self.port}"
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)

    def start(self) -> None:
        """Answer from now on, in threads of their own."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening, wake what sleeps, close what is open."""
        self.application.stopping.set()
        if self._thread.is_alive():
            self.shutdown()
        self.server_close()
        with self._lock:
            left = list(self._open)
        for connection in left:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)  # below TLS, which its own thread is using

    def opened(self, connection: socket.socket) -> None:
        """Remember a connection, so that `stop` can close it."""
        with self._lock:
            self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
        """Forget a connection."""
        with self._lock:
            self._open.discard(connection)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no error of ours; anything else is told on stderr."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class Connection(socketserver.BaseRequestHandler):
    """One connection: requests one after the other until either side closes."""

    server: Server
    request: socket.socket

    def setup(self) -> None:
        """No delay for small packets; the TLS handshake happens here, in the connection's own thread."""
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request.settimeout(_IDLE)
        if self.server.tls:
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        self.server.opened(self.request)
        self.stream = io.BufferedReader(socket.SocketIO(self.request, "r"), _JOINED)

    def handle(self) -> None:
        """Serve until the end; a broken connection is silently given up."""
        with contextlib.suppress(OSError, ValueError):
            while not self.server.application.stopping.is_set() and self._serve_one():
                pass

    def finish(self) -> None:
        """Close for real: with TLS the base class knows only the socket below."""
        self.server.closed(self.request)
        with contextlib.suppress(OSError):
            self.stream.close()
            self.request.close()

    def _serve_one(self) -> bool:
        try:
            arrived = read_request(self.stream, origin=self.server.url, go_on=self._go_on)
        except BadRequest as error:
            self.request.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n" + str(error).encode())
            return False
        if arrived is None:
            return False
        exchange = self.server.application.answer(arrived.request, query=arrived.query)
        return self._deliver(exchange, arrived)

    def _go_on(self) -> None:
        self.request.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _deliver(self, exchange: Exchange, arrived: Arrived) -> bool:
        """Send the answer the way the exchange says; True if the connection stays open."""
        way, response = exchange.delivery, exchange.answered()
        if way.delay:
            self.server.application.stopping.wait(way.delay)
        if way.silent:
            return False
        keep = arrived.keep_alive and not way.missing
        head = head_of(response, length=len(response.body) + way.missing, keep_alive=keep)
        if way.gap:
            return self._drip(head, response.body, gap=way.gap, piece=way.piece)
        if len(response.body) < _JOINED:
            self.request.sendall(head + response.body)
        else:
            self.request.sendall(head)
            self.request.sendall(response.body)
        return keep

    def _drip(self, head: bytes, body: bytes, *, gap: float, piece: int) -> bool:
        self.request.sendall(head)
        for at in range(0, len(body), piece):
            if self.server.application.stopping.wait(gap):
                return False
            self.request.sendall(body[at : at + piece])
        return False
