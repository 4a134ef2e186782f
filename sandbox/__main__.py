"""`python -m sandbox`: reads the command line, prints one JSON line when ready, runs until SIGTERM or SIGINT."""

import argparse
import json
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from sandbox.process import CannotStart, Options, Sandbox


def main(arguments: Sequence[str] | None = None) -> int:
    """0 after a clean stop, 1 when it could not start (the reason is one sentence on stderr)."""
    options = _options(arguments)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    try:
        sandbox = Sandbox(options)
    except CannotStart as error:
        sys.stderr.write(f"sandbox: {error}\n")
        return 1
    with sandbox:
        sys.stdout.write(json.dumps(sandbox.announcement()) + "\n")
        sys.stdout.flush()
        stopped.wait()
    return 0


def _options(arguments: Sequence[str] | None) -> Options:
    usual = Options()
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A small Azure on 127.0.0.1.")
    parser.add_argument("--port", type=int, required=True, help="Azure DevOps over HTTP; 0 = any free port")
    parser.add_argument("--ml-port", type=int, default=0, help="Azure ML over HTTPS; 0 (the default) = any free port")
    parser.add_argument("--seed", type=int, default=usual.seed, help="the same seed gives the same history")
    parser.add_argument("--releases", type=int, default=usual.releases, help="how many releases the history has")
    parser.add_argument("--page", type=int, default=usual.page, help="how many entries a list gives at most")
    parser.add_argument("--latency-ms", type=float, default=0.0, help="time added to each answer")
    parser.add_argument("--speed", type=float, default=usual.speed, help="how much faster than real life goes on")
    parser.add_argument("--state", type=Path, help="directory in which the company survives a restart")
    parser.add_argument("--scenario", default=usual.scenario, help="which company")
    parser.add_argument("--replay", type=Path, help="directory of recorded answers (release_*.json) to serve instead")
    said = parser.parse_args(arguments)
    if said.page < 1:
        parser.error("--page must be positive")
    if said.speed <= 0 or said.latency_ms < 0 or said.releases < 0:
        parser.error("--speed must be positive, --latency-ms and --releases not negative")
    return Options(
        port=said.port,
        ml_port=said.ml_port,
        seed=said.seed,
        releases=said.releases,
        page=said.page,
        latency=said.latency_ms / 1000,
        speed=said.speed,
        state=said.state,
        scenario=said.scenario,
        replay=said.replay,
    )


if __name__ == "__main__":
    sys.exit(main())
