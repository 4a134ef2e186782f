"""The past of the company: the same for the same seed, and with every case that a sync has to understand."""

import itertools
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from sandbox.company import Company
from tests.sandbox.living import ANCHOR, Clock


@pytest.fixture(scope="module")
def company() -> Company:
    return Company.open(seed=7, releases=600, now=Clock())


@pytest.fixture(scope="module")
def books(company: Company) -> dict[str, Any]:
    return company.books()


def attempts(books: dict[str, Any]) -> list[dict[str, Any]]:
    return [attempt for r in books["releases"] for stage in r["stages"] for attempt in stage["attempts"]]


def test_the_same_seed_gives_the_same_history(books: dict[str, Any]) -> None:
    assert Company.open(seed=7, releases=600, now=Clock()).books() == books
    assert Company.open(seed=8, releases=600, now=Clock()).books() != books


def test_the_history_is_laid_relative_to_the_anchor(books: dict[str, Any]) -> None:
    """A week later the same things happened a week later; only schedules follow the calendar of daylight saving."""
    later = Company.open(seed=7, releases=600, now=Clock(ANCHOR + timedelta(days=7))).books()
    reasons = [
        Counter((r["pipeline"], r["reason"]) for r in b["releases"] if r["reason"] != "schedule")
        for b in (books, later)
    ]
    assert reasons[0] == reasons[1]


def test_it_has_about_as_many_releases_as_asked_for(books: dict[str, Any]) -> None:
    assert 570 <= len(books["releases"]) <= 630


def test_every_reason_and_every_kind_of_trigger_occurs(books: dict[str, Any]) -> None:
    reasons = {r["reason"] for r in books["releases"]}
    assert reasons == {"none", "manual", "continuousIntegration", "schedule", "pullRequest"}
    kinds = {r["trigger"]["kind"] for r in books["releases"]}
    assert kinds == {"push", "model", "build", "schedule", "manual", "pull_request", "unknown"}
    assert any(r["truth"]["kind"] != r["trigger"]["kind"] for r in books["releases"]), "some Azure does not tell"


def test_every_way_an_attempt_can_end_occurs(books: dict[str, Any]) -> None:
    ends = {(a["status"], a["operationStatus"]) for a in attempts(books) if a["finished"]}
    assert ends >= {
        ("succeeded", "Approved"),
        ("partiallySucceeded", "Approved"),
        ("failed", "PhaseFailed"),
        ("notDeployed", "PhaseFailed"),
        ("notDeployed", "Rejected"),
        ("failed", "Rejected"),
        ("notDeployed", "Canceled"),
    }
    assert max(a["attempt"] for a in attempts(books)) >= 2
    assert {r["status"] for r in books["releases"]} == {"active", "abandoned"}
    assert books["counters"]["deleted"] >= 3


def test_there_are_roll_backs_and_drift(books: dict[str, Any]) -> None:
    per_stage: dict[int, list[int]] = {}
    for span in books["spans"]:
        per_stage.setdefault(span["stageId"], []).append(span["release"])
    assert any(after < before for lived in per_stage.values() for before, after in itertools.pairwise(lived))
    assert [row["serves"] for row in books["serving"]["eta-prod"]][-1] != [
        row["serves"] for row in books["serving"]["eta-prod"]
    ][-2]


def test_it_opens_on_a_lively_state(company: Company, books: dict[str, Any]) -> None:
    latest = [(stage["name"], stage["status"], stage["attempts"]) for r in books["releases"] for stage in r["stages"]]
    waiting = [a for name, _, tried in latest if name == "PROD" for a in tried if a["operationStatus"] == "Pending"]
    assert len(waiting) >= 2
    assert any(a["operationStatus"] == "PhaseInProgress" for a in attempts(books))
    assert {"inProgress", "queued", "scheduled", "rejected"} <= {status for _, status, _ in latest}
    eta = company.registry.endpoints["eta-prod"]
    live = next(span for span in books["spans"] if span["stageId"] == 13 and span["until"] is None)
    carried = next(r for r in books["releases"] if r["id"] == live["release"])
    version = next(a["version"] for a in carried["artifacts"] if a["alias"] == "_eta-gbm")
    assert eta.serves() != {version: 100}, "Berth ETA PROD has drifted"
    assert any(job.status == "Running" for job in company.registry.jobs.values())


def test_swell_height_never_reached_production(books: dict[str, Any]) -> None:
    assert any(r["pipeline"] == "swell" for r in books["releases"])
    assert not [span for span in books["spans"] if span["stageId"] == 22]
    assert 21 in [row["stageId"] for row in books["uncertain"]], "its DEV TEST failed last"


def test_definitions_were_renamed_and_lost_a_stage_over_their_revisions(company: Company) -> None:
    port = company.world.pipelines[7]
    assert {s.name for r in port.revisions for s in r.stages if s.id == 2} == {"DEV", "DEV TEST"}
    assert {s.id for r in port.revisions for s in r.stages} - {s.id for s in port.current.stages} == {3}
    longest = max(len(s.name) for p in company.world.pipelines.values() for r in p.revisions for s in r.stages)
    assert 50 <= longest <= 64


def test_some_models_have_no_job_and_some_versions_nobody_used(company: Company, books: dict[str, Any]) -> None:
    used = {(a["name"], a["version"]) for r in books["releases"] for a in r["artifacts"]}
    every = {(v["model"], v["version"]) for v in books["modelVersions"]}
    assert every - used
    assert used <= every | {(a["name"], a["version"]) for r in books["releases"] for a in r["artifacts"] if a["commit"]}
    assert {v["job"] is None for v in books["modelVersions"]} == {True, False}
    tags = [v.tags for m in company.registry.models.values() for v in m.versions]
    assert any("metric.accuracy" in tag for tag in tags)
    assert any("metric.accuracy" not in tag for tag in tags)


def test_each_attempt_begins_before_it_ends_and_steps_follow_each_other(books: dict[str, Any]) -> None:
    for a in attempts(books):
        moments = [a["queued"], a["began"], a["started"] or a["began"], a["finished"] or a["lastModified"]]
        assert moments == sorted(moments)
        done = [step for step in a["steps"] if step["finished"]]
        assert [s["started"] for s in done] == sorted(s["started"] for s in done)


def test_an_unknown_scenario_is_named_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"no scenario named 'moon'. Known scenarios: bench, harbour"):
        Company.open(scenario="moon", now=Clock())


@pytest.mark.parametrize("releases", [5, 40, 200])
@pytest.mark.parametrize("days", [0, 2, 5])
def test_companies_of_every_size_open_lively_on_every_day(releases: int, days: int) -> None:
    company = Company.open(seed=days, releases=releases, now=Clock(ANCHOR + timedelta(days=days, hours=7)))
    books = company.books()
    swell = [s for r in books["releases"] if r["pipeline"] == "swell" for s in r["stages"] if s["name"] == "DEV TEST"]
    assert swell[-1]["status"] == "rejected"
    assert sum(a["operationStatus"] == "PhaseInProgress" for a in attempts(books)) >= 2
    assert len([a for _, _, a in company.archive.approvals() if a.status == "pending"]) >= 3
    eta = books["serving"]["eta-prod"]
    assert eta[-1]["serves"] == eta[-3]["serves"] != eta[-2]["serves"], "went back to what it served before"
