"""What goes over the wire: paths, parameters, tokens, credentials, and where requests may not go."""

import json
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import requests

from releases.azure.credentials import authentication, entra_authentication, secret
from releases.azure.devops import Access, DevOps
from releases.errors import AzureUnreachable, AzureUnreadable, CredentialRefused
from tests.azure.conftest import VARIABLE, Connected
from tests.azure.small_server import Answer, SmallServer, json_answer

NOON = datetime(2026, 3, 2, 12, 0, 0, 123_456, tzinfo=UTC)


def last_query(server: SmallServer) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(server.asked[-1][1]).query).items()}


def test_a_page_of_releases_is_asked_for_with_all_its_parameters(server: SmallServer, connected: Connected) -> None:
    connected.devops.releases(
        "Port Weather & more/x", top=50, token="41", min_created=NOON, definition_id=3, ids=[5, 6], ascending=False
    )
    path = urlsplit(server.asked[-1][1]).path
    assert unquote(path).endswith("/Contoso/Port Weather & more/x/_apis/Release/releases")
    assert "Port%20Weather%20%26%20more%2Fx" in path
    assert last_query(server) == {
        "$top": "50",
        "continuationToken": "41",
        "queryOrder": "descending",
        "minCreatedTime": "2026-03-02T12:00:00.123456Z",
        "definitionId": "3",
        "releaseIdFilter": "5,6",
        "$expand": "environments,artifacts,approvals,tags,variables",
        "isDeleted": "false",
    }


def test_one_release_is_asked_for_in_full(server: SmallServer, connected: Connected) -> None:
    body = {"id": 7, "name": "R", "createdOn": "2026-01-01T00:00:00Z", "releaseDefinition": {"id": 1}}
    server.will(json_answer(body))
    item = connected.devops.release("P", 7)
    assert (item.value.id, json.loads(item.raw)) == (7, body)
    assert urlsplit(server.asked[-1][1]).path.endswith("/_apis/Release/releases/7")
    assert last_query(server) == {"$expand": "tasks", "approvalFilters": "all"}


def test_deployments_are_asked_for_with_every_attempt(server: SmallServer, connected: Connected) -> None:
    connected.devops.deployments("P", min_modified=NOON)
    query = last_query(server)
    assert (query["latestAttemptsOnly"], query["minModifiedTime"]) == ("false", "2026-03-02T12:00:00.123456Z")


@pytest.mark.parametrize(("header", "token"), [("57", "57"), ("0", None), ("", None), ("Port Weather", "Port Weather")])
def test_the_token_of_the_next_page_comes_from_the_header(
    server: SmallServer, connected: Connected, header: str, token: str | None
) -> None:
    server.will(Answer(headers={"X-MS-ContinuationToken": header}))
    assert connected.devops.releases("P").token == token
    server.will(Answer())
    assert connected.devops.releases("P").token is None


def test_discovery_is_done_once(server: SmallServer, connected: Connected) -> None:
    for _ in range(3):
        connected.devops.releases("P")
    assert sum(path.startswith("OPTIONS") for path in server.paths) == 1
    assert sum("ResourceAreas" in path for path in server.paths) == 1


# Credentials


def test_a_personal_access_token_signs_every_request_as_basic(server: SmallServer, connected: Connected) -> None:
    connected.devops.releases("P")
    assert {headers.get("Authorization") for _, _, headers in server.asked} == {"Basic OmEtdG9rZW4tZm9yLXRlc3Rz"}


def test_a_token_is_read_from_the_file_that_the_variable_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-a-file\n")
    monkeypatch.setenv(f"{VARIABLE}_FILE", str(tmp_path / "token"))
    assert secret(VARIABLE) == "from-a-file"


@pytest.mark.parametrize("contents", [None, "", "two\nlines", "pa\u00df"])
def test_a_missing_or_broken_credential_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, contents: str | None
) -> None:
    if contents is not None:
        (tmp_path / "token").write_text(contents)
    monkeypatch.setenv(f"{VARIABLE}_FILE", str(tmp_path / "token"))
    with pytest.raises(CredentialRefused, match=VARIABLE) as raised:
        authentication("pat", VARIABLE)
    assert contents is None or contents == "" or contents not in raised.value.sentence


def test_the_default_variable_is_that_of_the_azure_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AZURE_DEVOPS_EXT_PAT", raising=False)
    with pytest.raises(CredentialRefused, match="AZURE_DEVOPS_EXT_PAT is not set"):
        authentication("pat")


class CountingCredential:
    """A credential as azure-identity makes them; each token is another one."""

    def __init__(self) -> None:
        self.scopes: list[str] = []

    def get_token(self, *scopes: str, **_: object) -> SimpleNamespace:
        self.scopes.extend(scopes)
        return SimpleNamespace(token=f"token-{len(self.scopes)}", expires_on=0)


def test_an_entra_token_is_asked_for_before_each_request(
    server: SmallServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    credential = CountingCredential()
    devops = DevOps(Access(server.url, entra_authentication(credential), total_seconds=5))
    devops.releases("P")
    devops.releases("P")
    devops.close()
    sent = [headers["Authorization"] for _, _, headers in server.asked]
    assert sent == [f"Bearer token-{n}" for n in range(1, len(sent) + 1)]
    assert set(credential.scopes) == {"499b84ac-1321-427f-aa17-267ca6975798/.default"}


def test_a_credential_that_fails_is_a_refused_credential(server: SmallServer) -> None:
    class Broken:
        def get_token(self, *_: str) -> None:
            raise RuntimeError("EnvironmentCredential: no tenant\nand a long story")

    devops = DevOps(Access(server.url, entra_authentication(Broken()), total_seconds=5))
    with pytest.raises(CredentialRefused, match=r"EnvironmentCredential: no tenant$"):
        devops.releases("P")
    assert server.asked == []


# Where requests may not go


def test_a_server_cannot_send_the_client_with_its_credential_elsewhere(server: SmallServer) -> None:
    areas = [{"id": "efc2f575-36ef-48e9-b672-0c6fb4a48ac5", "name": "Release", "locationUrl": "http://127.0.0.1:1/x"}]
    server.areas = areas
    with pytest.raises(AzureUnreadable, match="pointed Slipway to another server"):
        Connected(server.url).devops.releases("P")


def test_a_server_of_ones_own_cannot_send_the_client_to_microsoft_either(server: SmallServer) -> None:
    server.areas = [{"id": "00000000-0000-0000-0000-000000000001", "name": "Other", "locationUrl": server.url}]
    with pytest.raises(AzureUnreadable, match="pointed Slipway to another server"):
        Connected(server.url).devops.releases("P")


def test_a_redirect_is_not_followed(server: SmallServer, connected: Connected) -> None:
    connected.devops.releases("P")
    server.will(Answer(302, b"", {"Location": f"{server.url}/stolen"}))
    with pytest.raises(CredentialRefused):
        connected.devops.releases("P")
    assert not any("stolen" in path for path in server.paths)


def test_a_known_name_that_leads_into_a_private_network_is_not_talked_to(
    server: SmallServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name is allowed; only the address behind it, looked at on the open socket, gives it away."""
    resolve, port = socket.getaddrinfo, urlsplit(server.url).port
    monkeypatch.setattr("socket.getaddrinfo", lambda _host, _port, *more, **kw: resolve("127.0.0.1", port, *more, **kw))
    wire = Connected("https://dev.azure.com/Contoso").devops._wire
    with pytest.raises(AzureUnreachable, match="no connection could be made"):
        wire.send(requests.Request("GET", "https://vsrm.dev.azure.com/Contoso/_apis").prepare())
    assert server.asked == []


def test_start_up_does_not_load_the_azure_packages() -> None:
    program = (
        "import releases.azure.devops, releases.azure.ml, sys;"
        "print([m for m in ('azure.devops', 'azure.ai.ml', 'azure.identity', 'msrest') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
