"""The last hand a request to Azure passes through, and the first for its answer.

Mounted under the real clients by `releases.azure.asking` and `ml_sdk`, so that whatever they send (their own discovery
too) obeys the same rules: allowed origins only, no redirects, one deadline for the whole exchange, a size limit.
"""

import io
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter

from releases import outbound
from releases.azure.deadline import CutConnections, Deadline, is_cut
from releases.azure.refusals import check_answer, first_line, unanswered
from releases.azure.throttle import Limits, limits_of
from releases.errors import (
    AzureError,
    AzureNoAnswer,
    AzureStopped,
    AzureUnreachable,
    AzureUnreadable,
    CredentialRefused,
)

CONNECT_SECONDS = 5.0
LARGEST_BYTES = 64 * 1024 * 1024
LARGEST_POURED_BYTES = 1024 * 1024 * 1024
"""Of a text that is handed on while it comes; only time and this bound it."""

_PIECE = 256 * 1024
READS = ("GET", "HEAD", "OPTIONS")
"""Methods that change nothing."""

Into = Callable[[bytes], object]
"""Takes the pieces of a text as they come."""


@dataclass(frozen=True)
class Rules:
    """What this wire obeys. `configured` are the addresses it may call besides Azure's own `hosts`.

    `total_seconds` bounds a whole exchange, `read_seconds` each silence in it (None: the same).
    `on_limits` hears of every answer, `on_body` gets the body of each good one; `service` is its name in sentences.
    """

    configured: tuple[str, ...]
    hosts: tuple[str, ...]
    total_seconds: float
    ca_file: str
    before_request: Callable[[], None]
    on_limits: Callable[[Limits], None]
    on_body: Callable[[bytes], None] = lambda _: None
    service: str = "Azure DevOps"
    read_seconds: float | None = None


class Wire(HTTPAdapter):
    """A transport for `requests`. Raises only errors of `releases.errors`; an answer it returns is a success."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._service = rules.service
        self._deadline = Deadline()
        self._last = threading.local()
        self._local = threading.local()
        super().__init__(max_retries=0, pool_connections=4, pool_maxsize=4)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """As `requests` makes it, but of connections that can be cut and that know who may be called."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = CutConnections(self._deadline, allowed=self._may_connect).pools()

    @contextmanager
    def pouring(self, into: Into) -> Iterator[None]:
        """Meanwhile, in this thread, texts that come well are handed to `into` piece by piece and not kept here."""
        self._local.into = into
        try:
            yield
        finally:
            self._local.into = None

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: ARG002 - the whole answer is read here, always
        timeout: object = None,  # noqa: ARG002 - the rules have the say
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send once and read the whole answer, or raise. The client's own time-outs and redirects do not count."""
        self.forget_last()
        self._check_address(request.url or "")
        # What is checked before a request holds for so long only: its deadline counts from before the check.
        self._deadline.start(self._rules.total_seconds)
        self._rules.before_request()
        if (guard := getattr(self._local, "guard", None)) is not None:
            guard()
        try:
            response = super().send(
                request,
                stream=True,
                timeout=self._timeouts(),
                verify=self._rules.ca_file or verify,
                cert=cert,
                proxies=proxies,
            )
            body = self._read(response, into=self._into(request, response))
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise self._given_up(error) from error
        finally:
            self._deadline.end()
            self._last.sent = request.method if self._deadline.has_left else ""
        return self._checked(response, body, is_change=request.method not in READS)

    def last_sent(self) -> str:
        """The method of this thread's last request; "" when nothing of it left this machine."""
        return str(getattr(self._last, "sent", ""))

    @contextmanager
    def sent_before(self, moment: float) -> Iterator[None]:
        """Inside, nothing of this thread's is sent after this moment of `time.monotonic`, and no answer waited for."""
        before = self._deadline.latest()
        self._deadline.not_after(min(before, moment))
        try:
            yield
        finally:
            self._deadline.not_after(before)

    @contextmanager
    def guarded(self, guard: Callable[[], None]) -> Iterator[None]:
        """Inside, `guard` runs right before each request of this thread's leaves; what it raises keeps it here."""
        self._local.guard = guard
        try:
            yield
        finally:
            self._local.guard = None

    def forget_last(self) -> None:
        """From now on `last_sent` tells of what follows only."""
        self._last.sent = ""

    def _timeouts(self) -> tuple[float, float]:
        """Seconds to connect, and seconds of silence, in the order `requests` wants them."""
        total, read = self._rules.total_seconds, self._rules.read_seconds
        return min(CONNECT_SECONDS, total), total if read is None else min(read, total)

    def _check_address(self, url: str) -> None:
        try:
            outbound.check_can_call(url, configured=self._rules.configured, hosts=self._rules.hosts)
        except outbound.AddressRefused as error:
            raise AzureUnreadable(f"{self._service} pointed Slipway to another server. {error.sentence}") from error

    def _may_connect(self, scheme: str, host: str, port: int, address: str) -> bool:
        """Whether this address may stand behind this name: a private one only where somebody configured it."""
        shown = f"[{host}]" if ":" in host else host
        origin = outbound.origin(f"{scheme}://{shown}:{port}")
        is_configured = origin in {outbound.origin(url) for url in self._rules.configured}
        return is_configured or not outbound.is_private_address(address)

    def _into(self, request: requests.PreparedRequest, response: requests.Response) -> Into | None:
        """Who takes this body instead of us. The client's own questions, refusals and sign-in pages are read here."""
        into: Into | None = getattr(self._local, "into", None)
        is_asked = request.headers.get("Accept", "").startswith("text/plain")
        is_html = response.headers.get("Content-Type", "").lower().startswith("text/html")
        return into if is_asked and response.status_code == requests.codes.ok and not is_html else None

    def _read(self, response: requests.Response, *, into: Into | None = None) -> bytes:
        """The body, unpacked, piece by piece as it arrives; nothing where `into` took it."""
        pieces: list[bytes] = []
        take, most = (pieces.append, LARGEST_BYTES) if into is None else (into, LARGEST_POURED_BYTES)
        size = 0
        try:
            while piece := response.raw.read1(_PIECE, decode_content=True):
                take(piece)
                size += len(piece)
                if size > most:
                    raise AzureUnreadable(f"{self._service} sent more than {most // 1024**2} MB at once.")
                if self._deadline.is_over():
                    break
            if self._deadline.is_over():  # an answer cut there may look complete
                raise TimeoutError("the answer took too long")
            if response.raw.length_remaining:
                raise urllib3.exceptions.IncompleteRead(size, response.raw.length_remaining)
        except BaseException:
            response.raw.close()
            raise
        response.raw.release_conn()
        return b"".join(pieces)

    def _given_up(self, error: Exception) -> AzureError:
        if is_cut():
            return AzureStopped("Slipway was stopped while it asked.")
        total, has_left = self._rules.total_seconds, self._deadline.has_left
        if self._deadline.is_over() and has_left:
            return AzureNoAnswer(f"{self._service} did not finish within {total:.0f} s.")
        found = unanswered(error, service=self._service)
        if has_left and isinstance(found, AzureUnreachable):  # of TLS or a proxy, but it came after the request
            return AzureNoAnswer(f"{self._service} closed the connection before it answered.")
        if not has_left and not isinstance(found, AzureUnreachable):
            return AzureUnreachable(f"{self._service} cannot be reached: nothing could be sent within {total:.0f} s.")
        return found

    def _checked(self, response: requests.Response, body: bytes, *, is_change: bool) -> requests.Response:
        limits = limits_of(response.headers, now=time.time())
        self._rules.on_limits(limits)
        check_answer(
            response.status_code,
            headers=response.headers,
            body=body,
            limits=limits,
            service=self._service,
            is_change=is_change,
        )
        self._rules.on_body(body)
        response.raw = _Read(body)
        response._content = body  # or `requests` would read it again, ten kilobytes at a time
        response.headers.pop("Content-Encoding", None)
        response.headers.pop("Location", None)
        return response


class _Read(io.BytesIO):
    """A body that was read already, for clients that want to read it again (and set attributes on it)."""


class SignedOverWire:
    """The credential as the client wants it (msrest's `signed_session`), which also mounts the wire.

    The client makes sessions of its own where nobody can reach them; only the credential sees every one of them.
    """

    def __init__(self, authentication: Any, wire: Wire) -> None:
        self._authentication = authentication
        self._wire = wire

    def signed_session(self, session: requests.Session | None = None) -> requests.Session:
        """Called by the client before each request."""
        session = requests.Session() if session is None else session
        if session.adapters.get("https://") is not self._wire:
            session.mount("https://", self._wire)
            session.mount("http://", self._wire)
        try:
            signed: requests.Session = self._authentication.signed_session(session)
        except AzureError:
            raise
        except Exception as error:  # a credential may come from any library and fails in its own way
            raise CredentialRefused(f"No credential could be had: {first_line(error)}") from error
        return signed
