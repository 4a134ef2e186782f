"""Loads `azure-ai-ml`, late and tamed: one client per workspace, over our own wire. Used by `releases.azure.ml` only.

Each client adds a handler to a global logger for ever and a cloud's name can be pointed at one server only, once per
process: so clients are made once, and servers that are not Microsoft's get a name of their own.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import requests

from releases import outbound
from releases.azure.loading import loading
from releases.azure.wire import READS, Rules, Wire

CLOUDS = {
    "": "AzureCloud",
    "https://management.azure.com:443": "AzureCloud",
    "https://management.usgovcloudapi.net:443": "AzureUSGovernment",
    "https://management.chinacloudapi.cn:443": "AzureChinaCloud",
}
WORKSPACES_AT_MOST = 64


@dataclass(frozen=True)
class MlAccess:
    """How to reach one workspace. `credential` is what `credentials.token_credential` gives.

    Without `resource_manager_url` it is Microsoft's public cloud. `total_seconds` bounds one exchange, `read_seconds`
    each silence in it (None: the same).
    """

    subscription_id: str
    resource_group: str
    workspace: str
    credential: Any
    resource_manager_url: str = ""
    ca_file: str = ""
    total_seconds: float = 45.0
    read_seconds: float | None = None


@dataclass
class Client:
    """The real MLClient, and the bodies it was sent, thread by thread."""

    ml: Any
    wire: Wire
    bodies: "Bodies"


@dataclass
class Bodies:
    """Keeps the raw answers of one thread while it wants them."""

    _local: threading.local = field(default_factory=threading.local)

    def keep(self, body: bytes) -> None:
        """Called by the wire."""
        kept = getattr(self._local, "kept", None)
        if kept is not None:
            kept.append(body)

    @contextmanager
    def kept(self) -> Iterator[list[bytes]]:
        """The answers that arrive in this thread during the block."""
        self._local.kept = kept = list[bytes]()
        try:
            yield kept
        finally:
            self._local.kept = None


def client(access: MlAccess) -> Client:
    """The client for a workspace, made at first use (1.5 s, 100 MB the first time in a process); no request yet."""
    with loading():
        return _made(access)


@lru_cache(maxsize=WORKSPACES_AT_MOST)
def _made(access: MlAccess) -> Client:
    from azure.ai.ml import MLClient

    bodies = Bodies()
    wire, transport = over_wire(access, bodies)
    ml = MLClient(
        access.credential,
        access.subscription_id,
        access.resource_group,
        access.workspace,
        transport=transport,
        per_call_policies=[*plain_http(access), _no_waiting()],
        retry_total=0,
        enable_telemetry=False,
        show_progress=False,
        **_cloud(access),
    )
    _tame_loggers()
    return Client(ml, wire, bodies)


def over_wire(access: MlAccess, bodies: Bodies, *, service: str = "Azure ML") -> tuple[Wire, Any]:
    """Our wire to the resource manager, and the transport over it that a client of azure-core takes."""
    wire = _wire(access, bodies, service=service)
    session = requests.Session()
    session.mount("https://", wire)
    session.mount("http://", wire)
    return wire, _transport(session)


def _wire(access: MlAccess, bodies: Bodies, *, service: str) -> Wire:
    url = access.resource_manager_url
    is_microsofts = outbound.origin(url) in CLOUDS if url else True
    return Wire(
        Rules(
            configured=(url,) if url else (),
            hosts=outbound.AZURE_ML_HOSTS if is_microsofts else (),
            total_seconds=access.total_seconds,
            read_seconds=access.read_seconds,
            ca_file=access.ca_file,
            before_request=lambda: None,
            on_limits=lambda _: None,
            on_body=bodies.keep,
            service=service,
        )
    )


def _transport(session: requests.Session) -> Any:
    from azure.core.pipeline.transport import RequestsTransport

    class WireTransport(RequestsTransport):  # type: ignore[misc]
        """MLClient hands its own settings down to the transport, which would choke on them."""

        def send(self, request: Any, **settings: Any) -> Any:
            known = {name: value for name, value in settings.items() if name in ("stream", "proxies")}
            return super().send(request, **known)

    return WireTransport(session=session, session_owner=False)


def plain_http(access: MlAccess) -> list[Any]:
    """A fresh list per client, because the SDK appends to it. Plain http is for a server on this machine only."""
    if not access.resource_manager_url.startswith("http://"):
        return []
    from azure.core.pipeline.policies import SansIOHTTPPolicy

    class AllowHttp(SansIOHTTPPolicy[Any, Any]):
        def on_request(self, request: Any) -> None:
            request.context.options["enforce_https"] = False

    return [AllowHttp()]


class Taken(Exception):
    """Azure ML took a change. The client would go on to ask how it goes, every half minute, in a thread of its own."""


def _no_waiting() -> Any:
    from azure.core.pipeline.policies import SansIOHTTPPolicy

    class NoWaiting(SansIOHTTPPolicy[Any, Any]):
        """Ends the client's call where a change was taken: nobody here waits for what comes of it."""

        def on_response(self, request: Any, response: Any) -> None:  # noqa: ARG002 - the SDK's own signature
            if request.http_request.method not in READS:
                raise Taken

    return NoWaiting()


def _cloud(access: MlAccess) -> dict[str, Any]:
    """Which cloud, always said, because otherwise the process's last one would count."""
    url = access.resource_manager_url.rstrip("/")
    origin = outbound.origin(url) or ""
    if origin in CLOUDS:
        return {"cloud": CLOUDS[origin]}
    metadata = {
        "azure_portal": "https://portal.azure.com/",
        "resource_manager": url,
        "active_directory": "https://login.microsoftonline.com/",
        "aml_resource_id": "https://ml.azure.com/",
        "storage_endpoint": "core.windows.net",
        "registry_discovery_endpoint": f"{url}/",
    }
    return {"cloud": f"slipway {origin}", "cloud_metadata": metadata}


def _tame_loggers() -> None:
    """The package logs to stderr by itself, and at INFO lists every request with its headers."""
    own = logging.getLogger("azure.ai.ml")
    own.handlers.clear()
    own.propagate = True
    from azure.ai.ml._telemetry.logging_handler import AML_INTERNAL_LOGGER_NAMESPACE

    for name in ("azure.ai.ml", "azure"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # This one tells of every call (it takes the level INFO whenever a client is made), and of a compute that is not
    # there as of an error. What is one, we raise.
    logging.getLogger(AML_INTERNAL_LOGGER_NAMESPACE.rstrip(".")).setLevel(logging.CRITICAL)
