"""A small server, the real client pointed at it, and nothing remembered from one test to the next."""

from collections.abc import Iterator
from typing import Any

import pytest

from releases.azure import sdk
from releases.azure.credentials import authentication
from releases.azure.devops import Access, DevOps
from releases.azure.throttle import Limits
from tests.azure.small_server import SmallServer, small_server

VARIABLE = "SLIPWAY_TEST_PAT"


class Connected:
    """The real client on one server; remembers the limits it was told."""

    def __init__(self, url: str, *, seconds: float = 5.0, **more: Any) -> None:
        self.limits: list[Limits] = []
        access = Access(url, authentication("pat", VARIABLE), total_seconds=seconds)
        self.devops = DevOps(access, on_limits=self.limits.append, **more)


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "a-token-for-tests")


@pytest.fixture
def server() -> Iterator[SmallServer]:
    """A small server on a free port, whose locations no earlier test has taught the client."""
    sdk.forget_locations()
    with small_server() as running:
        yield running


@pytest.fixture
def connected(server: SmallServer) -> Iterator[Connected]:
    """The client, which closes its connections in the end."""
    made = Connected(server.url)
    yield made
    made.devops.close()
