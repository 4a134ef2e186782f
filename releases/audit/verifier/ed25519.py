"""Checks Ed25519 signatures in plain Python (RFC 8032), for auditors who install nothing. Never signs anything."""

from __future__ import annotations

import hashlib
from typing import Tuple  # noqa: UP035 - Python 3.9

FIELD, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, FIELD - 2, FIELD) % FIELD
Point = Tuple[int, int, int, int]  # noqa: UP006 - x, y, z and x * y / z; Python 3.9


def ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether this is a signature by this key (RFC 8032)."""
    key, start = _point(public), _point(signature[:32])
    number = int.from_bytes(signature[32:], "little")
    if key is None or start is None or len(signature) != 64 or number >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    challenge = int.from_bytes(digest, "little") % ORDER
    left, right = _times(number, BASE), _sum(start, _times(challenge, key))
    return all((left[axis] * right[2] - right[axis] * left[2]) % FIELD == 0 for axis in (0, 1))


def _sum(one: Point, two: Point) -> Point:
    a, b = (one[1] - one[0]) * (two[1] - two[0]) % FIELD, (one[1] + one[0]) * (two[1] + two[0]) % FIELD
    c, d = 2 * one[3] * two[3] * CURVE % FIELD, 2 * one[2] * two[2] % FIELD
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % FIELD, g * h % FIELD, f * g % FIELD, e * h % FIELD


def _times(number: int, point: Point) -> Point:
    found: Point = (0, 1, 1, 0)
    while number:
        found = _sum(found, point) if number & 1 else found
        point, number = _sum(point, point), number >> 1
    return found


def _point(encoded: bytes) -> Point | None:
    y = int.from_bytes(encoded, "little") & (2**255 - 1)
    square = (y * y - 1) * pow(CURVE * y * y + 1, FIELD - 2, FIELD) % FIELD
    x = pow(square, (FIELD + 3) // 8, FIELD)
    x = x if x * x % FIELD == square else x * pow(2, (FIELD - 1) // 4, FIELD) % FIELD
    if len(encoded) != 32 or y >= FIELD or x * x % FIELD != square or (x == 0 and encoded[31] >> 7):
        return None
    x = x if x & 1 == encoded[31] >> 7 else FIELD - x
    return x, y, 1, x * y % FIELD


BASE = _point((4 * pow(5, FIELD - 2, FIELD) % FIELD).to_bytes(32, "little")) or (0, 1, 1, 0)
