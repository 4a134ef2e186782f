"""What is done from outside: all or nothing, remembered, and dated by the clock even where that jumps."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.company import Company, Refusal
from sandbox.company.people import AYLA, SLIPWAY
from tests.sandbox.living import Clock, Row


def waiting(company: Company) -> list[int]:
    """Ids of approvals that wait for the service."""
    return [a.id for _, _, a in company.archive.approvals() if a.status == "pending" and a.approver is SLIPWAY]


def fresh(tmp_path: Path, clock: Clock) -> Company:
    return Company.open(seed=7, releases=90, state=tmp_path, now=clock)


@pytest.mark.parametrize(
    "second",
    [
        {"status": "nonsense"},
        {"status": "reassigned", "approver": {"id": "nobody"}},
        {"id": 1, "status": "approved"},
        {"same": True, "status": "approved"},
    ],
)
def test_one_bad_answer_among_many_changes_nothing(tmp_path: Path, second: Row) -> None:
    company = fresh(tmp_path, Clock())
    first, other = waiting(company)
    number = first if second.pop("same", False) else second.get("id", other)
    before = company.books()
    with pytest.raises(Refusal):
        company.act("approve", decisions=[{"id": first, "status": "approved"}, {**second, "id": number}])
    assert company.books() == before
    assert fresh(tmp_path, Clock()).books() == before


def test_a_reassigned_approval_waits_for_somebody_else(tmp_path: Path) -> None:
    company = fresh(tmp_path, Clock())
    first = waiting(company)[0]
    company.act("approve", decisions=[{"id": first, "status": "reassigned", "approver": {"id": AYLA.id}}])
    assert company.archive.approval(first)[2].approver is AYLA
    with pytest.raises(Refusal, match="may not answer"):
        company.act("approve", decisions=[{"id": first, "status": "approved"}])


def test_the_registry_as_changed_from_outside_survives_a_restart(tmp_path: Path) -> None:
    company = fresh(tmp_path, Clock())
    company.act("attach_compute", name="k8s", resource_id="/subscriptions/s/managedClusters/k8s", namespace="ml")
    company.act("set_traffic", endpoint="prod-webservice", traffic={"blue": 30, "green": 70})
    again = fresh(tmp_path, Clock())
    assert again.registry.computes["k8s"].namespace == "ml"
    assert again.registry == company.registry


def test_a_clock_that_jumps_back_dates_nothing_back(tmp_path: Path) -> None:
    clock = Clock()
    company = fresh(tmp_path, clock)
    clock.moves(minutes=5)
    company.tick()
    seen = company.books()["now"]
    clock.moves(minutes=-4)
    company.act("approve", decisions=[{"id": waiting(company)[0], "status": "approved"}])
    changed: list[Any] = [
        a["modified"]
        for r in company.books()["releases"]
        for s in r["stages"]
        for t in s["attempts"]
        for a in t["approvals"]
    ]
    assert max(changed) >= seen
    assert fresh(tmp_path, clock).books() == company.books()


def test_events_at_once_are_dated_after_the_last_thing_seen_not_after_the_last_tick(tmp_path: Path) -> None:
    clock = Clock()
    company = fresh(tmp_path, clock)
    company.see()
    clock.moves(seconds=10)
    company.tick()
    happened = company.world.clock.last
    company.advance(20)
    assert company.world.clock.last == clock.now
    assert happened < clock.now
    assert fresh(tmp_path, clock).books() == company.books()


def test_an_endpoint_serves_another_version_on_demand_and_is_put_back(tmp_path: Path) -> None:
    company = fresh(tmp_path, Clock())
    endpoint = company.registry.endpoints["prod-webservice"]
    deployed = endpoint.serves()
    assert company.act("serve", endpoint="prod-webservice", deployed=True) is False
    assert company.act("serve", endpoint="prod-webservice", deployed=False) is True
    other = endpoint.serves()
    assert other.keys().isdisjoint(deployed)
    assert company.act("serve", endpoint="prod-webservice", deployed=False) is False
    assert company.books()["serving"]["prod-webservice"][-1]["serves"] == other
    assert fresh(tmp_path, Clock()).registry == company.registry
    assert company.act("serve", endpoint="prod-webservice", deployed=True) is True
    assert endpoint.serves() == deployed
    assert company.act("serve", endpoint="nobody", deployed=False) is False
