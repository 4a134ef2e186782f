"""Fault 10 in real time: silence of 30 s, an answer after 31 s, a drip of one byte a second; another goes on meanwhile.

`tests/faults/test_time.py` runs the same in a thirtieth of the time with every `make test`.
"""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection

from releases.models import Project, Release
from releases.sync.connections import SYNC_SECONDS
from releases.sync.passes.lines import Ended
from tests.company import Company, living_company
from tests.faults import seen
from tests.faults.reading import BACKFILL, last_run, read

pytestmark = [pytest.mark.soak, pytest.mark.django_db(transaction=True)]


@dataclass(frozen=True)
class Late:
    """An organization whose second page of history is late: how, and what comes of it after how many seconds."""

    kind: str
    args: dict[str, float]
    retries: int
    least: float
    most: float


LATE = [
    Late("hang", {"seconds": 30}, retries=1, least=30, most=44),
    Late("slow", {"seconds": 31}, retries=0, least=31, most=44),
    Late("drip", {"gap": 1, "piece": 1}, retries=1, least=SYNC_SECONDS, most=SYNC_SECONDS + 14),
]


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    """A company of a few pages."""
    with living_company(tmp_path, releases=320) as company:
        yield company


def test_late_answers_are_taken_or_cut_and_hold_up_nobody_else(company: Company) -> None:
    took: dict[str, float] = {}
    projects = {one.kind: late_project(company, one) for one in LATE}
    threads = [threading.Thread(target=read_and_close, args=(projects[kind], kind, took)) for kind in projects]
    for thread in threads:
        thread.start()
    time.sleep(10)  # all three are late by now
    healthy = company.project()
    began = time.monotonic()
    assert read(healthy).ended is Ended.DONE
    assert time.monotonic() - began < 15
    assert all(thread.is_alive() for thread in threads)
    text = seen.page()
    assert seen.source(healthy, "Up to date") in text
    assert text.count(seen.source(projects["hang"], "Reading")) == 3

    for thread in threads:
        thread.join(90)
    for one in LATE:
        assert one.least <= took[one.kind] <= one.most, one.kind
        assert last_run(projects[one.kind], "backfill").retries == one.retries
        assert Release.objects.filter(project=projects[one.kind]).count() == company.releases
    text = seen.page()
    assert text.count(seen.source(healthy, "Up to date")) == 4
    assert text.count("1 retry.") == 2


def late_project(company: Company, late: Late) -> Project:
    """Its project, never read."""
    company.fault("releases.list", late.kind, args=late.args, after=1, when={**BACKFILL, "org": late.kind})
    return company.project(slug=late.kind, url=f"{company.url}/{late.kind}")


def read_and_close(project: Project, kind: str, took: dict[str, float]) -> None:
    """Read it in this thread and note how long that took."""
    began = time.monotonic()
    try:
        assert read(project).ended is Ended.DONE
        took[kind] = time.monotonic() - began
    finally:
        connection.close()
