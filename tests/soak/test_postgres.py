"""The whole product on a PostgreSQL of its own: restarted in the middle of requests and tasks, and out of room."""

import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import requests

from tests.postgres import postgres_server
from tests.servers import wait_until
from tests.up.running import ROOT, Up, up

pytestmark = pytest.mark.soak
STAGES_AT_REST = 2
RESTARTS = 3
"""For each stage: while it is confirmed, and while it is sent."""
REASON = "the scoring service is to be restarted"
Dialog = tuple[str, dict[str, str]]
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
LASTING = "synchronous_commit=on"
"""The tests' other clusters may forget the newest commits when they are killed; this one must not."""
STAGES = """
    SELECT DISTINCT ON (r.pipeline_id) p.slug, r.azure_id, s.azure_id FROM releases_releasestage s
    JOIN releases_release r ON r.id = s.release_id JOIN releases_project p ON p.id = r.project_id
    WHERE s.status = 'succeeded' AND s.rank = 1 AND r.status = 'active' AND NOT EXISTS (
        SELECT 1 FROM releases_releasestage o WHERE (o.release_id = r.id OR o.stage_id = s.stage_id)
        AND o.status IN ('inProgress', 'queued', 'scheduled')
    ) ORDER BY r.pipeline_id, r.azure_id DESC
"""


@dataclass
class Rows:
    """Questions to the database, each on a connection of its own."""

    url: str

    def all(self, question: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(question).fetchall()

    def do(self, statement: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)


@dataclass
class Operator:
    """A signed-in operator, and with which status each confirmed dialog was answered."""

    run: Up
    browser: requests.Session
    answers: Counter[int] = field(default_factory=Counter)

    def dialog(self, stage: tuple[Any, ...], *, reason: str = REASON) -> Dialog:
        """The address of the dialog and what it sends."""
        project, release, number = stage
        address = f"{self.run.url}/p/{project}/releases/{release}/stages/{number}/redeploy/"
        page = self.browser.get(address, timeout=20)
        assert page.status_code == 200, page.text[:500]
        return address, dict(HIDDEN.findall(page.text)) | {"reason": reason}

    def confirm(self, dialog: Dialog) -> requests.Response:
        """Confirm it; the answer is counted."""
        address, fields = dialog
        headers = {"Referer": address}
        answer = self.browser.post(address, data=fields, headers=headers, allow_redirects=False, timeout=30)
        self.answers[answer.status_code] += 1
        assert answer.status_code in {302, 503}, re.search("<main.*?</main>", answer.text, re.DOTALL)
        return answer

    def is_recorded(self, dialog: Dialog) -> bool:
        """Whether confirming it is answered as done."""
        return self.confirm(dialog).status_code == 302


@contextmanager
def product(folder: Path, url: str) -> Iterator[tuple[Up, Rows]]:
    """The demo on this database, after some of its history was read."""
    rows = Rows(url)
    with up(folder / "var", "--demo", "--releases", "150", DATABASE_URL=url) as run:
        run.wait_ready()
        wait_until(lambda: len(rows.all(STAGES)) >= STAGES_AT_REST, seconds=120, every=1, what="releases were read")
        yield run, rows


def effects(rows: Rows) -> dict[str, int]:
    """How often a redeployment took effect in the demo's Azure, by stage."""
    [(url,)] = rows.all("SELECT url FROM releases_organization LIMIT 1")
    there = urlsplit(url)
    told = requests.get(f"{there.scheme}://{there.netloc}/_sandbox/effects", timeout=20).json()
    return {name: count for name, count in told["targets"].items() if name.startswith("deploy ")}


def states(rows: Rows) -> Counter[str]:
    """How many commands stand in each state."""
    return Counter(state for (state,) in rows.all("SELECT state FROM releases_command"))


def test_a_restart_in_the_middle_of_requests_and_tasks_loses_nothing(tmp_path: Path) -> None:
    """Fault 26: who is told that the database does not answer sends the same form again, and it is done once."""
    with postgres_server(LASTING) as server:
        Rows(server.url()).do("CREATE DATABASE slipway")
        with product(tmp_path, server.url("slipway")) as (run, rows):
            programs = set(run.processes())
            operator = Operator(run, run.browser("operator@harbour.example"))
            with readers(run) as seen:
                for number, stage in enumerate(rows.all(STAGES)[:STAGES_AT_REST]):
                    dialog = operator.dialog(stage)
                    with ThreadPoolExecutor(1) as pool:
                        recorded = pool.submit(wait_until, partial(operator.is_recorded, dialog), seconds=60, what="it")
                        for again in range(RESTARTS):
                            time.sleep(0.05 * number + 0.4 * again)
                            server.restart()
                        recorded.result()
            everything = {"confirmed": STAGES_AT_REST}
            wait_until(lambda: states(rows) == everything, seconds=240, every=1, what="every command is confirmed")
            assert list(effects(rows).values()) == [1] * STAGES_AT_REST
            assert set(seen) == {200, 503}, seen
            assert programs <= set(run.processes()), "a program had to be started again"
            assert is_whole(run, server.url("slipway"))


@contextmanager
def readers(run: Up) -> Iterator[Counter[int]]:
    """Four people who read all the time; counts with which status they are answered."""
    seen: Counter[int] = Counter()
    is_over = threading.Event()

    def read(browser: requests.Session) -> None:
        while not is_over.wait(0.05):
            seen[browser.get(f"{run.url}/releases/", timeout=30).status_code] += 1

    people = [run.browser("manager@harbour.example") for _ in range(4)]
    threads = [threading.Thread(target=read, args=(browser,)) for browser in people]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def is_whole(run: Up, url: str) -> bool:
    """Whether the verifier finds nothing wrong with the trail."""
    env = {**os.environ, "DATABASE_URL": url, "SLIPWAY_VAR_DIR": str(run.var)}
    env["DJANGO_SETTINGS_MODULE"] = "dashboard.settings"
    done = subprocess.run([sys.executable, "manage.py", "verify_audit"], cwd=ROOT, env=env, capture_output=True)
    return done.returncode == 0


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk of 96 MB that PostgreSQL may write to. Only root can make one; for others the test is skipped."""
    folder = Path(tempfile.mkdtemp(prefix="slipway-disk-"))
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m,mode=755", "tmpfs", str(folder)], check=False)
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
    shutil.chown(folder, "postgres")
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        folder.rmdir()


def test_a_full_disk_refuses_acts_shows_pages_and_recovers_by_itself(tmp_path: Path, small_disk: Path) -> None:
    """Fault 27: the database lies on a small disk that something else fills."""
    with postgres_server(LASTING) as server:
        place = small_disk / "space"
        place.mkdir()
        shutil.chown(place, "postgres")
        admin = Rows(server.url())
        admin.do(f"CREATE TABLESPACE small LOCATION '{place}'")
        admin.do("CREATE DATABASE slipway TABLESPACE small")
        with product(tmp_path, server.url("slipway")) as (run, rows):
            operator = Operator(run, run.browser("operator@harbour.example"))
            dialogs = [operator.dialog(stage, reason=secrets.token_hex(900)) for stage in rows.all(STAGES)]
            with filled(small_disk):
                taken, refused = until_refused(operator, dialogs)
                assert refused.status_code == 503
                assert "There is no room left" in refused.text and "Nothing went to Azure" in refused.text
                assert (states(rows).total(), len(effects(rows)) <= taken) == (taken, True)
                for address in ("/", "/releases/", "/commands/", "/audit/"):
                    assert operator.browser.get(run.url + address, timeout=30).status_code == 200, address
            assert operator.confirm(dialogs[taken]).status_code == 302
            everything = {"confirmed": taken + 1}
            wait_until(lambda: states(rows) == everything, seconds=120, every=1, what="all are confirmed")
            assert list(effects(rows).values()) == [1] * (taken + 1)
            assert is_whole(run, server.url("slipway"))


def until_refused(operator: Operator, dialogs: Sequence[Dialog]) -> tuple[int, requests.Response]:
    """How many were taken, since their rows fitted into pages that were begun, and the first answer that says no."""
    for taken, dialog in enumerate(dialogs):
        if (answer := operator.confirm(dialog)).status_code != 302:
            return taken, answer
    raise AssertionError("the disk was never full")


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """A file takes what is free on the disk."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(65536))
    try:
        yield
    finally:
        ballast.unlink()
