"""`python -m sandbox` as a process: its start line, its clear refusals, its clean end."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 30


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    folder = tmp_path / "recording"
    folder.mkdir()
    (folder / "release_3.json").write_text('{"id": 3, "name": "R3"}')
    return folder


def _command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "sandbox", *(str(one) for one in arguments)]


@contextmanager
def _started(*arguments: object) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    process = subprocess.Popen(
        _command(*arguments), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()  # ends at the latest when the process does
        yield process, json.loads(line)
    finally:
        process.kill()
        process.communicate(timeout=10)


def _refused(*arguments: object) -> tuple[int, str]:
    ended = subprocess.run(_command(*arguments), cwd=ROOT, capture_output=True, text=True, timeout=START_SECONDS)
    return ended.returncode, ended.stderr


def test_the_start_line_says_all_that_a_client_needs(recording: Path) -> None:
    with _started("--port", 0, "--replay", recording) as (process, said):
        assert said["pid"] == process.pid
        assert said["scenario"] == "replay"
        release = requests.get(f"{said['organization_url']}/{said['project']}/_apis/Release/releases/3", timeout=5)
        assert release.json()["name"] == "R3"
        path = "/subscriptions/{subscription}/resourceGroups/{resource_group}/providers/"
        path += "Microsoft.MachineLearningServices/workspaces/{workspace}"
        workspace = requests.get(
            said["ml_url"] + path.format(**said), headers={"Authorization": "x"}, verify=said["ca_file"], timeout=5
        )
        assert workspace.json()["name"] == said["workspace"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_within_two_seconds_even_with_a_hanging_answer(recording: Path, number: signal.Signals) -> None:
    with _started("--port", 0, "--replay", recording) as (process, said):
        hang = {"kind": "hang", "args": {"seconds": 60}}
        requests.post(f"{said['url']}/_sandbox/faults", json=hang, timeout=5)
        port = int(said["url"].rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=5) as hanging:
            hanging.sendall(b"GET /x HTTP/1.1\r\n\r\n")
            time.sleep(0.2)
            begun = time.monotonic()
            os.kill(process.pid, number)
            assert process.wait(timeout=5) == 0
            assert time.monotonic() - begun < 2
            assert hanging.recv(1) == b""
        assert not Path(said["ca_file"]).exists()


def test_a_taken_port_is_one_sentence(recording: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, said = _refused("--port", port, "--replay", recording)
        assert (code, said.count("\n")) == (1, 1)
        assert f"Port {port} on 127.0.0.1 is taken" in said
        assert _refused("--port", 0, "--ml-port", port, "--replay", recording)[0] == 1


def test_an_unknown_scenario_names_the_known_ones() -> None:
    code, said = _refused("--port", 0, "--scenario", "atlantis")
    assert (code, said.count("\n")) == (1, 1)
    assert "atlantis" in said
    assert "harbour" in said


def test_a_state_directory_that_cannot_be_written_is_one_sentence(recording: Path) -> None:
    file = recording / "release_3.json"
    code, said = _refused("--port", 0, "--replay", recording, "--state", file / "below")
    assert (code, said.count("\n")) == (1, 1)
    assert "cannot be written" in said


def test_a_directory_without_recordings_is_one_sentence(tmp_path: Path) -> None:
    code, said = _refused("--port", 0, "--replay", tmp_path / "absent")
    assert (code, said.count("\n")) == (1, 1)
    assert "holds no recorded release" in said


def test_numbers_that_make_no_sense_are_refused() -> None:
    assert _refused("--port", 0, "--speed", 0)[0] == 2
    assert _refused("--port", 0, "--page", 0)[0] == 2
    assert _refused("--port", 70_000, "--replay", ROOT)[1].startswith("sandbox: 70000 is not a port")


def test_a_state_directory_serves_one_sandbox_and_keeps_its_certificate(recording: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    with _started("--port", 0, "--replay", recording, "--state", state) as (_, said):
        authority = Path(said["ca_file"]).read_bytes()
        code, refusal = _refused("--port", 0, "--replay", recording, "--state", state)
        assert code == 1
        assert "Another sandbox is using" in refusal
    with _started("--port", 0, "--replay", recording, "--state", state) as (_, again):
        assert again["ca_file"] == said["ca_file"]
        assert Path(again["ca_file"]).read_bytes() == authority
