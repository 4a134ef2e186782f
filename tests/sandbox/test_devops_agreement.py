"""Everything the sandbox says over HTTP agrees with its own books: now, after more of its life, and after a restart."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox.http.server import Server
from tests.sandbox.living import EVERYTHING, Clock, Harbour, Row, opened, state


def normal(stamp: str | None) -> str | None:
    """A time of the service as the books write it."""
    if stamp is None or stamp.startswith("0001"):
        return None
    whole, _, fraction = stamp.rstrip("Z").partition(".")
    return f"{whole}.{fraction[:3].ljust(3, '0')}Z"


def differences(harbour: Harbour) -> list[str]:
    """Line by line: releases, stages, attempts, approvals, steps and logs, feed, counters."""
    books = harbour.company.books()
    found: list[str] = []
    details = {
        row["id"]: harbour.get(f"releases/{row['id']}").json() for row in books["releases"] if not row["deleted"]
    }
    feed = {row["id"]: row for row in harbour.pages("deployments", _top=100)}
    listed = {row["id"]: row for row in harbour.pages("releases", **{"$expand": EVERYTHING, "$top": 100})}
    found += _unequal("listed releases", set(listed), set(details))
    for row in books["releases"]:
        if row["deleted"]:
            continue
        for answer in (details[row["id"]], listed[row["id"]]):
            found += _of_release(row, answer)
        found += _of_steps(harbour, row, details[row["id"]])
        for stage in row["stages"]:
            for attempt in stage["attempts"]:
                found += _of_feed(attempt, feed.pop(attempt["deploymentId"], None))
    found += _unequal("feed rows of nothing", set(feed), set())
    return found + _of_approvals(harbour, books) + _of_deleted(harbour, books)


def _of_release(row: Row, answer: Row) -> list[str]:
    facts = {key: answer[key] for key in ("name", "status", "reason", "description", "keepForever")}
    facts |= {"created": normal(answer["createdOn"]), "modified": normal(answer["modifiedOn"])}
    facts |= {"createdBy": answer["createdBy"]["id"], "revision": answer["releaseDefinitionRevision"]}
    facts["definitionId"] = answer["releaseDefinition"]["id"]
    found = [x for key, value in facts.items() for x in _unequal(f"release {row['id']} {key}", value, row[key])]
    found += _unequal(f"artifacts of {row['id']}", [_artifact(a) for a in answer["artifacts"]], _artifacts(row))
    if len(answer["environments"]) != len(row["stages"]):
        return [*found, f"release {row['id']} has other stages"]
    for stage, env in zip(row["stages"], answer["environments"], strict=True):
        found += _of_stage(stage, env)
    return found


def _artifact(answer: Row) -> list[Any]:
    reference = answer["definitionReference"]
    version, source = reference["version"], reference.get("sourceVersion", {}).get("id")
    return [answer["alias"], answer["type"], answer["sourceId"], version["id"], version["name"], source]


def _artifacts(row: Row) -> list[list[Any]]:
    keys = ("alias", "type", "sourceId", "versionId", "versionName", "sourceVersion")
    return [[artifact[key] for key in keys] for artifact in row["artifacts"]]


def _of_stage(stage: Row, env: Row) -> list[str]:
    where = f"stage {stage['id']}"
    facts = {"id": env["id"], "stageId": env["definitionEnvironmentId"], "name": env["name"]}
    facts |= {"rank": env["rank"], "status": env["status"]}
    found = [x for key, value in facts.items() for x in _unequal(f"{where} {key}", value, stage[key])]
    if len(env["deploySteps"]) != len(stage["attempts"]):
        return [*found, f"{where} has other attempts"]
    for attempt, step in zip(stage["attempts"], env["deploySteps"], strict=True):
        found += _of_attempt(attempt, step)
        approvals = {a["id"]: a for a in env["preDeployApprovals"] + env["postDeployApprovals"]}
        mine = [_approval(a) for a in approvals.values() if a["attempt"] == attempt["attempt"]]
        wanted = list(attempt["approvals"])
        found += _unequal(f"approvals of {attempt['deploymentId']}", _by_id(mine), _by_id(wanted))
    return found


def _of_attempt(attempt: Row, step: Row) -> list[str]:
    facts = {"attempt": step["attempt"], "deploymentId": step["deploymentId"], "status": step["status"]}
    facts |= {"operationStatus": step["operationStatus"], "reason": step["reason"]}
    facts |= {"queued": normal(step["queuedOn"]), "lastModified": normal(step["lastModifiedOn"])}
    facts |= {"requestedBy": step["requestedBy"]["id"], "requestedFor": step["requestedFor"]["id"]}
    found = [x for k, v in facts.items() for x in _unequal(f"attempt {step['deploymentId']} {k}", v, attempt[k])]
    return found + _unequal("hasStarted", step["hasStarted"], attempt["started"] is not None)


def _approval(answer: Row) -> Row:
    return {
        "id": answer["id"],
        "type": answer["approvalType"],
        "rank": answer["rank"],
        "status": answer["status"],
        "automated": answer["isAutomated"],
        "attempt": answer["attempt"],
        "approver": answer.get("approver", {}).get("id"),
        "approvedBy": answer.get("approvedBy", {}).get("id"),
        "comments": answer["comments"],
        "created": normal(answer["createdOn"]),
        "modified": normal(answer["modifiedOn"]),
    }


def _of_steps(harbour: Harbour, row: Row, answer: Row) -> list[str]:
    """Steps of the detail; and of one release in seven, that each begun step has a log and the others have none."""
    shown = {}
    for env in answer["environments"]:
        for phase in [p for step in env["deploySteps"] for p in step["releaseDeployPhases"]]:
            for task in [t for job in phase["deploymentJobs"] for t in job["tasks"]]:
                shown[(phase["id"], task["id"])] = task
                if row["id"] % 7 == 0:
                    log = f"releases/{row['id']}/environments/{env['id']}/deployPhases/{phase['id']}"
                    log += f"/tasks/{task['id']}/logs"
                    status = harbour.session.get(harbour.address(log), timeout=20).status_code
                    if (status == 200) != ("startTime" in task and "logUrl" in task):
                        return [f"log of {log} answers {status}"]
    wanted = {(s["phase"], s["task"]): s for stage in row["stages"] for a in stage["attempts"] for s in a["steps"]}
    found = _unequal(f"steps of {row['id']}", set(shown), set(wanted))
    for key in shown.keys() & wanted.keys():
        task, step = shown[key], wanted[key]
        facts = [
            task["name"],
            task["rank"],
            task["status"],
            normal(task.get("startTime")),
            normal(task.get("finishTime")),
        ]
        found += _unequal(f"step {key}", facts, [step[k] for k in ("name", "rank", "status", "started", "finished")])
    return found


def _of_feed(attempt: Row, row: Row | None) -> list[str]:
    if row is None:
        return [f"deployment {attempt['deploymentId']} is not in the feed"]
    facts = {"status": row["deploymentStatus"], "operationStatus": row["operationStatus"], "attempt": row["attempt"]}
    facts |= {"lastModified": normal(row["lastModifiedOn"]), "began": normal(row["startedOn"])}
    facts |= {"finished": normal(row.get("completedOn")), "environment": row["releaseEnvironment"]["id"]}
    facts |= {"release": row["release"]["id"], "stageId": row["definitionEnvironmentId"]}
    return [x for k, v in facts.items() for x in _unequal(f"feed {row['id']} {k}", v, attempt[k])]


def _of_approvals(harbour: Harbour, books: Row) -> list[str]:
    gone = {row["id"] for row in books["releases"] if row["deleted"]}
    shown = {row["id"] for row in harbour.pages("approvals", statusFilter="undefined", top=100)}
    wanted = {
        approval["id"]
        for row in books["releases"]
        if row["id"] not in gone
        for stage in row["stages"]
        for attempt in stage["attempts"]
        for approval in attempt["approvals"]
    }
    pending = len(harbour.pages("approvals", top=100))
    return _unequal("approvals", shown, wanted) + _unequal("pending", pending, books["counters"]["pendingApprovals"])


def _of_deleted(harbour: Harbour, books: Row) -> list[str]:
    gone = {row["id"] for row in books["releases"] if row["deleted"]}
    return _unequal("deleted", {row["id"] for row in harbour.pages("releases", isDeleted="true")}, gone)


def _by_id(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: int(row["id"]))


def _unequal(what: str, shown: Any, wanted: Any) -> list[str]:
    return [] if shown == wanted else [f"{what}: says {shown!r}, books {wanted!r}"]


@pytest.fixture
def harbour(serve: Callable[..., Server], tmp_path: Path) -> Any:
    with requests.Session() as session:
        yield opened(serve, session, state=state(tmp_path))


def test_past_and_present_agree_with_the_books(harbour: Harbour) -> None:
    assert differences(harbour) == []
    before = harbour.company.books()["events"]
    harbour.clock.moves(minutes=20)
    assert differences(harbour) == []
    assert harbour.company.books()["events"] > before, "something happened in these twenty minutes"


def test_two_hundred_events_at_once_agree_and_are_dated_after_what_was_seen(harbour: Harbour) -> None:
    seen = harbour.company.books()
    harbour.clock.moves(seconds=30)
    assert harbour.company.advance(200) == 200
    books = harbour.company.books()
    assert books["events"] >= seen["events"] + 200
    assert differences(harbour) == []
    old = {a["deploymentId"]: a for r in seen["releases"] for s in r["stages"] for a in s["attempts"]}
    changed = [
        a for r in books["releases"] for s in r["stages"] for a in s["attempts"] if old.get(a["deploymentId"]) != a
    ]
    assert changed
    assert min(a["lastModified"] for a in changed) >= seen["now"]
    assert max(a["lastModified"] for a in changed) <= books["now"]


def test_a_restart_forgets_nothing(serve: Callable[..., Server], harbour: Harbour, tmp_path: Path) -> None:
    """All that came from outside, and what followed from it, is there again."""
    pending = harbour.pages("approvals")
    first = next(a for a in pending if a["approver"]["displayName"] == "svc-slipway")
    other = next(a for a in pending if a["id"] != first["id"])
    assert (
        harbour.send("PATCH", f"approvals/{first['id']}", {"status": "approved", "comments": "ok"}).status_code == 200
    )
    harbour.clock.moves(minutes=1)
    failed = [r for r in harbour.pages("releases", **{"$expand": "environments"}) if r["status"] == "active"]
    env = next(e for r in failed for e in r["environments"] if e["status"] == "rejected")
    body = {"status": "inProgress", "comment": "again"}
    assert harbour.send("PATCH", f"releases/{env['releaseId']}/environments/{env['id']}", body).status_code == 200
    harbour.clock.moves(seconds=3)
    harbour.company.advance(150)
    made = harbour.send("POST", "releases", {"definitionId": 7, "description": "by hand", "reason": "manual"})
    assert made.status_code == 200
    refused = harbour.send("PATCH", f"approvals/{other['id']}", {"status": "nonsense"})
    assert refused.status_code == 400
    harbour.company.change_speed(30.0)
    harbour.clock.moves(minutes=9)
    harbour.send("PATCH", f"releases/{made.json()['id']}", {"status": "abandoned"})
    before = harbour.company.books()
    assert differences(harbour) == []
    again = opened(
        serve, harbour.session, Clock(harbour.clock.now), state=state(tmp_path), speed=30.0, seed=99, releases=5
    )
    assert again.company.books() == before
    assert differences(again) == []


def test_a_journal_cut_off_in_its_last_line_loses_that_line_only(
    serve: Callable[..., Server], harbour: Harbour, tmp_path: Path
) -> None:
    before = harbour.company.books()
    with (state(tmp_path) / "company.jsonl").open("a") as journal:
        journal.write('{"at": "2026-11-19T12:18:00+00:00", "do": "appr')
    again = opened(serve, harbour.session, Clock(harbour.clock.now), state=state(tmp_path))
    assert again.company.books() == before
    again.company.advance(3)
    third = opened(serve, harbour.session, Clock(again.clock.now), state=state(tmp_path))
    assert third.company.books() == again.company.books()
