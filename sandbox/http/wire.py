"""HTTP/1.1 as bytes: reads a request from a stream, makes the head of an answer. Called by `server` only."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from http.client import responses
from typing import Protocol
from urllib.parse import parse_qs

from sandbox.http.messages import Headers, Request, Response

MAX_LINE = 65_536
MAX_BODY = 64 * 1024 * 1024


class Stream(Protocol):
    """What is read from: a buffered socket."""

    def readline(self, limit: int, /) -> bytes: ...
    def read(self, size: int, /) -> bytes: ...


class BadRequest(Exception):
    """What came is not HTTP/1.1, or too large."""


@dataclass(frozen=True)
class Arrived:
    """A request as read, its query as it was written, and whether the connection stays open after it."""

    request: Request
    query: str
    keep_alive: bool


def read_request(stream: Stream, *, origin: str, go_on: Callable[[], None]) -> Arrived | None:
    """The next request, or None at the end of the connection. `go_on` tells a client that waits (Expect) to send.

    `origin` is scheme and address, used where the client names no Host. Raises BadRequest.
    """
    line = stream.readline(MAX_LINE)
    if not line.strip():
        return None
    parts = line.decode("latin-1").split()
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        raise BadRequest(f"not a request line: {line[:80]!r}")
    headers = _read_headers(stream)
    if headers.get("expect", "").lower() == "100-continue":
        go_on()
    body = _read_body(stream, headers)
    target, _, query = _without_origin(parts[1]).partition("?")
    scheme = origin.partition("://")[0]
    base_url = f"{scheme}://{headers['host']}" if headers.get("host") else origin
    values: dict[str, list[str]] = {}
    for key, found in parse_qs(query, keep_blank_values=True).items():
        values.setdefault(key.lower(), []).extend(found)
    request = Request(parts[0].upper(), target, {}, values, headers, body, base_url)
    keep = headers.get("connection", "").lower() != "close" and parts[2] == "HTTP/1.1"
    return Arrived(request, query, keep)


def _without_origin(target: str) -> str:
    """The path of a request line that carries a whole URL (as to a proxy)."""
    if target.startswith(("http://", "https://")):
        return "/" + target.split("/", 3)[3] if target.count("/") >= 3 else "/"
    return target


def _read_headers(stream: Stream) -> Headers:
    fields: dict[str, str] = {}
    for _ in range(200):
        line = stream.readline(MAX_LINE)
        if line in (b"\r\n", b"\n", b""):
            return Headers(fields)
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon:
            raise BadRequest(f"not a header: {line[:80]!r}")
        fields[name.strip()] = value.strip()
    raise BadRequest("too many headers")


def _read_body(stream: Stream, headers: Headers) -> bytes:
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return _read_chunks(stream)
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > MAX_BODY:
        raise BadRequest("a body of that length is not read")
    body = stream.read(int(length)) if length != "0" else b""
    if len(body) < int(length):
        raise BadRequest("the body ended early")
    return body


def _read_chunks(stream: Stream) -> bytes:
    pieces: list[bytes] = []
    total = 0
    while True:
        try:
            size = int(stream.readline(MAX_LINE).split(b";")[0], 16)
        except ValueError as error:
            raise BadRequest("not a chunk") from error
        total += size
        if total > MAX_BODY:
            raise BadRequest("the body is too large")
        piece = stream.read(size)
        stream.readline(MAX_LINE)
        if not size or len(piece) < size:
            return b"".join(pieces)
        pieces.append(piece)


def head_of(response: Response, *, length: int, keep_alive: bool) -> bytes:
    """Status line and headers of an answer; `length` is what is announced, true or not."""
    lines = [f"HTTP/1.1 {response.status} {responses.get(response.status, 'Status')}"]
    fields = {"Content-Type": response.content_type, "Date": formatdate(usegmt=True), "Server": "Sandbox"}
    fields |= {"ActivityId": str(uuid.uuid4())} | response.headers
    if response.status != 204:
        fields["Content-Length"] = str(length)
    fields["Connection"] = "keep-alive" if keep_alive else "close"
    lines += [f"{name}: {value}" for name, value in fields.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
