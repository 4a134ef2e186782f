"""When a stage drifts: intervals out of what was live, what was seen and what was being deployed. Pure."""

from datetime import timedelta
from typing import Any

import pytest

from releases.queries.served import ModelName
from releases.sync.drift import Attempt, Life, Piece, drifts_of
from tests.factories import NOON

MODEL = "eta-gbm"


def at(minutes: float | None) -> Any:
    return None if minutes is None else NOON + timedelta(minutes=minutes)


def life(start: float = 0, end: float | None = None, *, version: str = "12") -> Life:
    return Life(1, "Release-39", at(start), at(end), (ModelName(MODEL, version),), "Deployment of Release-40")


def piece(
    since: float,
    until: float | None,
    version: str = "12",
    *,
    last_seen: float | None = None,
    state: str = "serving",
    dated: bool = False,
    others: tuple[str, ...] = (),
) -> Piece:
    versions = [one for one in (version, *others) if one]
    rows = [{"deployment": f"d{one}", "model": MODEL, "version": one, "percent": 50} for one in versions]
    seen = last_seen if last_seen is not None else until if until is not None else 10_000
    return Piece(at(since), at(until), at(seen), state, rows if state == "serving" else [], dated)


def told(found: list[Any]) -> list[tuple[float, float | None]]:
    def minutes(time: Any) -> float | None:
        return None if time is None else (time - NOON) / timedelta(minutes=1)

    return [(minutes(one.drift_from) or 0.0, minutes(one.drift_until)) for one in found]


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([piece(-100, None)], []),
        ([piece(-100, None, "11")], [(0, None)]),
        ([piece(-100, 30), piece(30, None, "11")], [(30, None)]),
        ([piece(-100, 30), piece(30, 50, "11"), piece(50, None)], [(30, 50)]),
        ([piece(-100, 30), piece(30, 50, "11"), piece(50, None, "10")], [(30, 50), (50, None)]),
        ([piece(-100, None, "12", others=("11",))], [(0, None)]),
        ([piece(0, 9, "11", others=("12",)), piece(9, None, "12", others=("11",))], [(0, None)]),
        ([piece(-100, 30, state="unreadable"), piece(30, None, "11")], [(30, None)]),
        ([piece(-100, 30, "11"), piece(30, 40, state="unreadable"), piece(40, None, "11")], [(0, 30), (40, None)]),
        ([piece(-100, None, "", state="idle")], []),
        ([piece(-100, None, "", state="gone")], []),
        ([], []),
        ([piece(-100, -50, "11"), piece(-50, None)], []),
    ],
)
def test_a_difference_while_the_release_was_live_is_drift(
    pieces: list[Piece], expected: list[tuple[float, float | None]]
) -> None:
    assert told(drifts_of(life(), pieces, [])) == expected


@pytest.mark.parametrize(
    ("end", "expected", "ended_by"), [(60, [(30, 60)], "Deployment of Release-40"), (20, [], ""), (30, [], "")]
)
def test_a_drift_ends_with_what_was_live(end: float, expected: list[Any], ended_by: str) -> None:
    found = drifts_of(life(0, end), [piece(-9, 30), piece(30, None, "11")], [])
    assert told(found) == expected
    assert [one.ended_by for one in found] == ([ended_by] if expected else [])


def test_a_release_without_models_has_no_drift() -> None:
    bare = Life(1, "Release-39", at(0), None, ())
    assert drifts_of(bare, [piece(-100, None, "11")], []) == []


def test_a_difference_that_no_look_saw_while_it_could_be_is_none() -> None:
    """The look before the deployment saw the old version, the next one the new: in between nobody knows."""
    late = [piece(-100, 5, "11", last_seen=-3), piece(5, None)]
    assert drifts_of(life(), late, []) == []
    assert told(drifts_of(life(), [piece(-100, 5, "11", last_seen=2), piece(5, None)], [])) == [(0, 5)]


@pytest.mark.parametrize(
    ("attempt", "expected"),
    [
        (Attempt(at(20), at(40), "Release-40", ""), [(40, None)]),
        (Attempt(at(20), None, "Release-40", ""), []),
        (Attempt(at(35), at(40), "Release-40", ""), [(30, None)]),
        (Attempt(at(10), at(20), "Release-40", ""), [(30, None)]),
    ],
)
def test_while_an_attempt_runs_its_traffic_may_move(attempt: Attempt, expected: list[Any]) -> None:
    assert told(drifts_of(life(), [piece(-9, 30), piece(30, None, "11")], [attempt])) == expected


def test_what_moved_back_before_the_attempt_ended_was_no_drift() -> None:
    moved = [piece(-9, 30), piece(30, 35, "11"), piece(35, None)]
    assert drifts_of(life(), moved, [Attempt(at(20), at(40), "Release-40", "")]) == []


@pytest.mark.parametrize(
    ("following", "attempts", "ended_by"),
    [
        (piece(50, None), [], "Azure, nobody asked here"),
        (piece(50, None), [Attempt(at(45), at(52), "Release-39", "Sofia")], "Redeploy of Release-39 by Sofia"),
        (piece(50, None), [Attempt(at(45), at(50), "Release-38", "")], "Deployment of Release-38"),
        (piece(50, None), [Attempt(at(20), at(49), "Release-39", "Sofia")], "Azure, nobody asked here"),
        (piece(50, None, "10"), [], "It went on to serve v10"),
        (piece(50, None, state="idle"), [], "Its traffic was taken away"),
        (piece(50, None, state="unreadable"), [], "The endpoint could not be read any more"),
        (piece(50, None, state="gone"), [], "The endpoint was removed"),
    ],
)  # fmt: skip
def test_what_ended_it_is_said_as_far_as_it_is_known(following: Piece, attempts: list[Attempt], ended_by: str) -> None:
    first = piece(-9, 50, "11", last_seen=48, dated=True)
    assert drifts_of(life(), [first, following], attempts)[0].ended_by == ended_by


def test_an_attempt_between_two_looks_may_have_ended_it() -> None:
    first = piece(-9, 50, "11", last_seen=40)
    attempts = [Attempt(at(41), at(44), "Release-39", "Sofia")]
    assert drifts_of(life(), [first, piece(50, None)], attempts)[0].ended_by == "Redeploy of Release-39 by Sofia"


def test_what_was_served_and_deployed_is_kept() -> None:
    found = drifts_of(life(), [piece(-9, None, "11")], [])[0]
    assert found.served == [{"deployment": "d11", "model": MODEL, "version": "11", "percent": 50}]
    assert found.deployed == [{"model": MODEL, "version": "12"}]
