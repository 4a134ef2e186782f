"""Faults 2 to 7: answers that are none, halves, somebody else's, or run in circles."""

from datetime import datetime
from typing import Any

import pytest

from releases.models import Organization, Project, Release, SyncRun
from releases.sync.passes.lines import Ended
from releases.sync.passes.stretches import Stretches
from tests.company import VARIABLE, Company
from tests.faults import seen
from tests.faults.conftest import LONG_PAGE, PAGE
from tests.faults.reading import BACKFILL, counts, disagreements, history, last_run, read, read_all

pytestmark = pytest.mark.on_sqlite

WHY_ASIDE = "Azure's answer for these could not be read. Everything around them was."


@pytest.mark.parametrize("envelope", [True, False, "bom"])
def test_unavailable_three_times_is_one_run_with_three_retries(
    project: Project, company: Company, envelope: object
) -> None:
    company.fault("releases.list", "unavailable", when=BACKFILL, times=3, after=1, args={"envelope": envelope})
    assert read(project).ended is Ended.DONE
    run = SyncRun.objects.get(project=project, kind="backfill")
    assert (run.state, run.retries, run.code) == ("succeeded", 3, "")
    assert Release.objects.count() == company.releases
    text = seen.page()
    assert seen.source(project, "Up to date") in text
    assert "3 retries." in text
    assert "stale since" not in seen.page(seen.OVERVIEW)


@pytest.mark.parametrize("how", ["length", "string"])
def test_a_truncated_page_is_asked_again(project: Project, company: Company, how: str) -> None:
    company.fault("releases.list", "truncated", when=BACKFILL, after=1, args={"how": how})
    assert read(project).ended is Ended.DONE
    assert last_run(project, "backfill").retries == 1
    assert Release.objects.count() == company.releases
    assert "1 retry." in seen.page()


@pytest.mark.parametrize("how", ["length", "string"])
def test_a_page_that_stays_truncated_fails_the_run_and_stores_nothing_of_itself(
    project: Project, company: Company, how: str
) -> None:
    company.fault("releases.list", "truncated", when=BACKFILL, times=0, after=2, args={"how": how})
    outcome = read(project)
    assert outcome.ended is Ended.FAILED
    assert outcome.error is not None
    run = last_run(project, "backfill")
    assert (run.state, run.retries, run.sentence) == ("failed", 4, outcome.error.sentence)
    before, at = counts(), Stretches.from_json(history(project).cursor["stretches"])
    assert at.read == 2 * PAGE
    assert not at.is_done
    assert seen.source(project, "Failed") in seen.page()
    assert f"{outcome.error.sentence} Nothing to do: Slipway asks again." in seen.page()
    assert f"{seen.stale(project)} today" in seen.page(seen.OVERVIEW)
    assert outcome.error.sentence in seen.page(seen.OVERVIEW)
    assert newest_release() in seen.page(seen.RELEASES)

    assert read(project).ended is Ended.FAILED
    assert counts() == before
    company.heal()
    assert read(project).ended is Ended.DONE
    assert Release.objects.count() == company.releases
    assert seen.source(project, "Up to date") in seen.page()
    assert "stale since" not in seen.page(seen.OVERVIEW)


def newest_release() -> str:
    """The name of what stands first in the list."""
    return Release.objects.latest("created_on", "id").name


@pytest.mark.parametrize("kind", ["sign_in", "redirect", "html", "unauthorized"])
def test_a_refused_credential_is_tried_once_and_said_once(
    project: Project, company: Company, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    company.fault("releases.list", kind, times=0)
    outcome = read(project)
    assert outcome.ended is Ended.PAUSED
    assert outcome.rests is not None
    assert len(company.asked("releases.list")) == 1
    organization = Organization.objects.get(pk=project.organization_id)
    run = last_run(project)
    assert organization.state == Organization.State.AUTH_FAILED
    assert organization.state_since is not None
    assert run.state == "paused"
    assert run.code == "auth_failed"
    assert run.sentence == organization.state_sentence
    assert "<" not in run.sentence + caplog.text
    assert "Sign In" not in caplog.text
    text = seen.page()
    assert seen.source(project, "Sign-in refused") in text
    assert f"{run.sentence} Renew the token in {VARIABLE}, then restart the worker" in text
    assert "nothing was read yet." in seen.page(seen.OVERVIEW)
    assert run.sentence in seen.page(seen.OVERVIEW)
    assert f"Sign-in refused {run.sentence}" in seen.page("/connect/")

    company.heal()
    assert read(project, insist=False).ended is Ended.WAITING
    assert company.asked() == []
    assert read(project).ended is Ended.DONE
    organization.refresh_from_db()
    assert (organization.state, organization.state_sentence) == (Organization.State.CONNECTED, "")
    assert run.sentence not in seen.page(seen.OVERVIEW)


@pytest.mark.parametrize("kind", ["forbidden", "not_found"])
def test_a_new_token_that_lacks_a_permission_is_no_refused_sign_in(
    project: Project, company: Company, kind: str
) -> None:
    company.fault("*", "unauthorized", times=0)
    assert read(project).ended is Ended.PAUSED
    assert seen.source(project, "Sign-in refused") in seen.page()
    company.heal()
    company.fault("*", kind, times=0)
    assert read(project).ended is Ended.PAUSED
    organization = Organization.objects.get(pk=project.organization_id)
    assert (organization.state, organization.state_sentence) == (Organization.State.CONNECTED, "")
    text = seen.page()
    assert seen.source(project, "Needs you") in text
    assert last_run(project).sentence in text
    assert "Sign-in refused" not in seen.page("/connect/")


def test_a_credential_that_ends_on_page_three_of_seven_loses_nothing(
    seven_pages: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    company, project = seven_pages, seven_pages.project()
    company.fault("releases.list", "unauthorized", when=BACKFILL, times=0, after=2)
    assert read(project).ended is Ended.PAUSED
    at = Stretches.from_json(history(project).cursor["stretches"])
    kept, refused = backfill_pages(company)[:-1], company.asked("releases.list")[-1]
    assert (at.read, len(kept), refused["status"]) == (2 * LONG_PAGE, 2, 401)
    oldest = sorted(row["created"] for row in company.books()["releases"] if row["deleted"] is None)
    assert Release.objects.filter(created_on__lte=oldest[2 * LONG_PAGE - 1]).count() == 2 * LONG_PAGE
    assert at.read_to == datetime.fromisoformat(oldest[2 * LONG_PAGE - 1])
    assert seen.source(project, "Sign-in refused") in seen.page()
    assert seen.stale(project) in seen.page(seen.OVERVIEW)
    assert newest_release() in seen.page(seen.RELEASES)

    company.heal()
    monkeypatch.setenv(VARIABLE, "a-new-token")
    assert read(project).ended is Ended.DONE
    went_on = backfill_pages(company)
    assert went_on[0]["query"] == refused["query"]
    assert not {one["query"] for one in kept} & {one["query"] for one in went_on}
    assert Release.objects.count() == company.releases
    text = seen.page()
    assert seen.source(project, "Up to date") in text
    assert seen.ALL_READ in text
    assert "Known gaps" not in text


def backfill_pages(company: Company) -> list[dict[str, Any]]:
    """The requests for pages of the history, oldest first."""
    pages = [one for one in company.asked("releases.list") if "expand=env" in one["query"]]
    return [one for one in pages if "Filter" not in one["query"] and "minCreated" not in one["query"]]


@pytest.mark.parametrize("args", [{}, {"items": 30}])
def test_pages_that_come_twice_or_overlap_change_nothing(
    project: Project, company: Company, args: dict[str, int]
) -> None:
    company.fault("releases.list", "duplicate_page", when=BACKFILL, times=2, args=args)
    assert [one.ended for one in read_all(project, connections=4)] == [Ended.DONE, Ended.DONE]
    assert disagreements(company, project) == []
    assert seen.ALL_READ in seen.page()
    assert f" {company.releases} releases " in seen.page(seen.RELEASES)


@pytest.mark.parametrize("how", ["repeat", "alternate"])
def test_a_list_in_circles_is_noticed_at_once(project: Project, company: Company, how: str) -> None:
    company.fault("releases.list", "token_loop", when=BACKFILL, times=0, args={"how": how})
    outcome = read(project)
    assert outcome.ended is Ended.FAILED
    run = last_run(project, "backfill")
    assert (run.state, run.code, run.retries) == ("failed", "token_loop", 0)
    pages = [
        one for one in company.asked("releases.list") if "expand=env" in one["query"] and "Filter" not in one["query"]
    ]
    assert len(pages) <= 3 + 3
    assert seen.source(project, "Failed") in seen.page()
    assert f"{run.sentence} Nothing to do: Slipway begins the list again." in seen.page()
    assert seen.stale(project) in seen.page(seen.OVERVIEW)

    company.heal()
    assert read(project).ended is Ended.DONE
    assert Release.objects.count() == company.releases


@pytest.mark.parametrize(
    "what",
    ["environments", "artifacts", "missing_id", "text_id", "definition", "date", "status", "not_an_object", "nested"],
)
def test_one_malformed_release_is_set_aside_and_the_rest_goes_on(project: Project, company: Company, what: str) -> None:
    company.fault("releases.list", "malformed", when=BACKFILL, after=1, args={"what": what, "depth": 300})
    assert read(project).ended is Ended.DONE
    aside = project.set_aside.get()
    assert aside.reason
    assert aside.resolved_at is None
    assert last_run(project, "backfill").set_aside == 1
    left = company.releases - Release.objects.count()
    assert left <= 1
    assert f"Set aside, 1 {WHY_ASIDE}" in seen.page()
    assert aside.reason in seen.page()

    assert read(project, full=True).ended is Ended.DONE
    aside.refresh_from_db()
    assert Release.objects.count() == company.releases
    assert aside.resolved_at is not None
    assert seen.ALL_READ in seen.page()
