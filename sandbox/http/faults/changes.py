"""Faults that change the handler's answer: headers, one malformed release in a page, bodies of absurd size."""

import gzip
import time
from email.utils import formatdate
from typing import Any

from sandbox.http.faults.answers import rate_limit, retry_after
from sandbox.http.faults.exchange import Args, Exchange, Kind

_NEST = "\u0001nest\u0001"
_GZIP_BLOCK = 1 << 20

MALFORMATIONS: dict[str, dict[str, Any]] = {
    "environments": {"environments": "oops"},
    "artifacts": {"artifacts": {"alias": 7}},
    "missing_id": {"id": None},
    "text_id": {"id": "one hundred"},
    "definition": {"releaseDefinition": 12},
    "date": {"createdOn": "yesterday, about noon"},
    "nul": {"name": "Release\u0000-7"},
    "surrogate": {"name": "Release-\ud800"},
    "status": {"status": {"is": "active"}},
}


def add_retry_after(exchange: Exchange, args: Args) -> None:
    """Retry-After on a good answer. Args: `retry_after` (seconds, default 7), `form` ("date")."""
    exchange.answered().headers["Retry-After"] = retry_after(args)


def add_rate_limit(exchange: Exchange, args: Args) -> None:
    """The quota headers on a good answer. Args: `limit`, `remaining`, `delay`, `reset` (seconds from now)."""
    exchange.answered().headers.update(rate_limit(args))


def add_headers(exchange: Exchange, args: Args) -> None:
    """Any headers on a good answer: args are their names and values."""
    exchange.answered().headers.update({str(name): str(value) for name, value in args.items()})


def malformed(exchange: Exchange, args: Args) -> bool:
    """One release of a page is malformed.

    Args: `id` (default the first), `what` (of MALFORMATIONS, "not_an_object", "nested") or `set` {field: value}.
    """
    body = exchange.body()
    is_page = isinstance(body, dict) and isinstance(body.get("value"), list)
    items = body["value"] if is_page else [body]
    at = _position(items, wanted=args.get("id"))
    if at is None:
        return False
    what = args.get("what", "environments")
    if what == "not_an_object":
        items[at] = 7
    elif what == "nested":
        items[at]["variables"] = _NEST
    else:
        items[at].update(args.get("set") or MALFORMATIONS[what])
    exchange.replace_body(body if is_page else items[0])
    _nest(exchange, depth=int(args.get("depth", 200)))
    return True


def _position(items: list[Any], *, wanted: Any) -> int | None:
    for at, item in enumerate(items):
        if isinstance(item, dict) and (wanted is None or str(item.get("id")) == str(wanted)):
            return at
    return None


def _nest(exchange: Exchange, *, depth: int) -> None:
    marker = b'"\\u0001nest\\u0001"'
    response = exchange.answered()
    response.body = response.body.replace(marker, b'{"a":' * depth + b"1" + b"}" * depth)


def huge(exchange: Exchange, args: Args) -> bool | None:
    """A huge body.

    Args: `shape` "text" (a long field or log), "array", "nesting" or "gzip"; `size` in bytes, items or levels.
    """
    shape, response = args.get("shape", "text"), exchange.answered()
    size = int(args.get("size", 50_000_000))
    if shape == "gzip":
        response.body, response.headers["Content-Encoding"] = _gzip_bomb(size), "gzip"
        return None
    if not response.content_type.startswith("application/json"):
        line = b"2026-11-22T12:00:00.0000000Z one more line of a log that never ends\n"
        response.body += line * (size // len(line) + 1)
        return None
    body = exchange.body()
    if not isinstance(body, dict):
        return False
    body["padding"] = {"text": "x" * size, "array": [0] * size, "nesting": _NEST}[shape]
    exchange.replace_body(body)
    _nest(exchange, depth=size if shape == "nesting" else 0)
    return None


def long_log(exchange: Exchange, args: Args) -> None:
    """A long log of lines that differ, in colours here and there, which the answer's own lines end.

    Args: `size` in bytes (default 15 MB); `text` stands in its middle, as a line of its own.
    """
    response, lines = exchange.answered(), []
    many = int(args.get("size", 15_000_000)) // 96 + 1
    for number in range(many):
        at = f"2026-11-22T{number // 36000 % 24:02}:{number // 600 % 60:02}:{number // 10 % 60:02}.{number:07}Z"
        word = "\x1b[33mslow\x1b[0m" if number % 50 == 0 else "fine"
        lines.append(f"{at} sample {number:>8} of {many:>8} answered 200 in {number % 97:>3} ms, {word}, checked\r\n")
    lines.insert(many // 2, f"2026-11-22T12:00:00.0000000Z {args.get('text', 'the middle of a long log')}\r\n")
    response.body = "".join(lines).encode() + response.body


def _gzip_bomb(size: int) -> bytes:
    """JSON that is small on the wire and `size` bytes when unpacked."""
    pieces = [gzip.compress(b'{"count":0,"value":[],"padding":"')]
    block = gzip.compress(b"x" * _GZIP_BLOCK)
    pieces.extend(block for _ in range(size // _GZIP_BLOCK))
    pieces.append(gzip.compress(b'"}'))
    return b"".join(pieces)


def cut(exchange: Exchange, args: Args) -> bool | None:
    """A cut answer. Args: `how` "length" (announced longer than sent, closed) or "string" (whole, ends in a string)."""
    body = exchange.answered().body
    if args.get("how", "length") == "length":
        kept = int(len(body) * float(args.get("share", 0.6)))
        exchange.delivery.missing = len(body) - kept
        exchange.answered().body = body[:kept]
        return None
    inside = _inside_a_string(body)
    if inside is None:
        return False
    exchange.answered().body = body[:inside]
    return None


def _inside_a_string(body: bytes) -> int | None:
    """A position in the last string of at least two letters, so that what is left ends inside it."""
    end = body.rfind(b'"')
    while end > 0:
        start = body.rfind(b'"', 0, end)
        if start >= 0 and end - start > 2 and body[start + 1 : start + 3].isalnum():
            return start + 2
        end = start
    return None


def skew(exchange: Exchange, args: Args) -> None:
    """The server's clock is `seconds` ahead (negative: behind) in its Date header; times in the JSON stay."""
    exchange.answered().headers["Date"] = formatdate(time.time() + float(args.get("seconds", 600)), usegmt=True)


CHANGES = {
    "retry_after": Kind(after=add_retry_after),
    "rate_limit": Kind(after=add_rate_limit),
    "headers": Kind(after=add_headers),
    "malformed": Kind(after=malformed),
    "huge": Kind(after=huge),
    "long_log": Kind(after=long_log),
    "truncated": Kind(after=cut),
    "clock_skew": Kind(after=skew),
}
