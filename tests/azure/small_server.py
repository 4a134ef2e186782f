"""A server of a few lines that answers the real client with exactly the bytes a test wants.

The sandbox is the whole small Azure; this is for what no sandbox should do, down to half a header.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TEMPLATES = {
    "e81700f7-3be2-46de-8624-2eb35882fcaa": ("Location", "ResourceAreas", "_apis/{resource}/{areaId}"),
    "a166fde7-27ad-408e-ba75-703c2cc9d500": ("Release", "releases", "{project}/_apis/{area}/{resource}/{releaseId}"),
    "17c91af7-09fd-4256-bff1-c24ee4f73bc0": (
        "Release",
        "logs",
        "{project}/_apis/{area}/releases/{releaseId}/environments/{environmentId}"
        "/deployPhases/{releaseDeployPhaseId}/tasks/{taskId}/{resource}",
    ),
    "b005ef73-cddc-448e-9ba2-5193bf36b19f": ("Release", "deployments", "{project}/_apis/{area}/{resource}"),
    "00d9565f-ed9c-4a06-9a50-00e7896ccab4": ("Location", "connectionData", "_apis/{resource}"),
}


@dataclass
class Answer:
    """One answer; `behave` takes over the connection instead."""

    status: int = 200
    body: bytes = b'{"count":0,"value":[]}'
    headers: dict[str, str] = field(default_factory=dict)
    behave: Callable[[BaseHTTPRequestHandler], None] | None = None


@dataclass
class SmallServer:
    """Where it listens, what it was asked, and what it will answer next (the last answer repeats)."""

    url: str
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=lambda: [Answer()])
    areas: list[dict[str, str]] = field(default_factory=list)
    locations: dict[str, tuple[str, str, str]] = field(default_factory=lambda: dict(TEMPLATES))

    def will(self, *answers: Answer) -> None:
        """Answer the next requests so."""
        self.answers = list(answers)

    @property
    def paths(self) -> list[str]:
        """Methods and paths of everything asked so far."""
        return [f"{method} {path}" for method, path, _ in self.asked]


@contextmanager
def small_server() -> Iterator[SmallServer]:
    """The server while the block runs, on a free port of this machine."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.small = SmallServer(f"http://127.0.0.1:{server.server_port}/Contoso")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.small
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


def json_answer(value: Any, status: int = 200, **headers: str) -> Answer:
    """An answer of JSON."""
    return Answer(status, json.dumps(value).encode(), {k.replace("_", "-"): v for k, v in headers.items()})


def hang(handler: BaseHTTPRequestHandler) -> None:
    """Say nothing until the client gives up or the server stops."""
    _server_of(handler).stopping.wait(10)


def reset(handler: BaseHTTPRequestHandler) -> None:
    """Close without a word."""
    handler.close_connection = True


def cut_off(handler: BaseHTTPRequestHandler) -> None:
    """Announce more than is sent."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n")
    handler.wfile.write(b'{"count":1,"value":[{"id"')
    handler.close_connection = True


def drip_body(handler: BaseHTTPRequestHandler) -> None:
    """A body that comes byte by byte and never ends."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
    _drip(handler, b" ")


def drip_headers(handler: BaseHTTPRequestHandler) -> None:
    """A header that comes byte by byte and never ends."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    _drip(handler, b"x")


def drip_chunk_size(handler: BaseHTTPRequestHandler) -> None:
    """The size of a piece, whose digits come one by one and never end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
    _drip(handler, b"0")


def drip_packed(handler: BaseHTTPRequestHandler) -> None:
    """A packed body of which nothing can be unpacked yet: the file name in its head never ends."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 100000\r\n\r\n")
    handler.wfile.write(b"\x1f\x8b\x08\x08\0\0\0\0\0\x03")
    _drip(handler, b"x")


def _drip(handler: BaseHTTPRequestHandler, byte: bytes) -> None:
    handler.close_connection = True
    stopping, until = _server_of(handler).stopping, time.monotonic() + 20
    with suppress(OSError):
        while not stopping.wait(0.05) and time.monotonic() < until:
            handler.wfile.write(byte)
            handler.wfile.flush()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    small: SmallServer

    def __init__(self, *args: Any) -> None:
        self.stopping = threading.Event()
        super().__init__(*args)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what these tests are about."""


def _server_of(handler: BaseHTTPRequestHandler) -> _Server:
    server = handler.server
    assert isinstance(server, _Server)
    return server


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        """Silent."""

    def do_OPTIONS(self) -> None:
        small = _server_of(self).small
        small.asked.append(("OPTIONS", self.path, dict(self.headers)))
        value = [
            {
                "id": id,
                "area": area,
                "resourceName": name,
                "routeTemplate": route,
                "resourceVersion": 8,
                "minVersion": "1.0",
                "maxVersion": "7.2",
                "releasedVersion": "7.1",
            }
            for id, (area, name, route) in small.locations.items()
        ]
        self._send(json_answer({"count": len(value), "value": value}))

    def do_GET(self) -> None:
        small = _server_of(self).small
        small.asked.append(("GET", self.path, dict(self.headers)))
        if self.path.endswith("/ResourceAreas"):
            self._send(json_answer({"count": len(small.areas), "value": small.areas}))
            return
        answer = small.answers.pop(0) if len(small.answers) > 1 else small.answers[0]
        if answer.behave:
            answer.behave(self)
        else:
            self._send(answer)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in {"Content-Type": "application/json; charset=utf-8", **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)
