"""Puts the sandbox together: a host, the two servers, the thread that lets the company live.

Used by `__main__` and by tests that want it in their own process. Says in one sentence why it cannot start.
"""

import fcntl
import os
import sys
import tempfile
import threading
import traceback
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sandbox import ml, replay
from sandbox.devops.asking import MOST
from sandbox.hosts import Host, Living, Recorded
from sandbox.http import certificate, control, discovery
from sandbox.http.application import Application
from sandbox.http.counters import Counters
from sandbox.http.faults import FaultBook
from sandbox.http.routing import Router
from sandbox.http.server import Server
from sandbox.ml import arm

TICK = 0.2


class CannotStart(Exception):
    """Why, in a sentence for whoever started it."""


@dataclass(frozen=True)
class Options:
    """What the command line says. Port 0 = any free one; `latency` is in seconds per answer.

    `page`: entries of a list at most. Real pages are large; small ones show many of them with a short history.
    """

    port: int = 0
    ml_port: int = 0
    seed: int = 1
    releases: int = 600
    page: int = MOST
    latency: float = 0.0
    speed: float = 1.0
    state: Path | None = None
    scenario: str = "harbour"
    replay: Path | None = None


class Sandbox:
    """A sandbox in this process. `start` returns when it answers; `stop` returns within two seconds."""

    def __init__(self, options: Options) -> None:
        """Takes state and ports first and makes the company last; raises CannotStart, holding nothing then."""
        self.options = options
        self.faults, self.counters = FaultBook(), Counters()
        self._stopping = threading.Event()
        with ExitStack() as taken:
            directory = _state_directory(options.state, taken)
            self.certificate = certificate.in_directory(directory)
            self.devops = _bound(self._application(), port=options.port, taken=taken)
            azure_ml = self._application()
            azure_ml.refusal, azure_ml.unknown_path = arm.envelope, arm.unknown_path
            self.ml = _bound(azure_ml, port=options.ml_port, taken=taken, certificate=self.certificate)
            self.host = _host(options)
            self._held = taken.pop_all()
        self.devops.application.router = Router(self._devops_routes())
        azure_ml.router = Router(ml.routes(self.host))
        routes = self.devops.application.router.routes + azure_ml.router.routes
        self.faults.routes = frozenset(route.name for route in routes) | {"unknown"}
        self._clockwork = threading.Thread(target=self._live, name="clockwork", daemon=True)

    def __enter__(self) -> "Sandbox":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Answer and live from now on."""
        self.devops.start()
        self.ml.start()
        self._clockwork.start()

    def stop(self) -> None:
        """Answer nothing more, stop living, give back ports and directories."""
        self._stopping.set()
        if self._clockwork.is_alive():
            self._clockwork.join(timeout=1.0)
        self._held.close()

    def announcement(self) -> dict[str, Any]:
        """The start line: all that a supervisor or a test needs to use this sandbox."""
        facts, workspace = self.host.facts(), self.host.registry.workspace
        return {
            "ready": True,
            "pid": os.getpid(),
            "url": self.devops.url,
            "organization_url": f"{self.devops.url}/{facts['organization']}",
            **facts,
            "ml_url": self.ml.url,
            "ca_file": str(self.certificate.authority),
            "subscription": workspace.subscription,
            "resource_group": workspace.resource_group,
            "workspace": workspace.name,
            "scenario": "replay" if self.options.replay else self.options.scenario,
            "seed": self.options.seed,
        }

    def _application(self) -> Application:
        return Application(Router([]), self.faults, self.counters, latency=self.options.latency)

    def _devops_routes(self) -> list[Any]:
        books, advance = self.host.books, self.host.advance
        own = control.routes(
            faults=self.faults,
            counters=self.counters,
            books=books,
            advance=advance,
            serve=self._serve,
            act=self.host.colleague,
        )
        return [*own, *discovery.routes(), *self.host.routes()]

    def _serve(self, endpoint: str, deployed: bool) -> bool:
        return bool(self.host.act("serve", endpoint=endpoint, deployed=deployed))

    def _live(self) -> None:
        """The clockwork. A bug in one happening is told on stderr and does not stop the others."""
        while not self._stopping.wait(TICK):
            try:
                self.host.tick(datetime.now(UTC))
            except Exception:
                traceback.print_exc(file=sys.stderr)


def _host(options: Options) -> Host:
    try:
        if options.replay:
            return Recorded(options.replay)
        return Living(
            seed=options.seed,
            releases=options.releases,
            speed=options.speed,
            state=options.state,
            scenario=options.scenario,
            largest_page=options.page,
        )
    except (replay.Unreadable, ValueError, OSError) as error:
        raise CannotStart(str(error)) from error


def _state_directory(wanted: Path | None, taken: ExitStack) -> Path:
    """The directory for what is kept, locked so that no second sandbox writes there; without one, a passing one."""
    if wanted is None:
        return Path(taken.enter_context(tempfile.TemporaryDirectory(prefix="sandbox-")))
    try:
        wanted.mkdir(parents=True, exist_ok=True)
        lock = taken.enter_context((wanted / "sandbox.lock").open("w"))
    except OSError as error:
        raise CannotStart(f"The state directory {wanted} cannot be written: {error.strerror}.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise CannotStart(f"Another sandbox is using the state directory {wanted}.") from error
    return wanted


def _bound(
    application: Application, *, port: int, taken: ExitStack, certificate: certificate.Certificate | None = None
) -> Server:
    try:
        server = Server(application, port=port, tls=certificate.context() if certificate else None)
    except OSError as error:
        raise CannotStart(f"Port {port} on 127.0.0.1 is taken or not allowed: {error.strerror}.") from error
    except OverflowError as error:
        raise CannotStart(f"{port} is not a port.") from error
    taken.callback(server.stop)
    return server
