"""Gaps: what Slipway could not look at is written down, filled when it is read, and stays listed on the Sync page."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from releases.models import Organization, Project, Release, SyncGap, Watermark
from releases.sync import gaps, watermarks
from releases.sync.passes.lines import Ended
from releases.sync.runs import Run
from releases.sync.watermarks import LeaseLost
from tests.company import VARIABLE, Company
from tests.faults import seen
from tests.faults.reading import BACKFILL, disagreements, history, read, read_all

pytestmark = pytest.mark.on_sqlite

LONG = timedelta(hours=2)


def time_goes_by(project: Project, how_long: timedelta = LONG) -> datetime:
    """As if the last look had been so long ago; returns when it began."""
    mark = history(project)
    assert mark.looked_at is not None
    looked_at = mark.looked_at - how_long
    due_at = mark.due_at - how_long if mark.due_at else None
    Watermark.objects.filter(pk=mark.pk).update(looked_at=looked_at, due_at=due_at)
    return looked_at


def missing(company: Company) -> list[datetime]:
    """When Azure's releases were created that we do not have."""
    have = set(Release.objects.values_list("azure_id", flat=True))
    rows = [row for row in company.books()["releases"] if row["deleted"] is None and row["id"] not in have]
    return [datetime.fromisoformat(row["created"]) for row in rows]


def test_what_happened_while_nothing_ran_is_a_gap_that_the_next_pass_fills(harbour: Project, small: Company) -> None:
    read_all(harbour)
    assert "Known gaps" not in seen.page()
    since = time_goes_by(harbour)
    small.advance(20)
    before = timezone.now()
    read_all(harbour)
    gap = SyncGap.objects.get()
    assert (gap.feed, gap.gap_from, gap.reason) == (gaps.CHANGES, since, gaps.NOT_ASKED)
    assert gap.gap_until is not None and gap.filled_at is not None
    assert before - timedelta(seconds=1) < gap.gap_until <= gap.filled_at <= timezone.now() + timedelta(seconds=1)
    assert disagreements(small, harbour) == []
    assert "Known gaps, 0 open of 1" in seen.page()
    assert gaps.NOT_ASKED in seen.page()

    read(harbour)
    assert SyncGap.objects.count() == 1
    assert history(harbour).looked_at is not None


def test_a_short_silence_is_none(harbour: Project, settings: pytest.FixtureRequest) -> None:
    read(harbour)
    time_goes_by(harbour, timedelta(minutes=9))
    read(harbour)
    settings.SLIPWAY_SYNC_SECONDS = 3600  # type: ignore[attr-defined]
    time_goes_by(harbour)
    read(harbour)
    assert not SyncGap.objects.exists()


@pytest.mark.parametrize(
    ("kind", "kept_by"),
    [
        ("unauthorized", "Azure refused the credential."),
        ("forbidden", "Azure refused the permission to read."),
        ("throttle", "Azure asked to wait."),
        ("unavailable", "Azure gave no usable answer."),
    ],
)
def test_a_gap_is_open_while_azure_keeps_us_from_looking(
    harbour: Project, small: Company, kind: str, kept_by: str
) -> None:
    read(harbour)
    small.fault("*", kind, times=0, args={"retry_after": 60} if kind == "throttle" else {})
    read(harbour, seconds=1)
    assert not SyncGap.objects.exists()
    since = time_goes_by(harbour, timedelta(minutes=11))
    Watermark.objects.filter(feed="history").update(due_at=timezone.now())
    for _ in range(2):
        read(harbour, seconds=1)
        gap = SyncGap.objects.get()
        assert (gap.gap_from, gap.gap_until, gap.filled_at, gap.reason) == (since, None, None, kept_by)
    assert "Known gaps, 1 open of 1" in seen.page()
    assert f"still open not yet {kept_by}" in seen.page()

    small.heal()
    Organization.objects.update(gate_until=None)
    small.advance(10)
    assert [one.ended for one in read_all(harbour)] == [Ended.DONE, Ended.DONE]
    assert disagreements(small, harbour) == []
    gap = SyncGap.objects.get()
    assert (gap.gap_from, gap.reason) == (since, kept_by)
    assert gap.filled_at is not None
    assert "Known gaps, 0 open of 1" in seen.page()


def test_a_credential_that_is_not_there_and_then_a_refusal_are_two_reasons(
    harbour: Project, small: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(harbour)
    time_goes_by(harbour)
    with monkeypatch.context() as without:
        without.delenv(VARIABLE)
        assert read(harbour).ended is Ended.PAUSED
    small.fault("*", "unavailable", times=0)
    assert read(harbour).ended is Ended.FAILED
    kept_by = f"{gaps.NOT_ASKED} Azure refused the credential. Azure gave no usable answer."
    assert SyncGap.objects.get().reason == kept_by
    assert kept_by in seen.page()


def test_who_lost_the_lease_fills_nothing(harbour: Project, small: Company) -> None:
    read(harbour)
    time_goes_by(harbour)
    small.advance(5)

    def another_takes_over(_: Run) -> None:
        Watermark.objects.filter(feed="history").update(leased_by="elsewhere:1:1:x")

    assert read(harbour, on_progress=another_takes_over).ended is Ended.BUSY
    assert SyncGap.objects.get().filled_at is None
    Watermark.objects.filter(feed="history").update(leased_until=None)
    assert read(harbour).ended is Ended.DONE
    assert SyncGap.objects.get().filled_at is not None


def test_two_workers_after_each_other_write_one_row(harbour: Project) -> None:
    read(harbour)
    time_goes_by(harbour)
    first = watermarks.claim(harbour, feed="history")
    assert first is not None
    gaps.notice(first)
    Watermark.objects.filter(pk=first.mark.pk).update(leased_until="2020-01-01T00:00:00Z")
    second = watermarks.claim(harbour, feed="history")
    assert second is not None
    gaps.notice(second)
    with pytest.raises(LeaseLost):
        gaps.notice(first)
    assert SyncGap.objects.get().reason == gaps.NOT_ASKED


def test_a_long_reading_in_one_go_says_that_nobody_looked_meanwhile(harbour: Project) -> None:
    read(harbour)
    mark = history(harbour)
    assert mark.looked_at is not None
    gaps.looked(mark, began=mark.looked_at + LONG)
    gap = SyncGap.objects.get()
    assert (gap.reason, gap.gap_until) == (gaps.BUSY, mark.looked_at)


@pytest.mark.parametrize("connections", [1, 4])
def test_a_stretch_of_the_history_that_is_given_up_is_a_gap_until_it_is_read(
    seven_pages: Company, connections: int
) -> None:
    company, project = seven_pages, seven_pages.project()
    pages = {name: wanted for name, wanted in BACKFILL.items() if name != "mincreatedtime"}
    company.fault("releases.list", "truncated", when=pages, times=0, after=2)
    assert read(project, connections=connections).ended is Ended.FAILED
    open_ones = list(SyncGap.objects.filter(feed=gaps.HISTORY, filled_at=None))
    assert open_ones
    assert {gap.reason for gap in open_ones} == {"What Azure answered could not be read."}
    lacking = missing(company)
    assert lacking
    assert all(any(one.gap_from <= when <= (one.gap_until or when) for one in open_ones) for when in lacking)
    assert "Releases created" in seen.page()
    assert f"Known gaps, {len(open_ones)} open of {len(open_ones)}" in seen.page()
    assert read(project, connections=connections).ended is Ended.FAILED
    assert SyncGap.objects.count() == len(open_ones)

    company.heal()
    assert read(project, connections=connections).ended is Ended.DONE
    assert Release.objects.count() == company.releases
    assert not SyncGap.objects.filter(filled_at=None).exists()
    assert f"Known gaps, 0 open of {len(open_ones)}" in seen.page()


def test_reading_the_history_again_misses_nothing_that_was_read(project: Project, company: Company) -> None:
    read(project)
    company.fault("releases.list", "truncated", when=BACKFILL, times=0, after=1)
    assert read(project, full=True).ended is Ended.FAILED
    assert not SyncGap.objects.exists()
