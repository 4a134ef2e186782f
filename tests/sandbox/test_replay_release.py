"""A recorded real release, served byte for byte, and what is made up around it, read by the real client."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox import replay
from sandbox.http.server import Server

Connect = Callable[[str], Any]
RECORDED = "release_178_envs1-6.json"


@pytest.fixture
def said(samples: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((samples / "azure-devops" / "real" / RECORDED).read_bytes())
    return found


def _get(server: Server, path: str, **query: Any) -> Any:
    answer = requests.get(f"{server.url}/vsrm/test/Ships/_apis/Release/{path}", params=query, timeout=5)
    return answer.json()


def test_the_release_is_served_byte_for_byte(recorded: Server, samples: Path) -> None:
    answer = requests.get(f"{recorded.url}/test/Ships/_apis/release/releases/178", timeout=5)
    assert answer.content == (samples / "azure-devops" / "real" / RECORDED).read_bytes()


def test_the_list_carries_the_same_values_and_only_what_is_expanded(recorded: Server, said: dict[str, Any]) -> None:
    plain = _get(recorded, "releases")["value"]
    assert plain == [{key: value for key, value in said.items() if key not in ("environments", "artifacts")}]
    assert _get(recorded, "releases", **{"$expand": "environments,artifacts,approvals,tags,variables"})["value"] == [
        said
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"definitionId": 2}, 1),
        ({"definitionId": 3}, 0),
        ({"releaseIdFilter": "177,178"}, 1),
        ({"releaseIdFilter": "177"}, 0),
        ({"minCreatedTime": "2019-07-13T15:49:31.000Z"}, 1),
        ({"minCreatedTime": "2019-07-13T15:49:32.000Z"}, 0),
        ({"maxCreatedTime": "2019-07-13T15:49:31.000Z"}, 0),
        ({"statusFilter": "abandoned"}, 0),
        ({"isDeleted": "true"}, 0),
    ],
)
def test_the_list_is_filtered(recorded: Server, query: dict[str, Any], found: int) -> None:
    assert _get(recorded, "releases", **query)["count"] == found


def test_the_feed_has_one_row_for_each_attempt(recorded: Server, connect: Connect, said: dict[str, Any]) -> None:
    rows = connect(recorded.url).get_deployments("Ships", query_order="ascending")
    steps = [(stage, step) for stage in said["environments"] for step in stage["deploySteps"]]
    assert [row.id for row in rows] == sorted(step["deploymentId"] for _, step in steps)
    assert {(row.release_environment.id, row.attempt, row.definition_environment_id) for row in rows} == {
        (stage["id"], step["attempt"], stage["definitionEnvironmentId"]) for stage, step in steps
    }
    assert {row.release.id for row in rows} == {178}
    stub = _get(recorded, "deployments")["value"][0]["release"]
    assert (stub["reason"], stub["createdOn"], stub["createdBy"]) == ("none", "0001-01-01T00:00:00", None)


def test_the_feed_is_paged_and_read_from_a_time_on(recorded: Server) -> None:
    path = f"{recorded.url}/vsrm/test/Ships/_apis/Release/deployments"
    seen: list[int] = []
    query: dict[str, Any] = {"$top": 4, "queryOrder": "ascending"}
    for _ in range(3):
        answer = requests.get(path, params=query, timeout=5)
        seen += [row["id"] for row in answer.json()["value"]]
        if "x-ms-continuationtoken" not in answer.headers:
            break
        query["continuationToken"] = int(answer.headers["x-ms-continuationtoken"])
    assert seen == [1243, 1244, 1245, 1246, 1247, 1248]
    late = _get(recorded, "deployments", minModifiedTime="2019-07-13T15:52:30.000Z")
    assert [row["id"] for row in late["value"]] == [1248, 1246]


def test_the_definition_is_the_one_the_release_was_made_of(
    recorded: Server, connect: Connect, said: dict[str, Any]
) -> None:
    definition = connect(recorded.url).get_release_definition("Ships", 2)
    assert (definition.name, definition.revision) == ("PTracker-CD", 75)
    assert [(stage.id, stage.name, stage.rank) for stage in definition.environments] == [
        (stage["definitionEnvironmentId"], stage["name"], stage["rank"]) for stage in said["environments"]
    ]
    assert [artifact.alias for artifact in definition.artifacts] == ["artifact"]
    assert "version" not in definition.artifacts[0].definition_reference
    assert definition.triggers == [
        {"artifactAlias": "artifact", "triggerConditions": [], "triggerType": "artifactSource"}
    ]
    assert _get(recorded, "definitions/2/revisions/75") == _get(recorded, "definitions/2")
    assert _get(recorded, "definitions/2/revisions/74")["typeKey"] == "ReleaseDefinitionNotFoundException"


def test_approvals_are_those_recorded_and_none_waits(recorded: Server, connect: Connect, said: dict[str, Any]) -> None:
    client = connect(recorded.url)
    recorded_ids = {
        one["id"]
        for stage in said["environments"]
        for one in stage["preDeployApprovals"] + stage["postDeployApprovals"]
    }
    assert client.get_approvals("Ships") == []
    assert {one.id for one in client.get_approvals("Ships", status_filter="approved")} == recorded_ids


def test_what_was_not_recorded_is_empty_and_nothing_can_be_changed(recorded: Server) -> None:
    for path in ("releases/178/changes", "releases/178/workitems"):
        assert _get(recorded, path) == {"count": 0, "value": []}
    assert _get(recorded, "releases/177")["typeKey"] == "ReleaseNotFoundException"
    refused = requests.patch(f"{recorded.url}/t/S/_apis/Release/releases/178", json={"status": "abandoned"}, timeout=5)
    assert refused.status_code == 403
    assert requests.post(f"{recorded.url}/_sandbox/advance", json={"events": 3}, timeout=5).status_code == 409


def test_the_project_has_the_recorded_id_under_any_name(recorded: Server, said: dict[str, Any]) -> None:
    project = requests.get(f"{recorded.url}/test/_apis/projects/Ships", timeout=5).json()
    assert (project["id"], project["name"]) == (said["projectReference"]["id"], "Ships")
    connection = requests.get(f"{recorded.url}/test/_apis/connectionData", timeout=5).json()
    assert connection["authenticatedUser"]["providerDisplayName"] == "Replay reader"


def test_any_directory_of_releases_can_be_replayed(tmp_path: Path, serve: Callable[..., Server]) -> None:
    for number in (3, 11, 12):
        (tmp_path / f"release_{number}.json").write_text(
            json.dumps({"id": number, "name": f"R{number}", "future": [1]})
        )
    (tmp_path / "release_marked.json").write_bytes(b"\xef\xbb\xbf" + b'{"id": 40}')
    (tmp_path / "release_bad.json").write_text("{")
    (tmp_path / "release_no_id.json").write_text("{}")
    recording = replay.Recording.read(tmp_path)
    assert list(recording.releases) == [3, 11, 12, 40]
    assert sorted(recording.skipped) == ["release_bad.json", "release_no_id.json"]
    server = serve(replay.routes(recording))
    assert [row["id"] for row in _get(server, "releases")["value"]] == [40, 12, 11, 3]
    assert requests.get(f"{server.url}/t/S/_apis/Release/releases/40", timeout=5).content.startswith(b"\xef\xbb\xbf")


def test_a_directory_without_releases_is_refused(tmp_path: Path) -> None:
    with pytest.raises(replay.Unreadable, match="holds no recorded release"):
        replay.Recording.read(tmp_path)
