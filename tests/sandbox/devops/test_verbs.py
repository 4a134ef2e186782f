"""What the real client's verbs do in the living company."""

from typing import Any

import pytest
from azure.devops.exceptions import AzureDevOpsServiceError
from azure.devops.v7_1.release import models

from tests.sandbox.devops.looking import PROJECT, ours, stages
from tests.sandbox.living import Harbour


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


def test_a_release_is_kept_or_deleted(harbour: Harbour, client: Any) -> None:
    release = harbour.pages("releases", queryOrder="ascending")[0]["id"]
    assert client.update_release_resource(
        models.ReleaseUpdateMetadata(keep_forever=True), PROJECT, release
    ).keep_forever
    assert harbour.send("DELETE", f"releases/{release}", None).status_code == 204
    assert harbour.session.get(harbour.address(f"releases/{release}"), timeout=10).status_code == 404
    assert release in [r["id"] for r in harbour.pages("releases", isDeleted="true")]
    assert release not in [r["id"] for r in harbour.pages("releases")]
