"""Whoever tells a sync to stop does not wait for a request that hangs, and nothing is noted against Azure."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from releases.models import Project, SyncRun, Watermark
from tests.company import Company, living_company
from tests.servers import wait_until
from tests.sync.test_pass_processes import command, said
from tests.test_broker import client_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.on_sqlite]
STOP_SECONDS = 8
"""Two seconds of grace, the end of Python, and a busy machine; far from the 45 s that a request may take."""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with living_company(tmp_path_factory.mktemp("company"), releases=10) as company:
        yield company


@pytest.fixture
def project(transactional_db: None, company: Company) -> Project:
    """Its project; whoever asks for its deployments gets no answer for a long time."""
    company.heal()
    company.fault("deployments.list", "hang", times=0, args={"seconds": 60})
    return company.project()


def wait_until_it_hangs(company: Company) -> None:
    wait_until(lambda: sum(fault["hit"] for fault in company.faults()), seconds=30, what="a request hangs")


def test_an_interrupted_command_cuts_the_request_that_hangs(project: Project, company: Company, tmp_path: Path) -> None:
    process = command(tmp_path)
    wait_until_it_hangs(company)
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    code, text = said(process)
    assert (code, time.monotonic() - began < STOP_SECONDS) == (130, True), text
    assert "the next sync goes on from here" in text
    assert set(SyncRun.objects.values_list("state", flat=True)) == {"stopped"}
    assert_nothing_is_held_against_azure(project)


def test_a_worker_that_is_told_to_stop_cuts_the_request_that_hangs(
    project: Project, company: Company, tmp_path: Path, worker: Callable[..., AbstractContextManager[Path]]
) -> None:
    with worker():
        client_of(tmp_path, "").send_task("sync.tick")
        wait_until_it_hangs(company)
        began = time.monotonic()
    assert time.monotonic() - began < STOP_SECONDS
    assert_nothing_is_held_against_azure(project)


def assert_nothing_is_held_against_azure(project: Project) -> None:
    """Whoever comes next may take the project over and ask at once."""
    marks = list(Watermark.objects.filter(project=project).values_list("failures", "due_at", "leased_until"))
    assert marks
    assert set(marks) == {(0, None, None)}
    project.organization.refresh_from_db()
    assert (project.organization.state, project.organization.state_sentence) == ("connected", "")
