"""The wire itself: requests as real clients send them, answers to the byte, an end without remains."""

import contextlib
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from sandbox.http import certificate
from sandbox.http.application import Application
from sandbox.http.messages import Refused, Request, Response, Route
from sandbox.http.routing import Router
from sandbox.http.server import Server
from tests.sandbox.conftest import Wire


def test_a_path_is_found_whatever_its_case_and_with_or_without_vsrm(wire: Wire) -> None:
    for path in ("/contoso/Ships/_apis/Release/releases/7", "/VSRM/Contoso/ships/_APIS/rElease/Releases/7/"):
        assert requests.get(wire.url + path, timeout=5).json()["id"] == 7


def test_named_parts_are_unquoted_and_query_keys_lower_cased(serve: Callable[..., Server]) -> None:
    def tell(request: Request) -> Response:
        return Response.json_of([request.route, request.query, request.first("$EXPAND"), request.base_url])

    server = serve([Route("GET", "/{org}/{project}/x", tell, "x")])
    url = f"{server.url}/o/Port%20Weather%2F1/x?$Expand=a%2Cb&top="
    route, query, expand, base = requests.get(url, timeout=5).json()
    assert route == {"org": "o", "project": "Port Weather/1"}
    assert query == {"$expand": ["a,b"], "top": [""]}
    assert (expand, base) == ("a,b", server.url)


def test_a_connection_serves_one_request_after_the_other(wire: Wire) -> None:
    one = "GET /c/p/_apis/release/releases/{} HTTP/1.1\r\nHost: x\r\n{}\r\n"
    answers = wire.raw(one.format(1, "") + one.format(2, "") + one.format(3, "Connection: close\r\n"))
    assert answers.count(b"HTTP/1.1 200 OK") == 3
    assert [answers.index(f'"Release-{n}"'.encode()) for n in (1, 2, 3)] == sorted(
        answers.index(f'"Release-{n}"'.encode()) for n in (1, 2, 3)
    )


def test_bodies_in_chunks_and_clients_that_wait_to_be_asked_are_understood(wire: Wire) -> None:
    head = "PATCH /c/p/_apis/release/approvals/9 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\n"
    body = '4\r\n{"a"\r\n5;ext=1\r\n: 1}\n\r\n0\r\n\r\n'
    answer = wire.raw(f"{head}Transfer-Encoding: chunked\r\n\r\n{body}")
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")
    assert json.loads(answer.split(b"\r\n\r\n")[-1]) == {"id": 9, "a": 1}


@pytest.mark.parametrize(
    "sent",
    [
        "nonsense\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    ],
)
def test_what_is_no_request_is_answered_with_400_and_the_end(wire: Wire, sent: str) -> None:
    assert wire.raw(sent).startswith(b"HTTP/1.1 400 ")


def test_a_refusal_has_the_envelope_of_azure_devops(serve: Callable[..., Server]) -> None:
    def refuse(_: Request) -> Response:
        raise Refused(404, "ReleaseNotFoundException", "VS402905: not here.")

    answer = requests.get(serve([Route("GET", "/x", refuse, "x")]).url + "/x", timeout=5)
    assert answer.status_code == 404
    told = answer.json()
    assert (told["typeKey"], told["errorCode"], told["message"]) == (
        "ReleaseNotFoundException",
        0,
        "VS402905: not here.",
    )


def test_an_unknown_path_is_plain_text_and_a_bug_is_an_error_of_the_server(
    serve: Callable[..., Server], capsys: pytest.CaptureFixture[str]
) -> None:
    def break_down(_: Request) -> Response:
        raise ZeroDivisionError("oh")

    server = serve([Route("GET", "/x", break_down, "x")])
    unknown = requests.get(server.url + "/y", timeout=5)
    assert (unknown.status_code, unknown.headers["Content-Type"]) == (404, "text/plain; charset=utf-8")
    assert "was not found or does not implement IController" in unknown.text
    assert requests.get(server.url + "/x", timeout=5).status_code == 500
    assert "ZeroDivisionError: oh" in capsys.readouterr().err


def test_a_page_of_megabytes_arrives_whole_over_eight_connections(serve: Callable[..., Server]) -> None:
    page = bytes(range(256)) * 10_000
    server = serve([Route("GET", "/page", lambda _: Response(body=page), "page")])
    got: list[bool] = []

    def read() -> None:
        with requests.Session() as session:
            got.extend(session.get(server.url + "/page", timeout=20).content == page for _ in range(3))

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert got == [True] * 24


def test_latency_is_added_to_each_answer_but_not_to_the_sandboxs_own_doors(serve: Callable[..., Server]) -> None:
    server = serve([Route("GET", "/x", lambda _: Response(), "x")], latency=0.15)
    with requests.Session() as session:
        own, other = (_seconds(session, server.url + path) for path in ("/_sandbox/health", "/x"))
    assert own < 0.1 <= 0.15 <= other


def _seconds(session: requests.Session, url: str) -> float:
    begun = time.monotonic()
    session.get(url, timeout=5)
    return time.monotonic() - begun


def test_stopping_ends_hanging_answers_and_frees_the_port(wire: Wire) -> None:
    wire.fault("hang", args={"seconds": 60})
    ended: list[float] = []

    def ask() -> None:
        with pytest.raises(requests.ConnectionError):
            wire.get()
        ended.append(time.monotonic())

    thread = threading.Thread(target=ask)
    thread.start()
    time.sleep(0.2)
    begun = time.monotonic()
    wire.server.stop()
    thread.join(timeout=5)
    assert ended
    assert ended[0] - begun < 1.0
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", wire.server.port)) != 0


def test_tls_is_trusted_through_the_ca_file_by_address_and_by_name(tmp_path: Path) -> None:
    made = certificate.in_directory(tmp_path)
    routes = [Route("GET", "/x", lambda request: Response.json_of(request.base_url), "x")]
    server = Server(Application(Router(routes)), tls=made.context())
    server.start()
    try:
        for host in ("127.0.0.1", "localhost"):
            url = f"https://{host}:{server.port}"
            assert requests.get(url + "/x", verify=str(made.authority), timeout=5).json() == url
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(server.url + "/x", timeout=5)
    finally:
        server.stop()


def test_stopping_closes_idle_tls_connections_too_and_what_is_no_tls_is_turned_away(tmp_path: Path) -> None:
    made = certificate.in_directory(tmp_path)
    server = Server(Application(Router([])), tls=made.context())
    server.start()
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\n\r\n")
        with contextlib.suppress(ConnectionResetError):
            assert plain.recv(100) == b""
    trust = ssl.create_default_context(cafile=str(made.authority))
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=5)
    with trust.wrap_socket(connection, server_hostname="localhost") as secure:
        secure.sendall(b"GET /x HTTP/1.1\r\n\r\n")
        assert secure.recv(20).startswith(b"HTTP/1.1 404")
        begun = time.monotonic()
        server.stop()
        with contextlib.suppress(ConnectionResetError, ssl.SSLEOFError):
            while secure.recv(1000):
                pass
        assert time.monotonic() - begun < 2


def test_the_certificate_stays_the_same_while_it_is_good_and_is_made_anew_when_not(tmp_path: Path) -> None:
    first = certificate.in_directory(tmp_path).authority.read_bytes()
    assert certificate.in_directory(tmp_path).authority.read_bytes() == first
    (tmp_path / "sandbox-server.pem").write_text("damaged")
    assert certificate.in_directory(tmp_path).authority.read_bytes() != first
    assert (tmp_path / "sandbox-server.pem").stat().st_mode & 0o077 == 0
