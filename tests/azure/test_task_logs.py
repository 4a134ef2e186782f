"""The log of a task is handed on piece by piece, under the rules that hold for every other answer."""

import gzip

import pytest

from releases.azure import wire
from releases.errors import AzureError, AzureNoAnswer, AzureUnreadable, CredentialRefused, NotThere
from tests.azure.conftest import Connected
from tests.azure.small_server import Answer, SmallServer, cut_off, drip_body, json_answer

TEXT = {"Content-Type": "text/plain; charset=utf-8"}
WHERE = ("Port", 7, 70, 700, 7000)


def test_a_log_comes_in_pieces_and_nothing_is_kept_of_it(server: SmallServer, connected: Connected) -> None:
    body = b"2026-03-02T12:00:00.0000000Z one line\r\n" * 20_000
    server.will(Answer(200, body, TEXT))
    pieces: list[bytes] = []
    assert connected.devops.task_log(*WHERE, into=pieces.append, start_line=3, end_line=9) == len(body)
    assert b"".join(pieces) == body
    assert len(pieces) > 2
    _, path, headers = server.asked[-1]
    address = "/Contoso/Port/_apis/Release/releases/7/environments/70/deployPhases/700/tasks/7000/logs"
    assert path == f"{address}?startLine=3&endLine=9"
    assert headers["Accept"].startswith("text/plain;api-version=7.1")


def test_a_packed_log_comes_unpacked(server: SmallServer, connected: Connected) -> None:
    server.will(Answer(200, gzip.compress(b"one\r\n" * 1000), {**TEXT, "Content-Encoding": "gzip"}))
    found = bytearray()
    connected.devops.task_log(*WHERE, into=found.extend)
    assert found == b"one\r\n" * 1000


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(200, b"<html>Sign In</html>", {"Content-Type": "text/html"}), CredentialRefused),
        (Answer(203, b"<html>Sign In</html>", TEXT), CredentialRefused),
        (json_answer({"message": "VS402973: There is no log."}, 404), NotThere),
        (Answer(503, b"busy", TEXT), AzureNoAnswer),
        (Answer(200, b"gzip", {**TEXT, "Content-Encoding": "gzip"}), AzureUnreadable),
        (Answer(behave=cut_off), AzureUnreadable),
    ],
)
def test_refusals_are_what_they_are_everywhere(
    answer: Answer, error: type[AzureError], server: SmallServer, connected: Connected
) -> None:
    server.will(answer)
    with pytest.raises(error):
        connected.devops.task_log(*WHERE, into=bytearray().extend)


def test_too_much_and_too_slow_end(server: SmallServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "LARGEST_POURED_BYTES", 500_000)
    hasty = Connected(server.url, seconds=1.0)
    server.will(Answer(200, b"x" * 600_000, TEXT), Answer(behave=drip_body))
    with pytest.raises(AzureUnreadable, match="sent more than"):
        hasty.devops.task_log(*WHERE, into=bytearray().extend)
    with pytest.raises(AzureNoAnswer, match="within 1 s"):
        hasty.devops.task_log(*WHERE, into=bytearray().extend)
    hasty.devops.close()


def test_other_questions_of_the_same_client_are_read_as_ever(server: SmallServer, connected: Connected) -> None:
    """Also the client's own, about where things are, which come in between."""
    server.will(Answer(200, b"one\r\n", TEXT), json_answer({"count": 0, "value": []}))
    connected.devops.task_log(*WHERE, into=bytearray().extend)
    assert connected.devops.releases("Port").items == []
