"""The demo that browser tests share: `python -m tests.up.demo COMMAND...` runs the command with TEST_DEMO set.

It starts with the command and reads its history meanwhile; a test waits for it. It is gone when the command ends.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.servers import die_with_us, wait_until
from tests.up.running import Product, up

START_SECONDS = 120
HISTORY_SECONDS = 180
RELEASES = 120
STILL_READING = "lder releases may still be missing"
SHARED = "TEST_DEMO"


@contextmanager
def started() -> Iterator[Product]:
    """The product with its small Azure, from its first moment on."""
    with (
        tempfile.TemporaryDirectory(prefix="slipway-demo-") as folder,
        up(Path(folder) / "var", "--demo", "--releases", str(RELEASES)) as run,
    ):
        yield run


@contextmanager
def with_history() -> Iterator[Product]:
    """The demo after its history was read in: the one that TEST_DEMO names, or one of our own."""
    if SHARED in os.environ:
        var, printed = os.environ[SHARED].split(os.pathsep)
        yield _read_in(Product(Path(var), Path(printed)))
    else:
        with started() as run:
            yield _read_in(run)


def _read_in(run: Product) -> Product:
    wait_until(lambda: run.is_ready, seconds=START_SECONDS, what="the demo is ready")
    reader = run.browser("manager@harbour.example")
    wait_until(lambda: _has_history(run, reader), seconds=HISTORY_SECONDS, what="the history is read in", every=1)
    return run


def _has_history(run: Product, reader: requests.Session) -> bool:
    """Whether releases are listed and no banner says that history is still being read."""
    releases, overview = (reader.get(f"{run.url}{path}", timeout=20).text for path in ("/releases/", "/"))
    return "data-row" in releases and STILL_READING not in overview


if __name__ == "__main__":
    with started() as demo:
        env = {**os.environ, SHARED: f"{demo.var}{os.pathsep}{demo.printed}"}
        sys.exit(subprocess.run(sys.argv[1:], env=env, preexec_fn=die_with_us, check=False).returncode)
