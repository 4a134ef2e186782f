"""Faults 9 to 11: what changes while it is read, answers that are late, clocks that differ.

Late answers come here in a thirtieth of the real times; `tests/soak/test_late.py` waits the real ones.
"""

import threading
from datetime import timedelta
from time import monotonic

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from releases.models import Organization, Project, Release, SyncRun, Watermark
from releases.sync import connections
from releases.sync.passes.lines import Ended
from releases.sync.runs import Run
from tests.company import Company
from tests.faults import seen
from tests.faults.reading import disagreements, last_run, read, read_all

pytestmark = pytest.mark.on_sqlite

SLOW = "slow"


def test_releases_that_change_while_the_history_is_read_are_found(project: Project, company: Company) -> None:
    turns = iter([25, 25])

    def meanwhile(run: Run) -> None:
        if run.row.kind == "backfill" and (events := next(turns, 0)):
            company.advance(events)

    read(project, on_progress=meanwhile)
    assert next(turns, None) is None
    read_all(project, connections=4)
    assert disagreements(company, project) == []
    assert f" {company.releases} releases " in seen.page(seen.RELEASES)


@pytest.fixture
def short_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """The total deadline of a request, 45 s in real life, so that the test is over in seconds."""
    monkeypatch.setattr(connections, "SYNC_SECONDS", 1.5)


@pytest.mark.usefixtures("short_deadline")
def test_a_slow_answer_within_the_deadline_is_taken(project: Project, company: Company) -> None:
    company.fault("releases.list", "slow", args={"seconds": 1})
    assert read(project).ended is Ended.DONE
    assert last_run(project, "backfill").retries == 0
    assert "retr" not in seen.page()


@pytest.mark.usefixtures("short_deadline")
@pytest.mark.parametrize(("kind", "args"), [("hang", {"seconds": 30}), ("drip", {"gap": 0.5, "piece": 1})])
def test_silence_and_drip_are_cut_at_the_deadline(
    project: Project, company: Company, kind: str, args: dict[str, float]
) -> None:
    company.fault("releases.list", kind, args=args, after=1)
    began = monotonic()
    assert read(project).ended is Ended.DONE
    assert 1.4 < monotonic() - began < 15
    assert last_run(project, "backfill").retries == 1
    assert Release.objects.count() == company.releases
    assert seen.source(project, "Up to date") in seen.page()
    assert "1 retry." in seen.page()


def test_an_organization_that_does_not_answer_holds_up_no_other(
    project: Project, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "SYNC_SECONDS", 6.0)
    company.fault("*", "hang", times=0, when={"org": SLOW}, args={"seconds": 30})
    stuck = company.project(slug="stuck", url=f"{company.url}/{SLOW}")
    thread = threading.Thread(target=_read_and_close, args=(stuck,))
    thread.start()
    assert read(project).ended is Ended.DONE
    assert thread.is_alive()
    thread.join(30)
    assert Release.objects.filter(project=project).count() == company.releases
    run = SyncRun.objects.filter(project=stuck).latest("pk")
    assert run.code == "no_answer"
    assert seen.source(project, "Up to date") in seen.page()
    assert seen.source(stuck, "Reading") in seen.page()
    assert f"{run.sentence} Nothing to do: Slipway asks again with growing pauses." in seen.page()


def _read_and_close(project: Project) -> None:
    try:
        read(project, seconds=0.5)
    finally:
        connection.close()


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_server_clock_that_differs_makes_no_gap(harbour: Project, small: Company, minutes: int) -> None:
    small.fault("*", "clock_skew", times=0, args={"seconds": minutes * 60})
    read_all(harbour)
    small.advance(30)
    read_all(harbour)
    assert disagreements(small, harbour) == []
    skew = Organization.objects.get(pk=harbour.organization_id).clock_skew_seconds
    assert skew is not None
    assert abs(skew - minutes * 60) < 5
    said = "behind" if minutes > 0 else "ahead of"
    assert f"This machine's clock is 10 min {said} Azure's. The history is right all the same" in seen.page()


@pytest.mark.parametrize("minutes", [-10, 10])
def test_our_own_clock_may_be_wrong(harbour: Project, small: Company, minutes: int) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=True):
        read_all(harbour)
        small.advance(30)
        read_all(harbour)
        assert disagreements(small, harbour) == []
        assert "stale since" not in seen.page(seen.OVERVIEW)
        assert "This machine's clock is 10 min" in seen.page()
    marks = Watermark.objects.filter(project=harbour).values_list("value", flat=True)
    assert max(filter(None, marks)) <= timezone.now() + timedelta(seconds=5)
    quiet = company_was_asked(small)
    read(harbour)
    assert company_was_asked(small) - quiet <= 8


def company_was_asked(company: Company) -> int:
    """How many requests there were since it was healed."""
    return int(company.requests()["total"])


def test_when_nothing_is_new_a_handful_of_requests_writes_nothing(harbour: Project, small: Company) -> None:
    read_all(harbour)
    read(harbour)
    small.heal()
    assert read(harbour).ended is Ended.DONE
    assert company_was_asked(small) <= 7
    run = last_run(harbour, "incremental")
    assert (run.state, run.changed, run.rows_written) == ("succeeded", 0, 0)
    assert not run.manifest.exists()
    assert "found nothing new" in seen.page()
