"""Fault 1: Azure asks to wait. Nobody asks this organization before, and the same page comes next."""

import pytest

from releases.models import Project, Release
from releases.sync.passes.lines import DETAILS, Ended
from tests.company import Company
from tests.faults import seen
from tests.faults.reading import BACKFILL, last_run, read

WAIT = 3


@pytest.mark.parametrize("form", ["seconds", "date"])
@pytest.mark.parametrize("kind", ["throttle", "retry_after"])
def test_no_worker_asks_before_the_time_that_azure_named(
    project: Project, company: Company, kind: str, form: str
) -> None:
    company.fault("releases.list", kind, when=BACKFILL, after=1, args={"retry_after": WAIT, "form": form})
    assert read(project, seconds=1.9).ended is Ended.WAITING
    asked_then = company.requests()["total"]
    assert read(project, seconds=0.2).ended is Ended.WAITING
    assert read(project, line=DETAILS, seconds=0.2).ended is Ended.WAITING
    assert company.requests()["total"] == asked_then
    assert last_run(project, "backfill").code == "throttled"
    assert seen.source(project, "Reading") in seen.page()
    assert f"{last_run(project, 'backfill').sentence} Nothing to do: Azure asked for a pause" in seen.page()

    assert read(project).ended is Ended.DONE
    hit = next(at for at, one in enumerate(company.asked()) if one["fault"])
    told, following = company.asked()[hit], company.asked()[hit + 1]
    least = WAIT - 1 if form == "date" else WAIT  # a date has no fractions of a second
    assert following["at"] - told["at"] >= least
    page = next(one for one in company.asked()[hit + 1 :] if "expand=env" in one["query"] and "Token" in one["query"])
    assert (told["query"] == page["query"]) == (kind == "throttle")
    assert Release.objects.filter(gone_at=None).count() == company.releases
    assert last_run(project, "backfill").retries == 0
    assert "asked for a pause" not in seen.page()


def test_the_quota_that_headers_tell_is_kept(project: Project, company: Company) -> None:
    company.fault("*", "rate_limit", times=0, args={"limit": 200, "remaining": 12})
    read(project)
    project.organization.refresh_from_db()
    assert (project.organization.quota_limit, project.organization.quota_remaining) == (200, 12)
    assert "94 % used" in seen.page()
