"""What is changed through the Release API behaves as in Azure, beside what colleagues do in Azure's own pages."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox import devops
from sandbox.company import Company, Refusal, colleagues
from sandbox.devops.definition_json import ALL, definition_json
from sandbox.devops.desk import dumped
from sandbox.devops.words import Links
from sandbox.http.application import Application
from sandbox.http.routing import Router
from sandbox.http.server import Server
from tests.sandbox.living import Clock, Harbour, Row

MARKER = "Because. [slipway cmd=1a2b3c4d audit=12:ab34]"
PORT = 7
BY_ITSELF = ("continuousIntegration", "schedule")


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def harbour(state: Path) -> Iterator[Harbour]:
    """One company for all tests here, which lives a thousandth as fast as its clock; each makes what it changes."""
    clock = Clock()
    company = Company.open(seed=7, releases=60, speed=0.001, state=state, now=clock)
    server = Server(Application(Router(devops.routes(company))))
    server.start()
    with requests.Session() as session:
        yield Harbour(company, clock, server, session)
    server.stop()


def offers(harbour: Harbour, definition: int = PORT) -> dict[str, Row]:
    lines = harbour.get("artifacts/versions", releaseDefinitionId=definition).json()["artifactVersions"]
    return {line["alias"]: line for line in lines}


def create(harbour: Harbour, *, expected: int = 200, **more: Any) -> Row:
    answer = harbour.send("POST", "releases", {"definitionId": PORT, "reason": "manual", **more})
    assert answer.status_code == expected, answer.text
    said: Row = answer.json()
    return said


def waiting(harbour: Harbour, **more: Any) -> Row:
    """A new release whose stages wait to be started by hand."""
    stages = [env["name"] for env in harbour.get(f"definitions/{PORT}").json()["environments"]]
    return create(harbour, manualEnvironments=stages, **more)


def stage(harbour: Harbour, release: Row, at: int = 0) -> Row:
    found: Row = harbour.get(f"releases/{release['id']}/environments/{release['environments'][at]['id']}").json()
    return found


def change(harbour: Harbour, env: Row, status: str, *, expected: int = 200, comment: str = MARKER) -> Row:
    path = f"releases/{env['releaseId']}/environments/{env['id']}"
    answer = harbour.send("PATCH", path, {"status": status, "comment": comment})
    assert answer.status_code == expected, answer.text
    said: Row = answer.json()
    return said


def update(harbour: Harbour, release: Row, status: str, *, expected: int = 200) -> Row:
    answer = harbour.send("PATCH", f"releases/{release['id']}", {"status": status, "comment": MARKER})
    assert answer.status_code == expected, answer.text
    said: Row = answer.json()
    return said


def history(harbour: Harbour, release: Row, kind: str) -> list[tuple[str, str]]:
    lines = harbour.get(f"releases/{release['id']}/history").json()["value"]
    return [(line["changedBy"]["displayName"], line["comment"]) for line in lines if line["changeType"] == kind]


def pending(harbour: Harbour, release: Row) -> list[int]:
    return [a["id"] for a in harbour.pages("approvals", releaseIdsFilter=release["id"])]


def run_until(harbour: Harbour, release: Row, at: int, *statuses: str) -> Row:
    for _ in range(100):
        env = stage(harbour, release, at)
        if env["status"] in statuses:
            return env
        harbour.company.advance(5)
    raise AssertionError(f"{env['name']} stays {env['status']}")


# Stages


def test_a_deployment_is_queued_and_a_moment_later_an_attempt_of_ours_with_our_words(harbour: Harbour) -> None:
    release = waiting(harbour)
    env = stage(harbour, release)
    assert (change(harbour, env, "inProgress")["status"], stage(harbour, release)["deploySteps"]) == ("queued", [])
    assert change(harbour, env, "inProgress", expected=400)["typeKey"]
    harbour.clock.moves(seconds=1)
    now = stage(harbour, release)
    attempt = now["deploySteps"][0]
    assert now["status"] in ("inProgress", "queued"), "it may stand in line"
    assert (attempt["attempt"], attempt["requestedBy"]["displayName"]) == (1, "svc-slipway")
    assert history(harbour, release, "Deploy") == [("svc-slipway", MARKER)]
    assert change(harbour, env, "inProgress", expected=400)["typeKey"]


def test_a_cancel_takes_a_moment_while_a_job_runs_and_then_nothing_is_left_to_cancel(harbour: Harbour) -> None:
    release = waiting(harbour)
    env = stage(harbour, release)
    change(harbour, env, "canceled", expected=400)
    change(harbour, env, "inProgress")
    run_until(harbour, release, 0, "inProgress")
    assert change(harbour, env, "canceled")["status"] in ("inProgress", "canceled")
    harbour.clock.moves(seconds=5)
    assert stage(harbour, release)["status"] == "canceled"
    assert history(harbour, release, "Cancel") == [("svc-slipway", MARKER)]
    change(harbour, env, "canceled", expected=400)


def test_a_stage_that_waits_for_people_is_canceled_at_once_with_its_approvals(harbour: Harbour) -> None:
    release = waiting(harbour)
    env = stage(harbour, release, 1)
    change(harbour, env, "inProgress")
    harbour.clock.moves(seconds=1)
    assert pending(harbour, release)
    ended = change(harbour, env, "canceled")
    assert (ended["status"], ended["deploySteps"][-1]["operationStatus"]) == ("canceled", "Canceled")
    assert pending(harbour, release) == []


@pytest.mark.parametrize("status", ["draft", "abandoned"])
def test_stages_of_a_release_that_is_not_active_are_not_deployed(harbour: Harbour, status: str) -> None:
    release = waiting(harbour, isDraft=True)
    if status == "abandoned":
        update(harbour, release, "active")
        update(harbour, release, "abandoned")
    assert harbour.get(f"releases/{release['id']}").json()["status"] == status
    assert change(harbour, stage(harbour, release), "inProgress", expected=400)["typeKey"]


# Releases


def test_a_draft_is_started_once_and_its_automatic_stages_start_at_once(harbour: Harbour) -> None:
    release = create(harbour, isDraft=True)
    harbour.clock.moves(seconds=2)
    assert {env["status"] for env in harbour.get(f"releases/{release['id']}").json()["environments"]} == {"notStarted"}
    assert update(harbour, release, "active")["status"] == "active"
    harbour.clock.moves(seconds=1)
    assert len(stage(harbour, release)["deploySteps"]) == 1
    assert history(harbour, release, "Start") == [("svc-slipway", MARKER)]


def test_a_release_is_not_abandoned_while_a_stage_is_in_progress_and_takes_its_approvals_with_it(
    harbour: Harbour,
) -> None:
    release = waiting(harbour)
    change(harbour, stage(harbour, release, 1), "inProgress")
    harbour.clock.moves(seconds=1)
    asked = pending(harbour, release)
    assert asked
    change(harbour, stage(harbour, release), "inProgress")
    for _ in range(300):
        steps = stage(harbour, release)["deploySteps"]
        if steps and steps[-1]["operationStatus"] == "PhaseInProgress":
            break
        harbour.company.advance(1)
    assert "in progress" in update(harbour, release, "abandoned", expected=400)["message"]
    assert pending(harbour, release) == asked
    change(harbour, stage(harbour, release), "canceled")
    harbour.clock.moves(seconds=5)
    assert update(harbour, release, "abandoned")["status"] == "abandoned"
    assert pending(harbour, release) == []
    ended = stage(harbour, release, 1)
    assert (ended["status"], {a["status"] for a in ended["preDeployApprovals"]}) == ("canceled", {"canceled"})
    assert history(harbour, release, "Abandon") == [("svc-slipway", MARKER)]
    update(harbour, release, "active", expected=400)


def test_a_release_is_made_of_versions_that_were_offered_and_of_no_others(harbour: Harbour) -> None:
    before = harbour.company.books()["releases"]
    alias, other = offers(harbour), "_support-vector-classifier"
    assert len(alias[other]["versions"]) <= 100
    for wrong in (
        {"alias": other, "instanceReference": {"id": "no such"}},
        {"alias": "x", "instanceReference": {"id": "1"}},
    ):
        assert create(harbour, artifacts=[wrong], expected=400)["typeKey"]
    assert harbour.company.books()["releases"] == before
    chosen = alias[other]["versions"][1]
    made = create(harbour, description=MARKER, artifacts=[{"alias": other, "instanceReference": {"id": chosen["id"]}}])
    versions = {a["alias"]: a["definitionReference"]["version"]["id"] for a in made["artifacts"]}
    assert (made["description"], versions[other]) == (MARKER, chosen["id"])
    assert versions["_scaler"] == alias["_scaler"]["defaultVersion"]["id"]
    harbour.clock.moves(seconds=1)
    assert stage(harbour, made)["deploySteps"], "its automatic stage starts at once"


def test_what_is_specified_at_creation_must_be_given(harbour: Harbour) -> None:
    definition = harbour.get("definitions/12").json()
    artifact = definition["artifacts"][0]
    artifact["definitionReference"]["defaultVersionType"]["id"] = "selectDuringReleaseCreationType"
    assert harbour.send("PUT", "definitions", definition).status_code == 200
    assert artifact["alias"] in create(harbour, definitionId=12, expected=400)["message"]
    version = offers(harbour, 12)[artifact["alias"]]["versions"][0]["id"]
    create(harbour, definitionId=12, artifacts=[{"alias": artifact["alias"], "instanceReference": {"id": version}}])


# Definitions


def test_a_definition_comes_back_as_it_was_saved_but_for_its_revision(harbour: Harbour) -> None:
    definition = harbour.get("definitions/15").json()
    definition["environments"][0]["ours"] = {"null": None, "deep": [None, {"a": 1.5}]}
    definition["variables"]["password"] = {"value": None, "isSecret": True}
    saved = harbour.send("PUT", "definitions", definition)
    again = harbour.get("definitions/15")
    assert again.content == saved.content
    new = {key: again.json()[key] for key in ("revision", "modifiedBy", "modifiedOn")}
    assert new["revision"] == definition["revision"] + 1
    assert again.content == dumped(definition | new)
    stale = harbour.send("PUT", "definitions", definition)
    assert (stale.status_code, stale.json()["typeKey"]) == (400, "InvalidRequestException")
    assert harbour.get("definitions/15").content == again.content


def test_a_schedule_that_was_changed_fires_then_and_not_at_its_old_time(tmp_path: Path) -> None:
    clock = Clock()
    company = Company.open(seed=7, releases=60, now=clock, state=tmp_path)
    body = _definition(company, PORT)
    schedules = [t for t in body["triggers"] if t["triggerType"] == "schedule"]
    assert schedules, "this pipeline has a schedule"
    due = (clock() + timedelta(hours=30)).replace(minute=20)
    plan = {"daysToRelease": 127, "startHours": due.hour, "startMinutes": 20, "timeZoneId": "UTC", "jobId": "x"}
    company.act("save_definition", body=body | {"triggers": [{"triggerType": "schedule", "schedule": plan}]})
    known = {row["id"] for row in company.books()["releases"]}
    clock.moves(days=9)
    rows = [row for row in company.books()["releases"] if row["id"] not in known]
    fired = [row["created"][11:16] for row in rows if (row["definitionId"], row["reason"]) == (PORT, "schedule")]
    assert fired == [f"{due.hour:02d}:20"] * 9
    bad = _definition(company, PORT)
    bad["triggers"][0]["schedule"]["timeZoneId"] = "Mars Standard Time"
    with pytest.raises(Refusal, match="schedule"):
        company.act("save_definition", body=bad)


def test_a_model_trigger_that_was_switched_off_creates_nothing(tmp_path: Path) -> None:
    clock = Clock()
    company = Company.open(seed=7, releases=60, now=clock, state=tmp_path)
    for pipeline in company.world.pipelines:
        company.act("save_definition", body=_definition(company, pipeline) | {"triggers": []})
    clock.moves(minutes=2)
    known = {row["id"] for row in company.books()["releases"]}
    company.advance(2500)
    new = [row for row in company.books()["releases"] if row["id"] not in known]
    assert new
    assert not [row for row in new if row["reason"] in BY_ITSELF]


def _definition(company: Company, number: int) -> Row:
    pipeline = company.world.pipelines[number]
    return definition_json(Links("http://x"), pipeline, pipeline.current, ALL)


# Colleagues


def test_a_colleague_deploys_and_cancels_under_their_own_name(harbour: Harbour) -> None:
    release = waiting(harbour)
    done = colleagues.act(
        harbour.company, {"verb": "deploy", "release": release["id"], "environment": "DEV TEST", "by": "Priya Raman"}
    )
    assert done["by"] == "Priya Raman"
    harbour.clock.moves(seconds=1)
    env = stage(harbour, release)
    assert env["deploySteps"][0]["requestedBy"]["displayName"] == "Priya Raman"
    assert history(harbour, release, "Deploy") == [("Priya Raman", "")]
    colleagues.act(harbour.company, {"verb": "cancel", "release": release["id"], "environment": env["id"]})
    harbour.clock.moves(seconds=5)
    assert stage(harbour, release)["status"] == "canceled"


@pytest.mark.parametrize(("verb", "status"), [("approve", "approved"), ("reject", "rejected")])
def test_a_colleague_decides_first(harbour: Harbour, verb: str, status: str) -> None:
    release = waiting(harbour)
    env = stage(harbour, release, 1)
    change(harbour, env, "inProgress")
    harbour.clock.moves(seconds=1)
    done = colleagues.act(harbour.company, {"verb": verb, "release": release["id"], "environment": env["id"]})
    found = [a for a in stage(harbour, release, 1)["preDeployApprovals"] if a["id"] == done["approval"]]
    assert [(a["status"], a["approvedBy"]["displayName"]) for a in found] == [(status, done["by"])]
    assert done["by"] != "svc-slipway"
    answer = harbour.send("PATCH", f"approvals/{done['approval']}", {"status": "approved", "comments": MARKER})
    assert answer.status_code == 400


def test_a_colleague_creates_starts_abandons_deletes_and_saves(harbour: Harbour) -> None:
    made = colleagues.act(harbour.company, {"verb": "create", "definition": PORT, "is_draft": True, "by": "wei.zhang"})
    number = made["release"]
    for verb, status in (("start", "active"), ("abandon", "abandoned")):
        colleagues.act(harbour.company, {"verb": verb, "release": number, "by": "Marco Bianchi", "comment": verb})
        assert harbour.get(f"releases/{number}").json()["status"] == status
    assert harbour.get(f"releases/{number}").json()["createdBy"]["displayName"] == "Zhang Wei (张伟)"
    assert history(harbour, {"id": number}, "Abandon") == [("Marco Bianchi", "abandon")]
    colleagues.act(harbour.company, {"verb": "delete", "release": number})
    assert harbour.session.get(harbour.address(f"releases/{number}"), timeout=10).status_code == 404
    definition = harbour.get("definitions/21").json()
    colleagues.act(harbour.company, {"verb": "save", "body": definition, "by": "Ayla Demir"})
    assert harbour.get("definitions/21").json()["modifiedBy"]["displayName"] == "Ayla Demir"
    assert harbour.send("PUT", "definitions", definition).status_code == 400, "a colleague saved meanwhile"


@pytest.mark.parametrize(
    "wish",
    [
        {"verb": "dance"},
        {"verb": "deploy", "release": 1},
        {"verb": "abandon", "release": 10**9},
        {"verb": "create", "definition": PORT, "by": "nobody"},
        {"verb": "approve", "release": 101, "environment": "DEV TEST"},
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(harbour: Harbour, wish: Row) -> None:
    with pytest.raises(Refusal):
        colleagues.act(harbour.company, wish)


def test_a_restart_keeps_all_of_it(harbour: Harbour, state: Path) -> None:
    release = waiting(harbour)
    change(harbour, stage(harbour, release), "inProgress")
    harbour.clock.moves(seconds=1)
    harbour.company.see()
    again = Company.open(speed=0.001, state=state, now=harbour.clock)
    assert again.books() == harbour.company.books()
    mine, theirs = (c.archive.release(release["id"]).history for c in (again, harbour.company))
    assert [(d.kind, d.by, d.comment) for d in mine] == [(d.kind, d.by, d.comment) for d in theirs]
    assert {p.id: p.current.raw for p in again.world.pipelines.values()} == {
        p.id: p.current.raw for p in harbour.company.world.pipelines.values()
    }
