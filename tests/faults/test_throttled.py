"""Fault 1: Azure asks to wait. Nobody asks this organization before, and the same page comes next."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from releases.models import Project, Release, SyncRun
from releases.sync.passes.lines import Ended
from tests.company import Company
from tests.faults import seen
from tests.faults.reading import BACKFILL, last_run, read
from tests.servers import wait_until
from tests.test_broker import client_of

pytestmark = pytest.mark.on_sqlite

WAIT = 7
TOOK = b"succeeded in"


@dataclass(frozen=True)
class Asking:
    """An organization that asks to wait in one of the four ways: with 429 or with 200, in seconds or by a date."""

    kind: str
    form: str

    @property
    def name(self) -> str:
        """Its name in addresses."""
        return f"{self.kind}-{self.form}"

    @property
    def least(self) -> float:
        """Seconds that nobody may ask; a date has no fractions of a second."""
        return WAIT - 1 if self.form == "date" else WAIT

    def project(self, company: Company) -> Project:
        """Its project, never read; its third page or the answer of its second asks to wait."""
        when = {**BACKFILL, "org": self.name}
        company.fault("releases.list", self.kind, when=when, after=1, args={"retry_after": WAIT, "form": self.form})
        return company.project(slug=self.name, url=f"{company.url}/{self.name}")


@pytest.mark.usefixtures("transactional_db")
def test_no_worker_asks_before_the_time_that_azure_named(
    company: Company, tmp_path: Path, worker: Callable[..., AbstractContextManager[Path]]
) -> None:
    """This process is told to wait; a worker, a process of its own, is told all the time to sync at once.

    The gate is closed for the details line too: it is asked for once while everybody waits.
    """
    all_four = [Asking(kind, form) for kind, form in product(["throttle", "retry_after"], ["seconds", "date"])]

    def went_on(one: Asking) -> bool:
        return bool(pages_since(company, one))

    def tried() -> bool:
        insist(sender, projects)
        return log.read_bytes().count(TOOK) > 2 * len(all_four)

    def all_went_on() -> bool:
        insist(sender, projects)
        return all(map(went_on, all_four))

    with worker(SLIPWAY_SYNC_CONNECTIONS="1") as log:
        projects = {one.name: one.project(company) for one in all_four}
        for project in projects.values():
            assert read(project, seconds=3).ended is Ended.WAITING
        text = seen.page()
        assert text.count(seen.source(project, "Reading")) == 4
        assert text.count("Nothing to do: Azure asked for a pause") == 4
        assert set(SyncRun.objects.filter(kind="backfill").values_list("code", flat=True)) == {"throttled"}

        sender = client_of(tmp_path, "")
        for project in projects.values():
            sender.send_task("sync.details", kwargs={"project": project.pk})
        wait_until(tried, seconds=5, what="the worker tries")
        wait_until(all_went_on, seconds=60, what="all go on")
    for one in all_four:
        check_that_it_waited(company, one)
        project = projects[one.name]
        assert read(project).ended is Ended.DONE
        assert Release.objects.filter(project=project, gone_at=None).count() == company.releases
        assert last_run(project, "backfill").retries == 0
    assert "asked for a pause" not in seen.page()


def insist(sender: Celery, projects: dict[str, Project]) -> None:
    """Somebody presses "sync now" for all of them; beat would not insist."""
    for project in projects.values():
        sender.send_task("sync.project", kwargs={"project": project.pk, "insist": True}, expires=2)
    time.sleep(0.25)


def after_the_answer(company: Company, one: Asking) -> list[dict[str, Any]]:
    """The request whose answer asked to wait, and those to the same organization since."""
    asked = [request for request in company.asked() if f"/{one.name}/" in request["path"]]
    return asked[next(at for at, request in enumerate(asked) if request["fault"]) :]


def pages_since(company: Company, one: Asking) -> list[dict[str, Any]]:
    """Those of them that ask for a page after the first."""
    _, *later = after_the_answer(company, one)
    return [request for request in later if "expand=env" in request["query"] and "Token" in request["query"]]


def check_that_it_waited(company: Company, one: Asking) -> None:
    """The organization was left alone for so long, then asked for the page that was due."""
    told, *later = after_the_answer(company, one)
    assert later[0]["at"] - told["at"] >= one.least
    page = pages_since(company, one)[0]
    assert (told["query"] == page["query"]) == (one.kind == "throttle")


def test_the_quota_that_headers_tell_is_kept(project: Project, company: Company) -> None:
    company.fault("*", "rate_limit", times=0, args={"limit": 200, "remaining": 12})
    read(project)
    project.organization.refresh_from_db()
    assert (project.organization.quota_limit, project.organization.quota_remaining) == (200, 12)
    assert "94 % used" in seen.page()
