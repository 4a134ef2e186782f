"""What answers mean: times, words, nulls, unknown keys, one bad item among good ones."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from releases.azure.answers import (
    TRIGGER_TYPE,
    ApprovalAnswer,
    ArtifactAnswer,
    DefinitionAnswer,
    DeploymentAnswer,
    Malformed,
    ReleaseAnswer,
    TaskAnswer,
    WorkItemAnswer,
)
from releases.azure.answers.depth import is_too_deep
from releases.azure.answers.pages import read_item, read_one, read_page
from releases.errors import AzureUnreadable

LEAST: dict[str, Any] = {
    "id": 7,
    "name": "Release-7",
    "createdOn": "2026-03-02T12:00:00Z",
    "releaseDefinition": {"id": 2, "name": "Port Weather"},
}


def release(**more: Any) -> ReleaseAnswer:
    return read_one(json.dumps({**LEAST, **more}).encode(), ReleaseAnswer, noun="release").value


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        (None, None),
        ("0001-01-01T00:00:00", None),
        ("0001-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+01:00", None),
        ("9999-12-31T23:59:59.9999999Z", None),
        ("2019-07-13T15:49:31Z", datetime(2019, 7, 13, 15, 49, 31, tzinfo=UTC)),
        ("2019-07-13T15:49:31", datetime(2019, 7, 13, 15, 49, 31, tzinfo=UTC)),
        ("2019-07-13T15:49:31.8Z", datetime(2019, 7, 13, 15, 49, 31, 800_000, tzinfo=UTC)),
        ("2019-07-13T15:49:31.86Z", datetime(2019, 7, 13, 15, 49, 31, 860_000, tzinfo=UTC)),
        ("2019-07-13T15:49:31.860Z", datetime(2019, 7, 13, 15, 49, 31, 860_000, tzinfo=UTC)),
        ("2019-07-13T15:49:31.1234567Z", datetime(2019, 7, 13, 15, 49, 31, 123_457, tzinfo=UTC)),
        ("2019-07-13T17:49:31+02:00", datetime(2019, 7, 13, 15, 49, 31, tzinfo=UTC)),
    ],
)
def test_times_are_utc_and_sentinels_are_nothing(sent: str | None, meant: datetime | None) -> None:
    read = release(modifiedOn=sent).modified_on
    assert read == meant
    assert read is None or read.tzinfo is UTC


@pytest.mark.parametrize(
    ("field", "sent", "meant"),
    [
        ("status", "Active", "active"),
        ("status", 4, "abandoned"),
        ("status", None, ""),
        ("status", "frozenInTime", "frozenInTime"),
        ("reason", "ContinuousIntegration", "continuousIntegration"),
        ("reason", 3, "schedule"),
        ("reason", 99, "99"),
    ],
)
def test_words_have_one_spelling_and_unknown_ones_are_kept(field: str, sent: object, meant: str) -> None:
    assert getattr(release(**{field: sent}), field) == meant


def test_numbers_of_old_data_are_words_everywhere() -> None:
    step = {"status": 16, "operationStatus": 1024, "reason": 8, "attempt": 2}
    approval = {"id": 1, "status": 4, "approvalType": 2}
    stage = {"id": 1, "name": "PROD", "status": 128, "deploySteps": [step], "postDeployApprovals": [approval]}
    read = (release(environments=[stage]).environments or [])[0]
    (attempt,) = read.deploy_steps
    assert (read.status, attempt.status, attempt.operation_status) == ("partiallySucceeded", "failed", "phaseFailed")
    assert attempt.reason == "redeployTrigger"
    assert [(a.status, a.approval_type) for a in read.post_deploy_approvals] == [("rejected", "postDeploy")]


@pytest.mark.parametrize(("sent", "meant"), [("success", "succeeded"), ("Failure", "failed"), (8, "failed")])
def test_old_words_of_tasks_become_todays(sent: object, meant: str) -> None:
    assert read_one(json.dumps({"id": 1, "status": sent}).encode(), TaskAnswer, noun="task").value.status == meant


def test_nulls_are_empty_but_a_missing_list_of_stages_is_known_as_missing() -> None:
    bare = release(description=None, tags=None, variables=None, keepForever=None, releaseDefinitionRevision=None)
    assert (bare.description, bare.tags, bare.variables, bare.keep_forever) == ("", [], {}, False)
    assert bare.release_definition_revision == 0
    assert (bare.environments, bare.artifacts) == (None, None)
    assert (release(environments=[], artifacts=[]).environments, release(artifacts=[]).artifacts) == ([], [])


def test_nulls_and_numbers_deep_inside_people_and_references_are_read_all_the_same() -> None:
    who = {"id": None, "displayName": None, "uniqueName": "aino@harbour.example", "isContainer": None}
    approval = {"id": 5, "approver": who, "approvedBy": None, "comments": None, "status": 2}
    stage = {"id": 1, "name": "DEV", "preDeployApprovals": [approval], "deploySteps": [{"requestedFor": who}]}
    read = release(releaseDefinition={"id": 2, "name": None, "path": 7}, createdBy=who, environments=[stage])
    assert (read.release_definition.name, read.release_definition.path) == ("", "7")
    assert read.created_by is not None and (read.created_by.id, read.created_by.is_container) == ("", False)
    (told,) = (read.environments or [])[0].pre_deploy_approvals
    assert told.approver is not None and told.approver.key == "aino@harbour.example"
    assert (told.approved_by, told.comments, told.status) == (None, "", "approved")


def test_unknown_keys_are_ignored_at_every_level() -> None:
    stage = {"id": 1, "name": "DEV", "novelty": {"deep": [1]}, "deploySteps": [{"attempt": 1, "novelty": None}]}
    assert release(novelty=[{}], environments=[stage]).id == 7


def test_one_malformed_item_is_set_aside_and_the_page_goes_on() -> None:
    bad = [{**LEAST, "id": 8, "environments": "oops"}, {**LEAST, "id": None}, 7, {**LEAST, "id": "one"}]
    no_time = [{**LEAST, "id": 9, "createdOn": "0001-01-01T00:00:00"}, {**LEAST, "id": 10, "createdOn": "yesterday"}]
    body = json.dumps({"count": 8, "value": [LEAST, *bad, *no_time, {**LEAST, "id": 11}]}).encode()
    page = read_page(body, ReleaseAnswer, noun="release", token="40")
    assert [item.value.id for item in page.items] == [7, 11]
    keys = [one.key for one in page.malformed]
    assert keys == ["release:8", "release:unknown-2", "release:unknown-3", "release:one", "release:9", "release:10"]
    assert page.malformed[0].reason == "Expected `array | null`, got `str` - at `$.environments`"
    assert page.malformed[4].reason == "createdOn has no value"
    assert (page.token, page.size_bytes) == ("40", len(body))
    assert json.loads(page.malformed[0].raw)["environments"] == "oops"


def test_an_item_keeps_exactly_its_own_bytes() -> None:
    first = b'{"id" : 1, "name":"a", "createdOn":"2026-01-01T00:00:00Z","releaseDefinition":{"id":2}, "x":[1 ,2]}'
    page = read_page(b'{"value":[' + first + b"]}", ReleaseAnswer, noun="release")
    assert page.items[0].raw == first


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        (rb"Release-\ud800", "Release-\ufffd"),
        (rb"Release-\ud800\u0041", "Release-\ufffdA"),
        (rb"Release-\udc00\ud83d\ude00", "Release-\ufffd\U0001f600"),
        (b"Release-\xed\xa0\x80!", "Release-\ufffd\ufffd\ufffd!"),
        (rb"Release-\\ud800", "Release-\\ud800"),
        ("Release-\U0001f600 e\u0301".encode(), "Release-\U0001f600 e\u0301"),
    ],
)
def test_text_that_is_no_unicode_is_mended_not_set_aside(sent: bytes, meant: str) -> None:
    raw = json.dumps(LEAST).encode().replace(b'"Release-7"', b'"' + sent + b'"')
    read = read_item(raw, ReleaseAnswer, noun="release")
    assert not isinstance(read, Malformed)
    assert read.value.name == meant
    assert json.loads(read.raw)["name"] == meant


def test_half_a_surrogate_pair_in_one_item_does_not_cost_the_page() -> None:
    odd = json.dumps({**LEAST, "id": 8}).replace("Release-7", "Release-\\ud800")
    page = read_page(f'{{"value":[{json.dumps(LEAST)},{odd}]}}'.encode(), ReleaseAnswer, noun="release")
    assert [item.value.name for item in page.items] == ["Release-7", "Release-\ufffd"]


def test_an_item_nested_too_deep_is_set_aside_alone() -> None:
    deep = json.dumps({**LEAST, "id": 8, "variables": 0}).replace(" 0}", '{"a":' * 250 + "1" + "}" * 251)
    page = read_page(f'{{"value":[{json.dumps(LEAST)},{deep}]}}'.encode(), ReleaseAnswer, noun="release")
    assert [item.value.id for item in page.items] == [7]
    assert [(one.key, one.reason) for one in page.malformed] == [("release:8", "it is nested deeper than 200 levels")]


@pytest.mark.parametrize(
    ("text", "deep"),
    [("[" * 200 + "]" * 200, False), ("[" * 201 + "]" * 201, True), ('{"a":"' + "[" * 500 + '"}', False)],
)
def test_depth_is_counted_in_levels(text: str, deep: bool) -> None:
    assert is_too_deep(text.encode()) is deep


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b'{"value":7}', b'{"value":[{]}'])
def test_an_answer_of_which_nothing_can_be_read_is_unreadable(body: bytes) -> None:
    with pytest.raises(AzureUnreadable):
        read_page(body, ReleaseAnswer, noun="release")


def test_a_byte_order_mark_and_a_null_list_are_read() -> None:
    assert read_page(b'\xef\xbb\xbf{"count":0,"value":null}', ReleaseAnswer, noun="release").items == []


def test_references_of_an_artifact_are_found_whatever_their_case_and_are_text() -> None:
    sent = {
        "alias": "model",
        "definitionReference": {
            "Definition": {"id": 23, "name": None},
            "IsTriggeringArtifact": {"id": True},
            "repository.provider": {"id": "TfsGit"},
            "branch": None,
        },
    }
    artifact = read_one(json.dumps(sent).encode(), ArtifactAnswer, noun="artifact").value
    assert (artifact.reference("definition").id, artifact.reference("definition").name) == ("23", "")
    assert artifact.reference("istriggeringartifact").id == "True"
    assert artifact.reference("repository.provider").id == "TfsGit"
    assert (artifact.reference("branch").id, artifact.reference("nothing").id) == ("", "")


def test_a_work_item_number_is_text() -> None:
    assert read_one(b'{"id":42,"title":null}', WorkItemAnswer, noun="work-item").value.id == "42"


@pytest.mark.parametrize(("sent", "meant"), [(1, "artifactSource"), ("Schedule", "schedule"), (None, ""), ("x", "x")])
def test_kinds_of_triggers_are_words(sent: object, meant: str) -> None:
    assert TRIGGER_TYPE.read(sent) == meant


# Answers of real servers


def test_the_recorded_release_is_read_whole(samples: Path) -> None:
    raw = (samples / "azure-devops/real/release_178_envs1-6.json").read_bytes()
    read = read_one(raw, ReleaseAnswer, noun="release").value
    assert (read.id, read.name, read.status, read.reason) == (178, "Release-132", "active", "continuousIntegration")
    assert (read.release_definition.id, read.release_definition_revision) == (2, 75)
    assert read.created_on == read.modified_on == datetime(2019, 7, 13, 15, 49, 31, 860_000, tzinfo=UTC)
    assert read.created_by is not None
    assert read.created_by.key == "test@test.com"  # its id is masked with zeros
    stages = read.environments or []
    names = ["Dev Common Infra", "Dev Infra", "Dev BER", "Dev Web Service", "Dev Database", "Dev K8s"]
    assert [stage.name for stage in stages] == names
    assert {stage.status for stage in stages} == {"succeeded"}
    approvals = [a for stage in stages for a in stage.pre_deploy_approvals + stage.post_deploy_approvals]
    assert len(approvals) == 12
    assert all(a.is_automated and a.approver is None for a in approvals)
    attempts = [attempt for stage in stages for attempt in stage.deploy_steps]
    assert {(a.attempt, a.status, a.operation_status) for a in attempts} == {(1, "succeeded", "approved")}
    tasks = [t for a in attempts for p in a.release_deploy_phases for j in p.deployment_jobs for t in j.tasks]
    document = json.loads(raw)
    assert [t.name for t in tasks] == _names_of_tasks(document)
    assert all(t.started_on and t.finished_on and t.status == "succeeded" for t in tasks)
    (artifact,) = read.artifacts or []
    assert artifact.reference("IsTriggeringArtifact").id == "True"
    assert (artifact.reference("definition").name, artifact.reference("version").name) == ("PTracker-CI", "358")


def _names_of_tasks(document: dict[str, Any]) -> list[str]:
    return [
        task["name"]
        for stage in document["environments"]
        for step in stage["deploySteps"]
        for phase in step["releaseDeployPhases"]
        for job in phase["deploymentJobs"]
        for task in job["tasks"]
    ]


@pytest.mark.parametrize(
    ("file", "kind", "count"),
    [
        ("real/releases_list_noexpand.json", ReleaseAnswer, 2),
        ("real/approvals_pending.json", ApprovalAnswer, 2),
        ("real/definition_list_expanded_1.json", DefinitionAnswer, 1),
    ],
)
def test_recorded_lists_are_read_without_a_malformed_item(samples: Path, file: str, kind: Any, count: int) -> None:
    page: Any = read_page((samples / "azure-devops" / file).read_bytes(), kind, noun="thing")
    assert (len(page.items), page.malformed) == (count, [])


def test_the_documented_deployments_are_read_with_their_sentinels_as_nothing(samples: Path) -> None:
    example = json.loads((samples / "azure-devops/docs/release/deployments/GET__ListDeployments.json").read_text())
    body = json.dumps(example["responses"]["200"]["body"]).encode()
    page = read_page(body, DeploymentAnswer, noun="deployment")
    assert (len(page.items), page.malformed) == (17, [])
    first = page.items[0].value
    assert (first.queued_on, first.scheduled_deployment_time) == (None, None)
    assert (first.release.id, first.release_environment.id, first.definition_environment_id) == (55, 118, 43)
    assert (first.deployment_status, first.operation_status) == ("notDeployed", "phaseFailed")


def test_the_recorded_definition_tells_its_stages_and_triggers(samples: Path) -> None:
    body = (samples / "azure-devops/real/definition_list_expanded_1.json").read_bytes()
    definition = read_page(body, DefinitionAnswer, noun="definition").items[0].value
    stages = definition.environments or []
    assert (definition.id, definition.name, definition.revision, len(stages)) == (2, "PTracker-CD", 75, 19)
    assert stages[0].pre_deploy_approvals is not None
    assert stages[0].pre_deploy_approvals.approvals[0].is_automated
    assert [TRIGGER_TYPE.read(t["triggerType"]) for t in definition.triggers or []] == ["artifactSource"]
