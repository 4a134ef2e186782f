"""The sandbox's Azure Monitor: figures that stay the same, follow the traffic, and can be refused."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox.company.registry import Registry
from sandbox.http.server import Server
from tests.sandbox.ml.registry import ENDPOINT, NOW

START = NOW.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


@pytest.fixture
def ask(server: Server, registry: Registry, ca_file: Path) -> Any:
    """Ask as a client would; the answer."""

    def asked(metric: str = "RequestsPerMinute", *, endpoint: str = ENDPOINT, hours: float = 1, **more: str) -> Any:
        until = START + timedelta(hours=hours)
        question = {
            "timespan": f"{START:%Y-%m-%dT%H:%M:%SZ}/{until:%Y-%m-%dT%H:%M:%SZ}",
            "interval": "PT15M",
            "metricnames": metric,
            "aggregation": "Average",
            "$filter": "deployment eq '*' and statusCode eq '*'",
            "top": "100",
        } | more
        path = f"{registry.workspace.id}/onlineEndpoints/{endpoint}/providers/Microsoft.Insights/metrics"
        headers = {"Authorization": "Bearer x"}
        return requests.get(server.url + path, params=question, headers=headers, verify=str(ca_file), timeout=10)

    return asked


def totals(answer: Any) -> dict[str, float]:
    """The sum of all points by deployment."""
    found: dict[str, float] = {}
    for series in answer.json()["value"][0]["timeseries"]:
        labels = {one["name"]["value"]: one["value"] for one in series["metadatavalues"]}
        found[labels["deployment"]] = found.get(labels["deployment"], 0) + sum(p["average"] for p in series["data"])
    return found


def test_figures_are_split_by_deployment_and_status_as_the_traffic_is(ask):
    found = totals(ask())
    assert set(found) == {"blue", "green"}
    assert 6 < found["blue"] / found["green"] < 12
    series = ask().json()["value"][0]["timeseries"]
    assert {label["value"] for one in series for label in one["metadatavalues"]} >= {"200", "424", "503"}
    assert len(series[0]["data"]) == 4


def test_the_same_quarter_hour_always_reads_the_same(ask):
    assert ask().json() == ask().json()
    longer = {p["timeStamp"]: p["average"] for p in ask(hours=3).json()["value"][0]["timeseries"][0]["data"]}
    assert all(longer[p["timeStamp"]] == p["average"] for p in ask().json()["value"][0]["timeseries"][0]["data"])


def test_without_saying_so_ten_series_come_at_most(ask, registry):
    registry.endpoints[ENDPOINT].traffic = dict.fromkeys(("blue", "green", "old"), 25)
    assert len(ask(hours=48).json()["value"][0]["timeseries"]) == 9
    assert len(ask(top="2").json()["value"][0]["timeseries"]) == 2


def test_before_it_was_made_and_without_traffic_there_is_nothing(ask, registry):
    registry.endpoints[ENDPOINT].created_on = datetime(2030, 1, 1, tzinfo=UTC)
    assert ask().json()["value"][0]["timeseries"] == []
    assert ask(endpoint="dev").json()["value"][0]["timeseries"] == []


def test_latency_is_in_milliseconds_by_deployment(ask):
    answer = ask("RequestLatency_P95", **{"$filter": "deployment eq '*'"})
    metric = answer.json()["value"][0]
    assert metric["unit"] == "MilliSeconds"
    assert all(20 < point["average"] < 90 for one in metric["timeseries"] for point in one["data"])


@pytest.mark.parametrize(
    "wrong", [{"metric": "Nonsense"}, {"interval": "PT1M"}, {"timespan": "x/y"}, {"timespan": ""}, {"hours": -1}]
)
def test_what_the_service_does_not_know_is_refused(ask, wrong):
    assert ask(**wrong).status_code == 400


def test_it_can_be_refused_by_a_fault(ask, server):
    server.application.faults.add({"route": "ml.metrics.list", "kind": "forbidden", "times": 1})
    refused = ask()
    assert refused.status_code == 403 and refused.json()["error"]["code"] == "AccessDeniedException"
    assert ask().status_code == 200
    assert ask(endpoint="no-such").status_code == 404
