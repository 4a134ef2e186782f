"""A small list of releases behind the sandbox's wire, the recorded company, and the real clients that talk to them."""

import json
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from azure.devops.client import Client
from azure.devops.connection import Connection
from msrest.authentication import BasicAuthentication

from sandbox import replay
from sandbox.http import control, discovery
from sandbox.http.application import Application
from sandbox.http.counters import Counters
from sandbox.http.faults import FaultBook
from sandbox.http.messages import Request, Response, Route
from sandbox.http.routing import Router
from sandbox.http.server import Server

ORGANIZATION = "Contoso"


@dataclass
class Toy:
    """Releases 1 to 25, ten a page, oldest first; an approval that can be given again and again."""

    approved: list[str] = field(default_factory=list)

    def releases(self, request: Request) -> Response:
        first = int(request.first("continuationtoken", "1"))
        last = min(25, first + 9)
        response = Response.json_of({"count": last - first + 1, "value": [_release(n) for n in range(first, last + 1)]})
        if last < 25:
            response.headers["x-ms-continuationtoken"] = str(last + 1)
        return response

    def approve(self, request: Request) -> Response:
        self.approved.append(request.route["id"])
        return Response.json_of({"id": int(request.route["id"]), **request.json()}) if request.body else _done()

    def routes(self) -> list[Route]:
        path = "/{org}/{project}/_apis/Release"
        detail = Route(
            "GET",
            f"{path}/releases/{{release:int}}",
            lambda r: Response.json_of(_release(int(r.route["release"]))),
            "release",
        )
        log = Route("GET", f"{path}/log", lambda _: Response(body=b"line\n", content_type="text/plain"), "log")
        return [
            Route("GET", f"{path}/releases", self.releases, "releases"),
            detail,
            log,
            Route("PATCH", f"{path}/approvals/{{id:int}}", self._approve, "update_approval"),
        ]

    def _approve(self, request: Request) -> Response:
        response = self.approve(request)
        response.effect = "approve"
        return response


def _done() -> Response:
    return Response.json_of({})


def _release(number: int) -> dict[str, Any]:
    return {"id": number, "name": f"Release-{number}", "environments": [], "artifacts": []}


@dataclass
class Wire:
    """A server to be talked to over sockets, and the doors to its faults and counters."""

    server: Server
    session: requests.Session
    toy: Toy

    @property
    def url(self) -> str:
        return self.server.url

    def get(self, path: str = "releases", **options: Any) -> requests.Response:
        return self.session.get(self.address(path), timeout=10, allow_redirects=False, **options)

    def address(self, path: str) -> str:
        return f"{self.url}/vsrm/contoso/Ships/_apis/release/{path}"

    def fault(self, kind: str, **asked: Any) -> None:
        answer = self.session.post(f"{self.url}/_sandbox/faults", json={"kind": kind, **asked}, timeout=10)
        assert answer.status_code == 201, answer.text

    def told(self, door: str) -> Any:
        return self.session.get(f"{self.url}/_sandbox/{door}", timeout=10).json()

    def raw(self, text: str, *, timeout: float = 5.0) -> bytes:
        """Everything the server sends on a connection of its own until it closes it."""
        return exchanged(self.url, text.encode(), timeout=timeout)


def exchanged(url: str, sent: bytes, *, timeout: float = 5.0, tls: ssl.SSLContext | None = None) -> bytes:
    address = urlsplit(url)
    assert address.hostname
    with socket.create_connection((address.hostname, address.port or 80), timeout=timeout) as plain:
        connection = tls.wrap_socket(plain, server_hostname=address.hostname) if tls else plain
        connection.sendall(sent)
        pieces = []
        while piece := connection.recv(65_536):
            pieces.append(piece)
        return b"".join(pieces)


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Starts a server with these routes beside discovery and the control doors."""
    started: list[Server] = []

    def start(routes: list[Route], *, latency: float = 0.0) -> Server:
        faults, counters = FaultBook(), Counters()
        own = control.routes(faults=faults, counters=counters, books=dict, advance=None)
        router = Router([*own, *discovery.routes(), *routes])
        server = Server(Application(router, faults, counters, latency=latency))
        server.start()
        started.append(server)
        return server

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def wire(serve: Callable[..., Server]) -> Iterator[Wire]:
    """The toy behind the wire."""
    toy = Toy()
    with requests.Session() as session:
        yield Wire(serve(toy.routes()), session, toy)


@pytest.fixture
def recorded(serve: Callable[..., Server], samples: Path) -> Server:
    """The recorded real release behind the wire."""
    return serve(replay.routes(replay.Recording.read(samples / "azure-devops" / "real")))


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """The real client of Azure DevOps, its caches empty and its own retries off."""
    monkeypatch.setattr(Client, "_locations_cache", {})

    def connected(url: str) -> Any:
        client = Connection(f"{url}/{ORGANIZATION}", BasicAuthentication("", "pat")).clients_v7_1.get_release_client()
        client.config.retry_policy.retries = 0
        return client

    return connected


def fault(server: Server, kind: str, **asked: Any) -> None:
    """Set a fault through the sandbox's own door."""
    answer = requests.post(f"{server.url}/_sandbox/faults", data=json.dumps({"kind": kind, **asked}), timeout=10)
    assert answer.status_code == 201, answer.text
