"""The real, unmodified azure-devops client against the wire: how it finds its way, and what faults look like to it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from azure.devops.connection import Connection
from azure.devops.exceptions import (
    AzureDevOpsAuthenticationError,
    AzureDevOpsClientRequestError,
    AzureDevOpsServiceError,
)
from azure.devops.released.client_factory import ClientFactory
from msrest.authentication import BasicAuthentication
from msrest.exceptions import ClientRequestError

from sandbox.http.server import Server
from tests.sandbox.conftest import ORGANIZATION, fault

Connect = Callable[[str], Any]


def _asked(server: Server) -> list[tuple[str, str]]:
    return [
        (one["method"], one["path"])
        for one in requests.get(f"{server.url}/_sandbox/requests", timeout=5).json()["recent"]
    ]


def test_the_client_finds_releases_on_their_own_host(recorded: Server, connect: Connect) -> None:
    connect(recorded.url).get_release("Ships", 178)
    assert _asked(recorded) == [
        ("OPTIONS", "/contoso/_apis"),
        ("GET", "/Contoso/_apis/ResourceAreas"),
        ("OPTIONS", "/vsrm/contoso/_apis"),
        ("GET", "/vsrm/Contoso/Ships/_apis/Release/releases/178"),
    ]


def test_the_preview_version_travels_in_accept(recorded: Server, connect: Connect) -> None:
    client = connect(recorded.url)
    sent: list[str] = []
    client.config.hooks.append(lambda response, *_, **__: sent.append(response.request.headers["Accept"]))
    client.get_release("Ships", 178)
    assert sent[-1] == "application/json;api-version=7.1-preview.8"


def test_the_released_client_is_answered_too(recorded: Server, connect: Connect) -> None:
    connect(recorded.url)
    connection = Connection(f"{recorded.url}/{ORGANIZATION}", BasicAuthentication("", "pat"))
    assert isinstance(connection.clients, ClientFactory)
    assert connection.clients.get_release_client().get_release("Ships", 178).name == "Release-132"


def test_every_release_call_of_the_client_has_its_location(recorded: Server, connect: Connect) -> None:
    import azure.devops.v7_1.release.release_client as module

    source = Path(module.__file__).read_text()
    wanted = {part.split("'")[1] for part in source.split("location_id=")[1:]}
    known = {row["id"] for row in requests.options(f"{recorded.url}/vsrm/contoso/_apis", timeout=5).json()["value"]}
    unserved = {  # attachments are served by nobody here
        "60b86efb-7b8c-4853-8f9f-aa142b77b479",
        "214111ee-2415-4df2-8ed2-74417f7d61f9",
        "c4071f6d-3697-46ca-858e-8b10ff09e52f",
    }
    assert wanted - known <= unserved
    assert all(one == one.lower() for one in known)


@pytest.mark.parametrize(
    ("kind", "args", "raised"),
    [
        ("unauthorized", {}, AzureDevOpsServiceError),
        ("unauthorized", {"shape": "html"}, AzureDevOpsAuthenticationError),
        ("unauthorized", {"shape": "empty"}, AzureDevOpsAuthenticationError),
        ("forbidden", {}, AzureDevOpsServiceError),
        ("deleted", {}, AzureDevOpsServiceError),
        ("not_found", {"shape": "text"}, AzureDevOpsClientRequestError),
        ("unavailable", {}, ClientRequestError),  # of a 503, urllib3 keeps neither status nor body
        ("throttle", {}, AzureDevOpsServiceError),
        ("truncated", {}, requests.exceptions.ChunkedEncodingError),
        ("drop", {}, ClientRequestError),
        ("apply_then_drop", {}, ClientRequestError),
    ],
)
def test_what_the_client_raises(
    recorded: Server, connect: Connect, kind: str, args: dict[str, Any], raised: type[Exception]
) -> None:
    client = connect(recorded.url)
    client.get_release("Ships", 178)
    fault(recorded, kind, route="releases.get", args=args)
    with pytest.raises(raised) as caught:
        client.get_release("Ships", 178)
    assert type(caught.value) is raised
    assert client.get_release("Ships", 178).id == 178


@pytest.mark.parametrize(("kind", "args"), [("sign_in", {}), ("html", {}), ("truncated", {"how": "string"})])
def test_html_and_cut_strings_are_not_deserialised(
    recorded: Server, connect: Connect, kind: str, args: dict[str, Any]
) -> None:
    client = connect(recorded.url)
    client.get_release("Ships", 178)
    fault(recorded, kind, route="releases.get", args=args)
    with pytest.raises(Exception, match=r"JSON|deserial|Expecting|Unterminated") as caught:
        client.get_release("Ships", 178)
    assert type(caught.value).__name__ in ("DeserializationError", "DecodeError")


@pytest.mark.parametrize(
    ("envelope", "raised"),
    [(True, AzureDevOpsServiceError), ("bom", AzureDevOpsServiceError), (False, AzureDevOpsClientRequestError)],
)
def test_a_client_that_takes_503_as_it_comes_reads_its_envelope(
    recorded: Server, connect: Connect, envelope: object, raised: type[Exception]
) -> None:
    client = connect(recorded.url)
    client.config.retry_policy.policy.status_forcelist = []
    client.get_release("Ships", 178)
    fault(recorded, "unavailable", route="releases.get", args={"envelope": envelope})
    with pytest.raises(raised) as caught:
        client.get_release("Ships", 178)
    assert type(caught.value) is raised


def test_one_malformed_release_costs_the_models_of_the_client_the_whole_page(
    recorded: Server, connect: Connect
) -> None:
    fault(recorded, "malformed", route="releases.list")
    with pytest.raises(Exception, match="ReleaseEnvironment") as caught:
        connect(recorded.url).get_releases("Ships")
    assert type(caught.value).__name__ == "DeserializationError"
