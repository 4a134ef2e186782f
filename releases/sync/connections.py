"""Opens Azure DevOps for an organization: one client per thread, all behind the organization's gate.

Called by the passes and by whoever else of `sync` asks Azure DevOps. Knows nothing of what is asked.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Self, TypeVar

from releases.azure.credentials import authentication
from releases.azure.devops import Access, DevOps
from releases.models import Organization
from releases.sync.gate import Gate

T = TypeVar("T")

SYNC_SECONDS = 45.0
"""Total deadline of one request, so that a drip is cut."""


def access(organization: Organization, *, seconds: float) -> Access:
    """How to reach the organization; `seconds` bound one whole exchange.

    Raises CredentialRefused when the named variable holds no credential.
    """
    return Access(
        organization_url=organization.url,
        authentication=authentication(organization.credential_kind, organization.credential_variable),
        ca_file=organization.ca_file,
        total_seconds=seconds,
    )


def _nothing() -> None:
    return None


@dataclass
class Calls:
    """Up to `width` requests at once to one organization. A context manager; leaving it ends its threads.

    `guard` runs right before each request leaves, in the thread that asks; what it raises keeps the request here.
    """

    organization: Organization
    width: int
    seconds: float = field(default_factory=lambda: SYNC_SECONDS)
    guard: Callable[[], None] = _nothing
    gate: Gate = field(init=False)
    requests: int = 0
    _local: threading.local = field(default_factory=threading.local)
    _count: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.gate = Gate(self.organization.pk)
        self._access = access(self.organization, seconds=self.seconds)
        self._threads = ThreadPoolExecutor(self.width, thread_name_prefix="azure")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._threads.shutdown(wait=kind is None, cancel_futures=True)
        self.gate.save_limits()

    def asked_at(self) -> datetime:
        """The database's time now; raises AzureThrottled while nobody may ask. Call it before each request."""
        now = self.gate.look()
        self.gate.check()
        return now

    def here(self) -> DevOps:
        """This thread's client."""
        if not hasattr(self._local, "devops"):
            self._local.devops = DevOps(self._access, on_limits=self.gate.heard, before_request=self._before)
        devops: DevOps = self._local.devops
        return devops

    def elsewhere(self, ask: Callable[[DevOps], T]) -> "Future[T]":
        """Ask in another thread; `ask` must not touch the database."""
        return self._threads.submit(lambda: ask(self.here()))

    def taken(self) -> int:
        """How many requests left since this was last asked."""
        with self._count:
            count, self.requests = self.requests, 0
        return count

    def _before(self) -> None:
        self.gate.check()
        self.guard()
        with self._count:
            self.requests += 1
