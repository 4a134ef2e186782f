"""Turns answers that are no success, and answers that never came, into the errors of `releases.errors`.

Used by `wire`, for Azure DevOps and Azure ML alike. Judges by what an answer is, never by its text, which servers
translate.
"""

import socket
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import requests
import urllib3.exceptions

from releases.azure.throttle import USUAL_WAIT_SECONDS, Limits
from releases.errors import (
    AzureError,
    AzureNoAnswer,
    AzureRefused,
    AzureThrottled,
    AzureUnreachable,
    AzureUnreadable,
    CredentialRefused,
    NotThere,
    PermissionMissing,
)

LONGEST_QUOTE = 300
_NEVER_ARRIVED = (
    requests.exceptions.ConnectTimeout,
    requests.exceptions.SSLError,
    requests.exceptions.ProxyError,
    requests.exceptions.InvalidURL,
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.SSLError,
    socket.gaierror,
    ConnectionRefusedError,
)
_CUT_OFF = (urllib3.exceptions.IncompleteRead, urllib3.exceptions.InvalidChunkLength)
_TOO_LATE = (TimeoutError, requests.exceptions.Timeout, urllib3.exceptions.TimeoutError)


def check_answer(
    status: int, *, headers: Mapping[str, str], body: bytes, limits: Limits, service: str, is_change: bool = False
) -> None:
    """Raise the error an answer stands for; return for a success. `is_change`: the request was to change something.

    A sign-in page in any guise (203, a redirect, HTML where JSON was asked for) is a refused credential: that is how
    Azure DevOps answers an expired token.
    """
    is_html = headers.get("Content-Type", "").lower().startswith("text/html")
    found: AzureError
    if status in (401, 203) or 300 <= status < 400 or (200 <= status < 300 and is_html):
        found = CredentialRefused(
            f"{service} does not accept the credential: it is wrong, expired or revoked.", status=status
        )
    elif 200 <= status < 300:
        return
    elif _asks_to_wait(status, limits, is_change=is_change):
        wait = limits.retry_after
        found = AzureThrottled(
            f"{service} asked Slipway to wait.", retry_after=USUAL_WAIT_SECONDS if wait is None else wait
        )
    else:
        found = _failure(status, body, service=service)
    found.activity_id = activity_of(headers)
    raise found


def activity_of(headers: Mapping[str, str]) -> str:
    """Azure's name for one exchange, by which its support finds it; "" where it tells none."""
    names = ("ActivityId", "X-VSS-E2EID", "x-ms-correlation-request-id")
    return next((headers[name][:64] for name in names if headers.get(name)), "")


def _asks_to_wait(status: int, limits: Limits, *, is_change: bool) -> bool:
    """A change that was throttled surely did not happen. 503 does not promise that, whatever it says of waiting."""
    return status == 429 or (status in (413, 503) and limits.retry_after is not None and not is_change)


def _failure(status: int, body: bytes, *, service: str) -> AzureError:
    message, type_key = _envelope(body)
    said = f' It says: "{message}"' if message else ""
    if status == 408 or status >= 500:
        return AzureNoAnswer(f"{service} could not answer (status {status}).{said}")
    if status == 403:
        return PermissionMissing(f"{service} refuses this to Slipway's identity.{said}", status=403, type_key=type_key)
    if status == 404:
        return NotThere(f"{service} has no such thing.{said}", status=404, type_key=type_key)
    return AzureRefused(f"{service} refused the request (status {status}).{said}", status=status, type_key=type_key)


def unanswered(error: BaseException, *, service: str) -> AzureError:
    """The error for a request that got no complete answer, by the deepest cause known."""
    causes = list(_causes(error))
    if any(isinstance(cause, _NEVER_ARRIVED) for cause in causes):
        return AzureUnreachable(f"{service} cannot be reached: {_why_unreachable(causes)}.")
    if any(isinstance(cause, _TOO_LATE) for cause in causes):
        return AzureNoAnswer(f"{service} did not answer in time.")
    if any(isinstance(cause, _CUT_OFF) for cause in causes):
        return AzureUnreadable(f"The answer of {service} was cut off.")
    if any(isinstance(cause, urllib3.exceptions.DecodeError) for cause in causes):
        return AzureUnreadable(f"The answer of {service} could not be unpacked.")
    return AzureNoAnswer(f"{service} closed the connection before it answered.")


def first_line(error: Exception) -> str:
    """What a library's error says, short enough for a sentence; its name where it says nothing."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:LONGEST_QUOTE]


def _envelope(body: bytes) -> tuple[str, str]:
    """Message and type key of Azure's error JSON (DevOps: flat; ARM: under `error`); empty for anything else."""
    try:
        found: Any = msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return "", ""
    if isinstance(found, dict) and isinstance(found.get("error"), dict):
        found = found["error"]
    if not isinstance(found, dict):
        return "", ""
    message, key = found.get("message"), found.get("typeKey") or found.get("code")
    return _quoted(message), key if isinstance(key, str) else ""


def _quoted(message: object) -> str:
    if not isinstance(message, str):
        return ""
    text = " ".join("".join(c if c.isprintable() else " " for c in message).split())
    return text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE] + "..."


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error, what it wraps and what caused it; each once, at most 20."""
    waiting, seen = [error], set[int]()
    while waiting and len(seen) < 20:
        one = waiting.pop(0)
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]


def _why_unreachable(causes: list[BaseException]) -> str:
    if any(isinstance(cause, socket.gaierror | urllib3.exceptions.NameResolutionError) for cause in causes):
        return "its name cannot be resolved"
    if any(isinstance(cause, requests.exceptions.SSLError | urllib3.exceptions.SSLError) for cause in causes):
        return "its certificate is not trusted here"
    if any(isinstance(cause, requests.exceptions.ProxyError) for cause in causes):
        return "the proxy does not let it through"
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return "it refuses connections"
    return "no connection could be made"
