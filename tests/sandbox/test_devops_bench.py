"""The scenario for benchmarks: the rows and the size the goals are set for, made only when asked for."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from sandbox.company.uniform import UniformArchive
from sandbox.devops.release_json import release_json, wanted_of
from sandbox.devops.templates import _without_addresses
from sandbox.devops.words import Links
from sandbox.http.server import Server
from tests.sandbox.living import EVERYTHING, Harbour, Row, opened


@pytest.fixture
def bench(serve: Callable[..., Server]) -> Iterator[Harbour]:
    with requests.Session() as session:
        yield opened(serve, session, releases=100_000, scenario="bench")


def page(bench: Harbour, **query: Any) -> list[Row]:
    rows: list[Row] = bench.get("releases", **{"$expand": EVERYTHING, "$top": 100, **query}).json()["value"]
    return rows


def test_a_release_has_the_size_and_the_rows_the_goals_are_set_for(bench: Harbour) -> None:
    body = bench.get("releases", **{"$expand": EVERYTHING, "$top": 100}).content
    assert 23_500 <= len(body) / 100 <= 26_500
    for row in json.loads(body)["value"]:
        assert (len(row["artifacts"]), len(row["environments"])) == (4, 3)
        assert [len(env["deploySteps"]) for env in row["environments"]] == [2, 2, 2]
        assert (
            sum(len(env["preDeployApprovals"]) + len(env["postDeployApprovals"]) for env in row["environments"]) == 12
        )


@pytest.mark.parametrize("number", [1, 7, 1000, 54_321, 100_000])
def test_a_filled_form_says_what_rendering_the_release_says(bench: Harbour, number: int) -> None:
    links = Links(bench.server.url)
    archive = bench.company.archive
    rendered = json.loads(json.dumps(release_json(links, archive.release(number), wanted_of(EVERYTHING))))
    wanted = _without_guids(rendered | {"environments": _without_addresses(rendered["environments"])})
    assert _without_guids(page(bench, continuationToken=number)[0]) == wanted


def _without_guids(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_guids(part) for part in value]
    if isinstance(value, dict):
        return {key: _without_guids(part) for key, part in value.items() if key != "runPlanId"}
    return value


def test_deep_pages_and_times_are_found_without_making_releases(bench: Harbour) -> None:
    archive = bench.company.archive
    assert isinstance(archive, UniformArchive)
    deep = page(bench, continuationToken=70_001, queryOrder="ascending")
    assert [row["id"] for row in deep] == list(range(70_001, 70_101))
    since = deep[-1]["createdOn"]
    assert page(bench, minCreatedTime=since, queryOrder="ascending")[0]["id"] == 70_100
    assert archive._made.cache_info().currsize < 10
    changed = bench.get("deployments", minModifiedTime=since, queryOrder="ascending").json()["value"]
    assert all(row["lastModifiedOn"] >= since for row in changed)
    assert bench.get("deployments", minModifiedTime=bench.clock.now.isoformat()[:19] + "Z").json()["count"] == 0
    assert bench.get("approvals").json()["count"] == 0


def test_new_releases_and_a_redeployment_show_in_the_feeds(bench: Harbour) -> None:
    before = bench.clock.now.isoformat()[:19] + "Z"
    bench.clock.moves(minutes=5)
    bench.company.advance(3)
    assert [r["id"] for r in page(bench, minCreatedTime=before)] == [100_003, 100_002, 100_001]
    env = page(bench, releaseIdFilter="5")[0]["environments"][2]
    assert bench.send("PATCH", f"releases/5/environments/{env['id']}", {"status": "inProgress"}).status_code == 200
    bench.clock.moves(minutes=1)
    assert len(bench.get("releases/5").json()["environments"][2]["deploySteps"]) == 3
    new = bench.get("deployments", minModifiedTime=before, queryOrder="ascending").json()["value"]
    assert (5, 3) in [(row["release"]["id"], row["attempt"]) for row in new]
    waiting = bench.get("approvals").json()["value"]
    assert [a["release"]["id"] for a in waiting] == [5]
