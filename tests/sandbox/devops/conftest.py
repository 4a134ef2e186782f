"""The living company, and the real client that talks to it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from sandbox.http.server import Server
from tests.sandbox.living import Harbour, opened


@pytest.fixture
def harbour(serve: Callable[..., Server]) -> Iterator[Harbour]:
    with requests.Session() as session:
        yield opened(serve, session)


@pytest.fixture
def client(harbour: Harbour, connect: Callable[[str], Any]) -> Any:
    return connect(harbour.server.url)
