"""What each way to fail becomes, with the real client over HTTP."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from releases.azure.devops import DevOps
from releases.errors import (
    AzureNoAnswer,
    AzureRefused,
    AzureThrottled,
    AzureUnreachable,
    AzureUnreadable,
    CredentialRefused,
    NotThere,
    PermissionMissing,
)
from tests.azure.conftest import Connected
from tests.azure.small_server import (
    Answer,
    SmallServer,
    cut_off,
    drip_body,
    drip_chunk_size,
    drip_headers,
    drip_packed,
    hang,
    json_answer,
    reset,
)
from tests.servers import free_port

HTML = {"Content-Type": "text/html; charset=utf-8"}
PAGE = b"<html><title>Sign In</title></html>"
ELSEWHERE = {**HTML, "Location": "https://spsprodeus.vssps.visualstudio.com/_signin"}


def envelope(status: int, type_key: str = "SomeException", message: str = "TF1: Nothing doing.") -> Answer:
    return json_answer(
        {"$id": "1", "innerException": None, "message": message, "typeKey": type_key, "errorCode": 0}, status
    )


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (Answer(203, PAGE, HTML), CredentialRefused, "auth_failed"),
        (
            Answer(302, b"", {**HTML, "Location": "https://spsprodeus.vssps.visualstudio.com/_signin"}),
            CredentialRefused,
            "auth_failed",
        ),
        (Answer(200, PAGE, HTML), CredentialRefused, "auth_failed"),
        (Answer(401, b""), CredentialRefused, "auth_failed"),
        (Answer(401, PAGE, HTML), CredentialRefused, "auth_failed"),
        (json_answer({"count": 0, "value": []}, 401), CredentialRefused, "auth_failed"),
        (envelope(401, "UnauthorizedRequestException"), CredentialRefused, "auth_failed"),
        (envelope(403, "AccessDeniedException"), PermissionMissing, "permission_missing"),
        (Answer(403, PAGE, HTML), PermissionMissing, "permission_missing"),
        (envelope(404, "ReleaseNotFoundException"), NotThere, "not_found"),
        (Answer(404, b"The controller for path", {"Content-Type": "text/plain"}), NotThere, "not_found"),
        (envelope(400), AzureRefused, "azure_refused"),
        (envelope(409), AzureRefused, "azure_refused"),
        (envelope(429), AzureThrottled, "throttled"),
        (Answer(503, b"", {"Retry-After": "3"}), AzureThrottled, "throttled"),
        (envelope(503), AzureNoAnswer, "no_answer"),
        (Answer(503, PAGE, HTML), AzureNoAnswer, "no_answer"),
        (Answer(503, b"\xef\xbb\xbf" + envelope(503).body), AzureNoAnswer, "no_answer"),
        (Answer(500, b""), AzureNoAnswer, "no_answer"),
        (Answer(408, b""), AzureNoAnswer, "no_answer"),
        (Answer(behave=reset), AzureNoAnswer, "no_answer"),
        (Answer(behave=cut_off), AzureUnreadable, "unreadable"),
        (Answer(body=b'{"count":1,"value":[{"id":1,"na'), AzureUnreadable, "unreadable"),
        (Answer(body=b"gzip", headers={"Content-Encoding": "gzip"}), AzureUnreadable, "unreadable"),
        (Answer(body=b"not json at all"), AzureUnreadable, "unreadable"),
        (Answer(body=b'{"value":"oops"}'), AzureUnreadable, "unreadable"),
        (Answer(204, b""), AzureUnreadable, "unreadable"),
        (Answer(body=b'{"a":' * 20_000 + b"1" + b"}" * 20_000), AzureUnreadable, "unreadable"),
    ],
)
def test_a_failure_becomes_one_error_with_a_sentence_and_is_not_repeated(
    server: SmallServer, connected: Connected, answer: Answer, error: type[AzureRefused], code: str
) -> None:
    server.will(answer)
    with pytest.raises(error) as raised:
        connected.devops.releases("Port Weather")
    assert (type(raised.value), raised.value.code) == (error, code)
    assert raised.value.sentence.endswith((".", '"', "?"))
    assert "Sign In" not in raised.value.sentence
    assert len([path for path in server.paths if "/releases" in path]) == 1


def test_azures_own_sentence_and_type_key_are_kept(server: SmallServer, connected: Connected) -> None:
    server.will(envelope(404, "ReleaseNotFoundException", "VS402905: Release 7\nis gone."))
    with pytest.raises(NotThere, match=r'It says: "VS402905: Release 7 is gone\."') as raised:
        connected.devops.release("Port Weather", 7)
    assert (raised.value.status, raised.value.type_key) == (404, "ReleaseNotFoundException")


def test_nobody_listening_is_unreachable() -> None:
    nobody = Connected(f"http://127.0.0.1:{free_port()}/Contoso")
    with pytest.raises(AzureUnreachable, match="refuses connections"):
        nobody.devops.connection_data()


def test_a_name_that_does_not_exist_is_unreachable() -> None:
    with pytest.raises(AzureUnreachable, match="name cannot be resolved"):
        Connected("https://nowhere.invalid/Contoso").devops.connection_data()


@pytest.mark.parametrize("behaviour", [hang, drip_body, drip_headers, drip_chunk_size, drip_packed])
def test_an_exchange_that_does_not_end_is_cut_at_its_deadline(server: SmallServer, behaviour: object) -> None:
    slow = Connected(server.url, seconds=0.6)
    slow.devops.releases("P")
    server.will(Answer(behave=behaviour))  # type: ignore[arg-type]
    began = time.monotonic()
    with pytest.raises(AzureNoAnswer):
        slow.devops.releases("P")
    assert time.monotonic() - began < 2
    slow.devops.close()


def test_an_answer_larger_than_allowed_is_not_read_to_its_end(
    server: SmallServer, connected: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("releases.azure.wire.LARGEST_BYTES", 1_000_000)
    server.will(Answer(body=b" " * 2_000_000))
    with pytest.raises(AzureUnreadable, match="more than"):
        connected.devops.releases("P")


@pytest.mark.parametrize(
    ("header", "expected"),
    [("7", 7.0), ("0.5", 0.5), ("99999999", 3600.0), ("-5", 30.0), ("soon", 30.0), ("", 30.0)],
)
def test_the_wait_azure_asks_for_is_in_seconds(
    server: SmallServer, connected: Connected, header: str, expected: float
) -> None:
    server.will(Answer(429, b"", {"Retry-After": header}))
    with pytest.raises(AzureThrottled) as raised:
        connected.devops.releases("P")
    assert raised.value.retry_after == expected


def test_a_wait_given_as_a_date_is_measured_by_the_servers_own_clock(server: SmallServer, connected: Connected) -> None:
    until = datetime.now(UTC) + timedelta(seconds=60)
    server.will(Answer(429, b"", {"Retry-After": format_datetime(until, usegmt=True)}))
    with pytest.raises(AzureThrottled) as raised:
        connected.devops.releases("P")
    assert raised.value.retry_after == pytest.approx(60, abs=2)


def test_limits_are_told_for_every_answer_also_good_ones(server: SmallServer, connected: Connected) -> None:
    connected.devops.releases("P")
    connected.limits.clear()
    headers = {
        "Retry-After": "3",
        "X-RateLimit-Remaining": "12",
        "X-RateLimit-Limit": "200",
        "X-RateLimit-Delay": "0.5",
    }
    server.will(Answer(headers={**headers, "X-RateLimit-Reset": "1770000000"}), Answer(503, headers=headers))
    connected.devops.releases("P")
    with pytest.raises(AzureThrottled):
        connected.devops.releases("P")
    good, bad = connected.limits
    assert (good.retry_after, good.remaining, good.limit, good.delay) == (3.0, 12, 200, 0.5)
    assert good.reset_at == datetime.fromtimestamp(1770000000, UTC)
    assert good.skew_seconds == pytest.approx(0, abs=2)
    assert bad.retry_after == 3.0


def test_the_gate_is_asked_before_each_request_and_may_hold_it_back(server: SmallServer) -> None:
    def closed() -> None:
        raise AzureThrottled("Wait.", retry_after=9)

    held = Connected(server.url, before_request=closed)
    with pytest.raises(AzureThrottled, match="Wait"):
        held.devops.releases("P")
    assert server.asked == []


def test_a_server_that_forgot_its_locations_is_asked_for_them_again(server: SmallServer, connected: Connected) -> None:
    release = server.locations.pop("a166fde7-27ad-408e-ba75-703c2cc9d500")
    with pytest.raises(AzureUnreadable, match="Is the address that of an organization"):
        connected.devops.releases("P")
    server.locations["a166fde7-27ad-408e-ba75-703c2cc9d500"] = release
    assert connected.devops.releases("P").items == []


def test_the_gate_and_the_deadline_hold_for_the_clients_own_discovery_too(server: SmallServer) -> None:
    asked: list[int] = []
    devops: DevOps = Connected(server.url, before_request=lambda: asked.append(1)).devops
    devops.releases("P")
    assert len(asked) == len(server.asked) >= 3
    devops.close()
