"""A log is taken in as it arrives: whole up to a size, else its head and its tail; secrets masked, lines kept apart."""

from hashlib import sha256
from typing import Any

import pytest

from releases.models import StepLogPart
from releases.models.logs import unpacked
from releases.sync.logs import receiving
from releases.sync.logs.masking import Masker
from releases.sync.logs.receiving import Received, Receiver

CANARY = "canary7d1f2c9e0b"


def received(body: bytes, *, pieces: int = 7, **more: Any) -> Received:
    """What is kept of these bytes, which come in pieces of so many."""
    receiver = Receiver(has_failed=True, **more)
    for at in range(0, len(body), pieces):
        receiver(body[at : at + pieces])
    return receiver.finish()


def kept(found: Received) -> str:
    return "".join(unpacked(part.body) for part in found.parts)


@pytest.mark.parametrize(
    ("body", "text", "lines"),
    [
        (b"one\r\ntwo\r\n", "one\ntwo\n", 2),
        (b"one\ntwo", "one\ntwo\n", 2),
        (b"\xef\xbb\xbfone\r\n", "one\n", 1),
        (b"", "", 0),
        (b"\n\r\n", "\n\n", 2),
        ("Åsa € \U0001f680\r\n".encode(), "Åsa € \U0001f680\n", 1),
        (b"a\xff\xfeb\r\n", "a\ufffd\ufffdb\n", 1),
        (b"cut \xe2\x82", "cut \ufffd\n", 1),
        (b"a\0b\r\n", "a\u2400b\n", 1),
        (b"10 %\r60 %\r\nnext\r\n", "10 %\r60 %\nnext\n", 2),
    ],
)
@pytest.mark.parametrize("pieces", [1, 7, 1000])
def test_lines_are_kept_as_they_were_written(body: bytes, text: str, lines: int, pieces: int) -> None:
    found = received(body, pieces=pieces)
    assert kept(found) == text
    assert (found.line_count, found.received_bytes, found.left_out_lines) == (lines, len(body), 0)
    assert found.received_sha256 == sha256(body).hexdigest()
    assert found.kept_sha256 == sha256(text.encode()).hexdigest()


def test_of_a_log_that_is_too_large_head_and_tail_are_kept_with_what_is_between(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(receiving, "PART_LINES", 10)
    body = b"".join(b"line %5d of many\r\n" % number for number in range(1, 1001))
    found = received(body, most=4000, pieces=100)
    assert found.line_count == 1000
    assert 3000 < found.kept_bytes <= 4400
    assert found.head_lines + found.left_out_lines < 1000
    first_of_tail = next(part for part in found.parts if part.first_line > found.head_lines)
    assert first_of_tail.first_line == found.head_lines + found.left_out_lines + 1
    text = kept(found)
    assert text.startswith("line     1 of many\n")
    assert text.endswith("line  1000 of many\n")
    assert f"line {found.head_lines:>5} of many\nline {first_of_tail.first_line:>5} of many\n" in text
    assert found.kept_bytes + found.left_out_bytes == len(body) - 1000  # without the carriage returns


def test_a_line_without_end_is_kept_as_far_as_it_makes_sense() -> None:
    found = received(b"x" * 3_000_000 + b"\r\nnext\r\n", pieces=100_000)
    lines = kept(found).split("\n")
    assert len(lines[0]) < receiving.LONGEST_LINE + 60
    assert lines[0].endswith("[Slipway left out 1,951,425 letters]")
    assert lines[1] == "next"
    million = received(b"y" * 1_000_000 + b"\n", pieces=100_000)
    assert kept(million) == "y" * 1_000_000 + "\n"


SECRETS = [
    f"password={CANARY}",
    f"az login --service-principal -u app -p x --client-secret {CANARY} --tenant t",
    f'"apiKey": "{CANARY}"',
    f"DB_PASSWORD: {CANARY}",
    f"https://user:{CANARY}@host.example/x",
    f"Authorization: Bearer {CANARY}{CANARY}",
    f"AccountKey={CANARY}/{CANARY}==;EndpointSuffix=core.windows.net",
    f"eyJhbGciOiJIUzI1NiJ9.{CANARY}.sig",
    f"##[command]export GITHUB_TOKEN={CANARY}",
    "ghp_" + CANARY * 2,
]


@pytest.mark.parametrize("line", SECRETS)
def test_secrets_are_masked_before_anything_is_stored(line: str) -> None:
    found = received(f"before\r\n{line}\r\nafter\r\n".encode())
    text = kept(found)
    assert CANARY not in text
    assert "[masked]" in text
    assert text.count("\n") == 3
    assert found.received_sha256 != found.kept_sha256


def test_a_private_key_is_masked_line_by_line_also_across_parts() -> None:
    masker = Masker()
    first = masker.masked(f"x\n-----BEGIN RSA PRIVATE KEY-----\n{CANARY}\n")
    second = masker.masked(f"{CANARY}\n-----END RSA PRIVATE KEY-----\nafter\n")
    assert first + second == "x\n[masked]\n[masked]\n[masked]\n[masked]\nafter\n"


@pytest.mark.parametrize(
    "line",
    [
        "secret of service connection harbour-mlops: ***",
        "az deploy --token ***",
        "token: $(System.AccessToken)",
        "Reading key vault harbour-kv",
        "tokenizer: loaded in 3 s",
        "password: null",
        "Downloading keyring-24.3.0-py3-none-any.whl",
    ],
)
def test_what_is_no_secret_stays(line: str) -> None:
    assert Masker().masked(line) == line


def test_parts_say_which_lines_they_hold() -> None:
    found = received(b"x\n" * 4500, pieces=1000)
    assert [(part.first_line, part.line_count) for part in found.parts] == [(1, 2000), (2001, 2000), (4001, 500)]
    assert StepLogPart(body=found.parts[2].body).text == "x\n" * 500
    assert sum(len(part.body) for part in found.parts) < 500
