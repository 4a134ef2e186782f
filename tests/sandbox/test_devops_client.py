"""What the real client sees of the living company, and what its verbs do there."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from azure.devops.exceptions import AzureDevOpsServiceError
from azure.devops.v7_1.release import models

from sandbox.http.server import Server
from tests.sandbox.living import Harbour, Row, opened

PROJECT = "MLOps"


@pytest.fixture
def harbour(serve: Callable[..., Server]) -> Iterator[Harbour]:
    with requests.Session() as session:
        yield opened(serve, session)


@pytest.fixture
def client(harbour: Harbour, connect: Callable[[str], Any]) -> Any:
    return connect(harbour.server.url)


def stages(harbour: Harbour, status: str) -> list[Row]:
    """Stages with this status, those of the newest releases first."""
    releases = harbour.pages("releases", **{"$expand": "environments", "$top": 100})
    return [env for r in releases if r["status"] == "active" for env in r["environments"] if env["status"] == status]


def ours(harbour: Harbour) -> Row:
    """An approval that waits for the service."""
    return next(a for a in harbour.pages("approvals") if a["approver"]["displayName"] == "svc-slipway")


def pages(client: Any, **query: Any) -> list[Any]:
    """Pages by the token, which the client itself drops."""
    tokens: list[str | None] = []
    client.config.hooks.append(lambda answer, *_, **__: tokens.append(answer.headers.get("x-ms-continuationtoken")))
    found: list[Any] = client.get_releases(PROJECT, **query)
    while tokens[-1]:
        found += client.get_releases(PROJECT, continuation_token=tokens[-1], **query)
    return found


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


def test_an_approved_release_deploys_by_itself(harbour: Harbour, client: Any) -> None:
    waiting = ours(harbour)
    where = waiting["release"]["id"], waiting["releaseEnvironment"]["id"]
    answered = client.update_release_approval(
        models.ReleaseApproval(status="approved", comments="Good"), PROJECT, waiting["id"]
    )
    assert (answered.status, answered.approved_by.display_name, answered.comments) == (
        "approved",
        "svc-slipway",
        "Good",
    )
    harbour.clock.moves(hours=1)
    env = client.get_release_environment(PROJECT, *where)
    assert env.status in ("succeeded", "partiallySucceeded", "rejected")
    assert env.deploy_steps[-1].release_deploy_phases
    with pytest.raises(AzureDevOpsServiceError, match="already approved"):
        client.update_release_approval(models.ReleaseApproval(status="rejected"), PROJECT, waiting["id"])


def test_an_approval_that_waits_for_somebody_else_is_refused(harbour: Harbour, client: Any) -> None:
    mine = ("svc-slipway", "[MLOps]\\QA Approvers")
    for _ in range(40):
        harbour.company.advance(50)
        others = [a for a in harbour.pages("approvals") if a["approver"]["displayName"] not in mine]
        if others:
            break
    with pytest.raises(AzureDevOpsServiceError, match="may not answer"):
        client.update_release_approval(models.ReleaseApproval(status="approved"), PROJECT, others[0]["id"])
    assert others[0]["id"] in [a["id"] for a in harbour.pages("approvals")]


def test_many_are_answered_at_once_or_none(harbour: Harbour) -> None:
    waiting = [a for a in harbour.pages("approvals") if a["approver"]["displayName"] == "svc-slipway"]
    assert len(waiting) == 2
    body = [{"id": a["id"], "status": "approved", "comments": "both"} for a in waiting]
    assert harbour.send("PATCH", "approvals", [*body, {"id": 1, "status": "approved"}]).status_code == 404
    assert len(harbour.pages("approvals")) == 3
    assert harbour.send("PATCH", "approvals", body).json()["count"] == 2
    assert len(harbour.pages("approvals")) == 1


def test_a_rejection_ends_the_attempt(harbour: Harbour, client: Any) -> None:
    waiting = ours(harbour)
    client.update_release_approval(models.ReleaseApproval(status="rejected", comments="No"), PROJECT, waiting["id"])
    env = harbour.get(f"releases/{waiting['release']['id']}/environments/{waiting['releaseEnvironment']['id']}").json()
    last = env["deploySteps"][-1]
    assert (env["status"], last["status"], last["operationStatus"]) == ("rejected", "notDeployed", "Rejected")


def test_a_redeployment_is_queued_first_and_then_is_one_attempt_more(harbour: Harbour, client: Any) -> None:
    env = next(e for e in stages(harbour, "succeeded") if e["name"] == "DEV TEST")
    wish = models.ReleaseEnvironmentUpdateMetadata(status="inProgress", comment="again")
    answered = client.update_release_environment(wish, PROJECT, env["releaseId"], env["id"])
    assert (answered.status, len(answered.deploy_steps)) == ("queued", len(env["deploySteps"]))
    with pytest.raises(AzureDevOpsServiceError, match="cannot be deployed now"):
        client.update_release_environment(wish, PROJECT, env["releaseId"], env["id"])
    harbour.clock.moves(seconds=20)
    again = client.get_release_environment(PROJECT, env["releaseId"], env["id"])
    assert [s.attempt for s in again.deploy_steps] == list(range(1, len(env["deploySteps"]) + 2))
    assert again.deploy_steps[-1].reason == "manual"


def test_a_running_stage_is_canceled_and_its_release_can_then_be_abandoned(harbour: Harbour, client: Any) -> None:
    env = next(e for e in stages(harbour, "inProgress") if e["deploySteps"][-1]["operationStatus"] == "PhaseInProgress")
    give_up = models.ReleaseUpdateMetadata(status="abandoned", comment="Not needed")
    with pytest.raises(AzureDevOpsServiceError, match="in progress"):
        client.update_release_resource(give_up, PROJECT, env["releaseId"])
    client.update_release_environment(
        models.ReleaseEnvironmentUpdateMetadata(status="canceled"), PROJECT, env["releaseId"], env["id"]
    )
    harbour.clock.moves(seconds=6)
    stopped = client.get_release_environment(PROJECT, env["releaseId"], env["id"])
    assert (stopped.status, stopped.deploy_steps[-1].operation_status) == ("canceled", "Canceled")
    assert client.update_release_resource(give_up, PROJECT, env["releaseId"]).status == "abandoned"
    wish = models.ReleaseEnvironmentUpdateMetadata(status="inProgress")
    with pytest.raises(AzureDevOpsServiceError, match="is abandoned"):
        client.update_release_environment(wish, PROJECT, env["releaseId"], env["id"])


def test_a_release_is_created_with_the_versions_that_were_chosen(harbour: Harbour, client: Any) -> None:
    offers = {
        line["alias"]: line
        for line in harbour.get("artifacts/versions", releaseDefinitionId=7).json()["artifactVersions"]
    }
    older = offers["_support-vector-classifier"]["versions"][1]
    wish = models.ReleaseStartMetadata(
        definition_id=7,
        description="[slipway:42] try",
        artifacts=[
            models.ArtifactMetadata(
                alias="_support-vector-classifier", instance_reference=models.BuildVersion(id=older["id"], name=None)
            )
        ],
        manual_environments=["DEV TEST"],
        reason="manual",
    )
    made = client.create_release(wish, PROJECT)
    harbour.clock.moves(minutes=10)
    release = client.get_release(PROJECT, made.id)
    assert release.description == "[slipway:42] try"
    versions = {a.alias: a.definition_reference["version"].id for a in release.artifacts}
    assert versions["_support-vector-classifier"] == older["id"]
    assert versions["_scaler"] == offers["_scaler"]["defaultVersion"]["id"]
    assert {env.status for env in release.environments} == {"notStarted"}, "all was to be started by hand"


def test_a_definition_saved_from_an_old_copy_is_refused(harbour: Harbour, client: Any) -> None:
    definition = harbour.get("definitions/7").json()
    definition["triggers"] = [t for t in definition["triggers"] if t["triggerType"] != "schedule"]
    definition["somethingNew"] = {"kept": None}
    saved = harbour.send("PUT", "definitions", definition)
    assert saved.json()["revision"] == definition["revision"] + 1
    assert saved.json()["somethingNew"] == {"kept": None}
    assert harbour.send("PUT", "definitions", definition).json()["typeKey"] == "InvalidRequestException"
    assert [t for t in client.get_release_definition(PROJECT, 7).triggers if t["triggerType"] == "schedule"] == []
    history = client.get_release_definition_history(PROJECT, 7)
    assert [line.revision for line in history] == list(range(1, definition["revision"] + 2))
    old = b"".join(client.get_definition_revision(PROJECT, 7, definition["revision"])).decode()
    assert '"schedule"' in old


def test_a_push_trigger_that_was_switched_off_creates_no_more_releases(harbour: Harbour) -> None:
    definition = harbour.get("definitions/7").json() | {"triggers": []}
    harbour.send("PUT", "definitions", definition)
    before = max(row["id"] for row in harbour.company.books()["releases"])
    harbour.company.advance(2500)
    new = [r for r in harbour.company.books()["releases"] if r["id"] > before and r["definitionId"] == 7]
    assert new
    assert not [r for r in new if r["reason"] in ("continuousIntegration", "schedule")]


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


def test_a_release_is_kept_or_deleted(harbour: Harbour, client: Any) -> None:
    release = harbour.pages("releases", queryOrder="ascending")[0]["id"]
    assert client.update_release_resource(
        models.ReleaseUpdateMetadata(keep_forever=True), PROJECT, release
    ).keep_forever
    assert harbour.send("DELETE", f"releases/{release}", None).status_code == 204
    assert harbour.session.get(harbour.address(f"releases/{release}"), timeout=10).status_code == 404
    assert release in [r["id"] for r in harbour.pages("releases", isDeleted="true")]
    assert release not in [r["id"] for r in harbour.pages("releases")]


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
