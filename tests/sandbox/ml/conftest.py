"""One server over TLS, and a fresh registry behind it for each test."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox import ml
from sandbox.company.registry import (
    Registry,
)
from sandbox.http import certificate
from sandbox.http.application import Application
from sandbox.http.routing import Router
from sandbox.http.server import Server
from sandbox.ml import arm
from tests.sandbox.ml.registry import Holder, client_of, made_registry


@pytest.fixture(scope="package")
def certificate_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificate")


@pytest.fixture(scope="package")
def server(certificate_folder: Path) -> Iterator[Server]:
    made = certificate.in_directory(certificate_folder)
    started = Server(Application(Router([])), tls=made.context())
    started.application.refusal, started.application.unknown_path = arm.envelope, arm.unknown_path
    started.start()
    yield started
    started.stop()


@pytest.fixture
def registry(server: Server) -> Registry:
    """A fresh registry behind the one server: MLClient can be pointed only once per process and cloud name."""
    registry = made_registry()
    server.application.router = Router(ml.routes(Holder(registry)))
    server.application.faults.clear()
    server.application.counters.clear()
    return registry


@pytest.fixture(scope="package")
def ca_file(server: Server, certificate_folder: Path) -> Path:
    return certificate_folder / "sandbox-ca.pem"


@pytest.fixture(scope="package")
def everywhere(server: Server, ca_file: Path) -> Any:
    return client_of(server, ca_file)


@pytest.fixture
def client(everywhere: Any, registry: Registry) -> Any:
    return everywhere
