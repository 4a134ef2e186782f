"""The sync as people and machines start it: `manage.py sync`, and a Celery worker that is only told "tick"."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from releases.models import Project, Release, SyncRun
from tests.company import Company, living_company
from tests.faults.reading import disagreements
from tests.servers import die_with_us, wait_until
from tests.test_broker import client_of
from tests.workers import database_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.on_sqlite]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """A company some way off, so that a sync takes a few seconds."""
    with living_company(tmp_path_factory.mktemp("company"), releases=70, latency_ms="15") as company:
        yield company


@pytest.fixture
def project(transactional_db: None, company: Company) -> Project:
    """Its project, never read."""
    company.heal()
    return company.project()


def command(folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    """`manage.py sync` as a process on the test's database."""
    environment = {**os.environ, "DATABASE_URL": database_url(), "SLIPWAY_VAR_DIR": str(folder)}
    environment["DJANGO_SETTINGS_MODULE"] = "dashboard.settings"
    return subprocess.Popen(
        [sys.executable, "manage.py", "sync", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=die_with_us,
    )


def said(process: "subprocess.Popen[str]") -> tuple[int, str]:
    """Its exit code and everything it wrote."""
    out, err = process.communicate(timeout=90)
    return process.returncode, out + err


def test_the_command_reads_everything_and_then_next_to_nothing(
    project: Project, company: Company, tmp_path: Path
) -> None:
    code, text = said(command(tmp_path))
    assert code == 0, text
    assert f"up to date, {company.releases} releases" in text
    assert disagreements(company, project) == []
    code, text = said(command(tmp_path, "--project", project.name))
    assert code == 0
    assert "0 changed in the last run" in text


def test_an_interrupted_command_goes_on_where_it_was(project: Project, company: Company, tmp_path: Path) -> None:
    process = command(tmp_path)
    wait_until(lambda: Release.objects.filter(depth="detailed").exists(), seconds=30, what="some details")
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    code, text = said(process)
    assert code == 130, text
    assert time.monotonic() - began < 10
    assert SyncRun.objects.get(kind="details").state == "stopped"
    assert Release.objects.filter(detailed_sha256="").exists()
    assert said(command(tmp_path))[0] == 0
    assert disagreements(company, project) == []


def test_a_refused_credential_is_one_sentence_and_a_code(project: Project, company: Company, tmp_path: Path) -> None:
    company.fault("*", "unauthorized", times=0)
    code, text = said(command(tmp_path))
    assert code == 3
    assert [line for line in text.splitlines() if project.name in line] == [f"{project.name}: {_sentence(project)}"]
    assert "Traceback" not in text


def test_an_unknown_project_is_named_with_those_there_are(project: Project, tmp_path: Path) -> None:
    code, text = said(command(tmp_path, "--project", "Nowhere"))
    assert code == 2
    assert "Nowhere" in text
    assert project.name in text


def test_a_worker_that_is_told_to_tick_reads_everything_in_short_units(
    project: Project, company: Company, tmp_path: Path, worker: Callable[..., AbstractContextManager[Path]]
) -> None:
    with worker():
        client_of(tmp_path, "").send_task("sync.tick")
        wait_until(lambda: _is_read(project), seconds=60, what="the history and the details")
        wait_until(lambda: not SyncRun.objects.filter(state="running").exists(), seconds=20, what="the end of all runs")
    if Release.objects.filter(project=project, detailed_sha256="", gone_at=None).exists():
        pytest.fail("details are missing")
    assert disagreements(company, project) == []


def _is_read(project: Project) -> bool:
    releases = Release.objects.filter(project=project, gone_at=None)
    done = SyncRun.objects.filter(project=project, kind="backfill", state="succeeded").exists()
    return done and releases.exists() and not releases.filter(changes_read_at=None).exists()


def _sentence(project: Project) -> str:
    return SyncRun.objects.filter(project=project).latest("pk").sentence
