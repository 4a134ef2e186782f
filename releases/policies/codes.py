"""Codes of authenticator apps (RFC 6238: six digits of HMAC-SHA-1, a step of 30 seconds). Asked by actions."""

import hmac
from base64 import b32decode, b32encode
from datetime import datetime
from hashlib import sha1
from secrets import compare_digest, token_bytes
from struct import unpack

STEP_SECONDS = 30
DIGITS = 6
TOLERANCE = 1
"""Steps by which the clock of a phone may differ from ours (section 5.2)."""


def new_seed() -> str:
    """What an app and we will share: 160 random bits (RFC 4226, section 4) in base32."""
    return b32encode(token_bytes(20)).decode()


def step_of(code: str, *, seed: str, now: datetime, after: int = 0) -> int | None:
    """The step this code belongs to, if it is about now and later than `after`; None for a wrong or used code."""
    typed = "".join(code.split())
    present = int(now.timestamp()) // STEP_SECONDS
    steps = [step for step in range(present - TOLERANCE, present + TOLERANCE + 1) if step > after]
    found = [step for step in steps if compare_digest(typed.encode(), code_at(step, seed=seed).encode())]
    return found[0] if found else None


def code_at(step: int, *, seed: str) -> str:
    """The code of one step; the seed is base32."""
    digest = hmac.digest(b32decode(seed), step.to_bytes(8, "big"), sha1)
    start = digest[-1] & 0xF
    (number,) = unpack(">I", digest[start : start + 4])
    return f"{(number & 0x7FFFFFFF) % 10**DIGITS:0{DIGITS}}"
