"""The demo's Azure: starts the sandbox on ports it keeps, waits for its start line, connects Slipway to it.

Connecting goes through `manage.py connect`, the door that everybody uses.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from releases.management.supervisor.ground import GroundMissing, listening
from releases.management.supervisor.programs import Program

PAT_VARIABLE = "SLIPWAY_DEMO_PAT"
PAT = "demo-" + "0" * 47
"""The sandbox takes any; the name of the variable is what Slipway stores."""


@dataclass(frozen=True)
class Company:
    """Which company the sandbox is, as `python -m sandbox` takes it."""

    seed: int
    releases: int
    speed: float


def program(folder: Path, logs: Path, company: Company) -> Program:
    """The sandbox as a program to keep running. Raises GroundMissing when a port it used before is taken."""
    folder.mkdir(parents=True, exist_ok=True)
    ports = _kept_ports(folder / "ports.json")
    command = [sys.executable, "-m", "sandbox", "--state", str(folder)]
    command += ["--port", str(ports["port"]), "--ml-port", str(ports["ml_port"])]
    command += ["--seed", str(company.seed), "--releases", str(company.releases), "--speed", f"{company.speed:g}"]
    announced = folder / "started.json"
    announced.unlink(missing_ok=True)
    return Program("sandbox", command, logs / "sandbox.log", output=announced)


def announcement(folder: Path) -> dict[str, Any] | None:
    """What the sandbox said when it was ready, or None until then."""
    try:
        line = (folder / "started.json").read_text()
    except FileNotFoundError:
        return None
    return json.loads(line) if line.endswith("\n") else None


def connect_command(said: dict[str, Any]) -> list[str]:
    """The `manage.py connect` for what the sandbox announced."""
    return [
        *[sys.executable, "manage.py", "connect"],
        *["--organization-url", said["organization_url"], "--project", said["project"]],
        *["--credential", f"pat:{PAT_VARIABLE}", "--ca-file", said["ca_file"]],
        *["--subscription", said["subscription"], "--resource-group", said["resource_group"]],
        *["--workspace", said["workspace"], "--resource-manager-url", said["ml_url"]],
    ]


def connect(said: dict[str, Any], *, log: Path, wait: Callable[..., bool]) -> bool:
    """Run it, keeping the programs watched meanwhile; True when it succeeded."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            connect_command(said), stdout=output, stderr=output, stdin=subprocess.DEVNULL, start_new_session=True
        )
    try:
        wait(seconds=120, done=lambda: process.poll() is not None)
    finally:
        process.kill()
        process.wait()
    return process.returncode == 0


def _kept_ports(file: Path) -> dict[str, int]:
    """The ports of the first start, so that the connection that was stored then still holds."""
    if file.exists():
        ports: dict[str, int] = json.loads(file.read_text())
        for port in ports.values():
            _require_free(port, file)
        return ports
    probes = [listening("127.0.0.1", 0) for _ in range(2)]
    port, ml_port = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    file.write_text(json.dumps({"port": port, "ml_port": ml_port}))
    return {"port": port, "ml_port": ml_port}


def _require_free(port: int, file: Path) -> None:
    try:
        listening("127.0.0.1", port).close()
    except GroundMissing:
        raise GroundMissing(
            f"Port {port}, which the demo's sandbox used before, is taken. Stop what uses it, or remove "
            f"{file.parent.parent} to begin a new demo."
        ) from None
