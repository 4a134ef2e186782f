"""What the real client reads of the living company."""

from collections.abc import Callable
from typing import Any

import pytest
import requests
from azure.devops.exceptions import AzureDevOpsServiceError

from sandbox.http.server import Server
from tests.sandbox.devops.looking import PROJECT, pages, stages
from tests.sandbox.living import Harbour, Row, opened


@pytest.mark.parametrize("order", ["ascending", "descending"])
def test_the_pages_of_a_list_are_the_whole_list(client: Any, harbour: Harbour, order: str) -> None:
    numbers = [release.id for release in pages(client, query_order=order, top=7)]
    books = [row["id"] for row in harbour.company.books()["releases"] if not row["deleted"]]
    assert numbers == sorted(books, reverse=order == "descending")


def test_fifty_are_given_unless_asked_otherwise_and_never_more_than_a_hundred(
    serve: Callable[..., Server], connect: Callable[[str], Any]
) -> None:
    with requests.Session() as session:
        client = connect(opened(serve, session, releases=160).server.url)
    assert len(client.get_releases(PROJECT)) == 50
    assert len(client.get_releases(PROJECT, top=500)) == 100


def test_stages_and_artifacts_are_absent_without_their_expands(harbour: Harbour) -> None:
    bare = harbour.get("releases").json()["value"][0]
    assert not {"environments", "artifacts"} & bare.keys()
    full = harbour.get("releases", _expand="environments,artifacts").json()["value"]
    steps = [step for row in full for env in row["environments"] for step in env["deploySteps"]]
    assert steps
    assert not any(step["releaseDeployPhases"] for step in steps), "phases only in get_release"
    assert not any(env["preDeployApprovals"] for row in full for env in row["environments"])
    asked = harbour.get("releases", _expand="14").json()["value"]
    assert any(env["preDeployApprovals"] for row in asked for env in row["environments"])


def test_it_writes_like_the_service(harbour: Harbour) -> None:
    """PascalCase, sentinels, missing keys, fractions of none to seven digits."""
    feed = harbour.get("deployments", _top=100).json()["value"]
    assert {"Approved", "Pending", "PhaseInProgress"} <= {row["operationStatus"] for row in feed}
    assert all(row["release"]["createdOn"] == "0001-01-01T00:00:00" for row in feed)
    assert "0001-01-01T00:00:00" in {row["queuedOn"] for row in feed} != {"0001-01-01T00:00:00"}
    approvals = [a for row in feed for a in row["preDeployApprovals"]]
    assert all(("approver" in a) != a["isAutomated"] for a in approvals)
    assert {True, False} == {a["isAutomated"] for a in approvals}
    text = harbour.get("releases", _expand="environments,approvals", _top=100).text
    lengths = {len(part.split('Z"')[0]) for part in text.split(".")[1:] if part[:1].isdigit() and 'Z"' in part[:5]}
    assert {1, 2, 3} >= lengths
    assert 2 in lengths
    detail = harbour.get(f"releases/{feed[-1]['release']['id']}").json()["environments"][0]["deploySteps"][0]
    task = detail["releaseDeployPhases"][0]["deploymentJobs"][0]["tasks"][0]
    assert len(task["startTime"].rstrip("Z").partition(".")[2]) == 7
    artifacts = [a for row in harbour.get("releases", _expand="artifacts").json()["value"] for a in row["artifacts"]]
    assert any("isPrimary" not in a for a in artifacts)
    assert not any(a.get("isPrimary") is False for a in artifacts)


def test_a_deployment_does_not_touch_the_modified_time_of_its_release(harbour: Harbour) -> None:
    running = stages(harbour, "inProgress")[0]["releaseId"]
    before = harbour.get(f"releases/{running}").json()
    harbour.clock.moves(minutes=15)
    after = harbour.get(f"releases/{running}").json()
    assert after["modifiedOn"] == before["modifiedOn"]
    assert after["environments"] != before["environments"]


def test_the_feed_since_a_moment_has_what_changed_since(harbour: Harbour) -> None:
    since = harbour.get("deployments", _top=1).json()["value"][0]["lastModifiedOn"]
    harbour.clock.moves(minutes=12)
    everything = harbour.pages("deployments", queryOrder="ascending")
    changed = harbour.pages("deployments", queryOrder="ascending", minModifiedTime=since, **{"$top": 2})
    assert [row["id"] for row in changed] == [r["id"] for r in everything if r["lastModifiedOn"] >= since]
    latest = harbour.pages("deployments", latestAttemptsOnly="true")
    assert len(latest) < len(everything)


def test_releases_by_id_and_by_time(harbour: Harbour, client: Any) -> None:
    every = harbour.pages("releases", queryOrder="ascending")
    chosen = [every[3]["id"], every[8]["id"]]
    assert [r["id"] for r in harbour.pages("releases", releaseIdFilter=",".join(map(str, chosen)))] == chosen[::-1]
    newer = client.get_releases(PROJECT, min_created_time=every[-4]["createdOn"], query_order="ascending")
    assert [r.id for r in newer] == [r["id"] for r in every[-4:]]
    with pytest.raises(AzureDevOpsServiceError, match="does not exist") as refused:
        client.get_release(PROJECT, 99_999)
    assert refused.value.type_key == "ReleaseNotFoundException"


def test_a_log_grows_while_its_step_runs_and_then_stays(harbour: Harbour, client: Any) -> None:
    env = next(e for e in stages(harbour, "inProgress") if e["deploySteps"][-1]["operationStatus"] == "PhaseInProgress")
    phase = harbour.get(f"releases/{env['releaseId']}").json()
    found = next(e for e in phase["environments"] if e["id"] == env["id"])["deploySteps"][-1]["releaseDeployPhases"][0]
    task = next(t for t in found["deploymentJobs"][0]["tasks"] if t["status"] == "inProgress")

    def log(**lines: int) -> str:
        parts = client.get_task_log(PROJECT, env["releaseId"], env["id"], found["id"], task["id"], **lines)
        return b"".join(parts).decode()

    early = log()
    harbour.clock.moves(minutes=90)
    late = log()
    assert late.startswith(early)
    assert len(late) > len(early)
    assert late.rstrip().endswith(f"##[section]Finishing: {task['name']}")
    assert log(start_line=2, end_line=3).splitlines() == late.splitlines()[1:3]


def test_changes_and_work_items_of_a_release(harbour: Harbour) -> None:
    items: list[Row] = []
    for row in harbour.company.books()["releases"]:
        if not row["deleted"]:
            changes = harbour.get(f"releases/{row['id']}/changes").json()["value"]
            assert [change["id"] for change in changes] == row["commits"]
            items += harbour.get(f"releases/{row['id']}/workitems").json()["value"]
    assert items
    assert {"id", "url", "title", "type", "state", "provider"} == items[0].keys()


def test_who_is_calling_and_which_projects_there_are(harbour: Harbour) -> None:
    base = f"{harbour.server.url}/harbour/_apis"
    me = harbour.session.get(f"{base}/connectionData", timeout=10).json()["authenticatedUser"]
    assert me["providerDisplayName"] == "svc-slipway"
    assert [p["name"] for p in harbour.session.get(f"{base}/projects", timeout=10).json()["value"]] == ["MLOps"]
    assert harbour.session.get(f"{base}/projects/Nowhere", timeout=10).status_code == 404
